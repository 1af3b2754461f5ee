"""What `inkthread bench clips` has measured, as JSON, and in a folder with what was drawn."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from PIL import Image

from generation.bench.clips import Measured, Size, values
from generation.goals import Goal

FILE = "clips.json"


def told(size: Size, found: Sequence[Measured], goals: Sequence[Goal]) -> str:
    """All figures, and the goals with their verdicts."""
    return json.dumps(
        {
            "size": asdict(size),
            "measured": values(found),
            "goals": [{**asdict(one), "reached": one.reached} for one in goals],
        },
        indent=2,
    )


def write(folder: Path, figures: str, strips: Mapping[str, Image.Image]) -> None:
    """Figures, and strips by their names."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / FILE).write_text(figures, encoding="utf-8")
    for name, picture in strips.items():
        picture.save(folder / f"{name}.png")
