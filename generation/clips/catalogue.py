"""What sets panels in motion, by name: `motion.toml`."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import msgspec

from generation.script.catalogue import CatalogueError

WITHOUT_MODEL = ("cross-fade", "cut")


@dataclass(frozen=True, slots=True)
class MotionModel:
    """One entry of `motion.toml`, whose head explains the fields."""

    name: str
    title: str
    kind: Literal["ours", "wan-vace"]
    source: str
    model: str = ""
    steps: int = 12
    guidance: float = 1.0
    longest: int = 512
    vram: float = 0.0
    offload: bool = False


def read_motion_models(path: Path) -> dict[str, MotionModel]:
    """Entries by name, in the file's order.

    Raises:
        CatalogueError: the file is missing, is not TOML, or an entry lacks a field.
    """
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
        return {
            name: msgspec.convert({"name": name, **entry}, MotionModel)
            for name, entry in tables.items()
        }
    except (OSError, tomllib.TOMLDecodeError, TypeError, msgspec.ValidationError) as exc:
        raise CatalogueError(f"{path}: {exc}") from exc
