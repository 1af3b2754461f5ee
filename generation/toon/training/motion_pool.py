"""Files of motions, in memory, for trainings to draw from; more may be made meanwhile."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import torch
from torch import Tensor

from generation.clips.camera import CameraMove
from generation.clips.foresight import Foreseen
from generation.toon.training.motions import Motions, Paths, Traces

Part = Literal["train", "held", "paths", "held paths"]


def shard_file(folder: Path, part: Part, index: int) -> Path:
    name = part.replace(" ", "-")
    return folder / "motion" / "data" / f"{name}-{index:04}.pt"


@dataclass
class MotionPool:
    """The motions of one part, in memory; `refresh` picks up files made since."""

    folder: Path
    part: Part
    files: list[dict[str, Any]] = field(default_factory=list)

    def refresh(self) -> int:
        """Number of files at hand, after reading all new ones."""
        while (file := shard_file(self.folder, self.part, len(self.files))).exists():
            self.files.append(torch.load(file, weights_only=True))
        return len(self.files)

    def draw(self, frames: int, chance: random.Random) -> Motions:
        """Random ones of one file: as many as make about so many `frames` in all.

        Raises:
            FileNotFoundError: there is no file yet.
        """
        return self._motions(*self._drawn(frames, chance))

    def draw_paths(self, frames: int, chance: random.Random) -> Paths:
        """The same, of a file of paths."""
        return self._paths(*self._drawn(frames, chance))

    def some_paths(self, count: int, chance: random.Random) -> Paths:
        """Random ones of one file, so many motions.

        Raises:
            FileNotFoundError: there is no file yet.
        """
        file = self._file(chance)
        return self._paths(file, chance.sample(range(len(file["tokens"])), count))

    def first(self, count: int) -> Motions:
        """The first `count`, the same every time."""
        return self._motions(self.files[0], list(range(count)))

    def first_paths(self, count: int) -> Paths:
        return self._paths(self.files[0], list(range(count)))

    def _file(self, chance: random.Random) -> dict[str, Any]:
        if not self.files:
            raise FileNotFoundError(shard_file(self.folder, self.part, 0))
        return chance.choice(self.files)

    def _drawn(self, frames: int, chance: random.Random) -> tuple[dict[str, Any], list[int]]:
        file = self._file(chance)
        count, length = file["tokens"].shape[:2]
        return file, chance.sample(range(count), min(count, max(1, round(frames / length))))

    def _paths(self, file: dict[str, Any], rows: list[int]) -> Paths:
        return Paths(
            file["tokens"][rows].float(),
            from_bytes(file["pictures"][rows]),
            file["times"],
            Traces(
                file["flow"][rows].float(),
                file["visible"][rows],
                file["ahead"][rows].float(),
                file["known"][rows],
            ),
            CameraMove(file["camera"][rows]),
        )

    def _motions(self, file: dict[str, Any], rows: list[int]) -> Motions:
        tokens, drafts = file["tokens"][rows].float(), from_bytes(file["drafts"][rows])
        return Motions(
            file["latents"][rows].float(),
            file["drafted"][rows].float(),
            Foreseen(tokens.flatten(0, 1), drafts.flatten(0, 1)),
            [file["captions"][row] for row in rows],
            file["times"],
        )


def as_bytes(pictures: Tensor) -> Tensor:
    """Levels 0 to 255 of pictures in -1..1."""
    return pictures.clamp(-1, 1).add(1).mul(127.5).round().to(torch.uint8)


def from_bytes(stored: Tensor) -> Tensor:
    """Pictures in -1..1, of what `as_bytes` gave."""
    return stored.float().div(127.5).sub(1)
