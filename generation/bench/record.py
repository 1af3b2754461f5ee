"""What `inkthread bench consistency` has measured so far, in a folder: figures and curves.

It is written after every story, so that a run that is broken off loses one story at most and can be
taken up again.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from generation.bench.consistency import Measured
from generation.bench.figures import curves, goals
from generation.bench.plot import plot

FILE = "consistency.json"
PLOTS = (
    ("ratio", "panels", "time over plain's"),
    ("bank", "steps", "bank, bytes"),
    ("tensors", "panels", "memory of tensors, bytes"),
)


class NoRecord(Exception):
    """The folder holds no figures of an earlier run, or not such that can be read."""


def values(found: Sequence[Measured]) -> dict[str, Any]:
    """All figures, and the goals with their verdicts."""
    return {
        "measured": [{**asdict(one), "ratio": one.ratio} for one in found],
        "goals": [{**asdict(one), "reached": one.reached} for one in goals(found)],
    }


def write(folder: Path, found: Sequence[Measured]) -> None:
    """Figures, and a curve of each kind for each network with stories of different sizes."""
    folder.mkdir(parents=True, exist_ok=True)
    fresh = folder / f"{FILE}.new"
    fresh.write_text(json.dumps(values(found), indent=2), encoding="utf-8")
    fresh.replace(folder / FILE)  # whole or not at all
    for place, network in enumerate(dict.fromkeys(one.network for one in found)):
        of_network = [one for one in found if one.network == network]
        for what, over, about in PLOTS:
            if len({getattr(one, over) for one in of_network}) > 1:  # or there is no growth to see
                name = f"{what}-{place + 1}.png" if place else f"{what}.png"
                lines = curves(of_network, over, what)
                plot(f"{network}: {about}", over, lines).save(folder / name)


def read(folder: Path) -> list[Measured]:
    """Raises:
    NoRecord: there is none.
    """
    try:
        told = json.loads((folder / FILE).read_text(encoding="utf-8"))
        return [_measured(one) for one in told["measured"]]
    except (OSError, ValueError, KeyError, TypeError) as exc:
        raise NoRecord(f"{folder / FILE} can't be taken up again: {exc}") from exc


def joined(found: Sequence[Measured], more: Sequence[Measured]) -> list[Measured]:
    """Both, without what is measured again."""
    by_story = {
        (one.network, one.panels, one.steps, one.rate, one.way): one for one in (*found, *more)
    }
    return list(by_story.values())


def _measured(told: dict[str, Any]) -> Measured:
    given = {name: value for name, value in told.items() if name != "ratio"}
    return Measured(**{**given, "ratios": tuple(given["ratios"])})
