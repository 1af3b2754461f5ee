"""What sets panels in motion, by name: `motion.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from generation.script.catalogue import CatalogueError

CROSS_FADE, CUT = WITHOUT_MODEL = ("cross-fade", "cut")
WEIGHTS = "config.json"  # in the folder of an entry of our kind, when it is trained


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
    drafted: Annotated[float, msgspec.Meta(ge=0, lt=1)] = 0.0


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


@dataclass(frozen=True, slots=True)
class Mover:
    """What sets the panels of a clip in motion, and in how many steps a transition."""

    name: str
    steps: int

    @property
    def moves(self) -> bool:
        """Not only from one picture to the other."""
        return self.name not in WITHOUT_MODEL


@dataclass(frozen=True)
class Motions:
    """What there is of it. `entries` are those of a catalogue in `folder`; `wanted` is what the
    operator chose for all clips, empty: whatever belongs to the model that drew the comic."""

    entries: Mapping[str, MotionModel] = field(default_factory=dict)
    folder: Path = Path()
    wanted: str = ""

    def mover(self, model: str) -> Mover:
        """For pictures that this model drew. Motion is trained for one model, and takes a while to
        train: where there is none yet, panels fade into each other."""
        if self.wanted:
            return self._named(self.wanted)
        for name, entry in self.entries.items():
            if entry.kind == "ours" and entry.model == model and self._is_trained(entry):
                return self._named(name)
        return self._named(CROSS_FADE)

    def _named(self, name: str) -> Mover:
        return Mover(name, 1 if name in WITHOUT_MODEL else self.entries[name].steps)

    def _is_trained(self, entry: MotionModel) -> bool:
        return (self.folder / Path(entry.source).expanduser() / WEIGHTS).is_file()


def read_motions(path: Path, wanted: str = "") -> Motions:
    """Raises:
    CatalogueError: as `read_motion_models`, or what is wanted isn't there.
    """
    entries = read_motion_models(path)
    if wanted and wanted not in (*WITHOUT_MODEL, *entries):
        known = ", ".join((*WITHOUT_MODEL, *entries))
        raise CatalogueError(f"INKTHREAD_MOTION={wanted!r}: there is {known}.")
    return Motions(entries, path.parent, wanted)
