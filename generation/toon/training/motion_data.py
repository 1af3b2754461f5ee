"""Motions as latents and tokens, made once, in files that trainings read while more are made."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import torch
from diffusers import AutoencoderKL
from torch import Tensor

from generation.clips.latents import encode, pixels
from generation.clips.semantics import ImageEncoder, SemanticShape
from generation.clips.tween import FRAMES
from generation.toon.sheet import load_pipeline
from generation.toon.training.course import taught
from generation.toon.training.run import save_checkpoint
from generation.toon.training.seeing import NAME, Seeing
from generation.toon.world.motion import frames
from generation.toon.world.moving import moving

Part = Literal["train", "held"]
SHARD = 32  # motions in a file
HELD_SEED = 1 << 41


def shard_file(folder: Path, part: Part, index: int) -> Path:
    return folder / "motion" / "data" / f"{part}-{index:04}.pt"


def make_motion_shards(model: Path, folder: Path, shards: int) -> None:
    """Write a held-out file and `shards` others; those that exist are kept.

    Raises:
        FileNotFoundError: the image encoder hasn't been trained.
    """
    pipeline = load_pipeline(model)
    seeing = Seeing(SemanticShape(), pipeline.text_encoder.config.hidden_size)
    taught(seeing, folder, NAME)
    jobs: list[tuple[Part, int]] = [("held", 0), *(("train", i) for i in range(shards))]
    for part, index in jobs:
        file = shard_file(folder, part, index)
        if not file.exists():
            first = (HELD_SEED if part == "held" else 0) + index * SHARD
            save_checkpoint(file, shard(pipeline.vae, seeing.encoder, first, SHARD))
            print(f"{file.name}: {SHARD} motions", flush=True)


@torch.no_grad()
def shard(
    vae: AutoencoderKL, encoder: ImageEncoder, first: int, count: int, length: int = FRAMES
) -> dict[str, Any]:
    """Latents `(motions, frames, ...)`, tokens `(motions, frames, tokens, width)`, both in half
    precision, and the captions of both ends."""
    latents: list[Tensor] = []
    tokens: list[Tensor] = []
    captions: list[list[str]] = []
    for seed in range(first, first + count):
        sample = moving(seed)
        drawn = frames(sample.motion, length)
        latents.append(encode(vae, drawn).half())
        tokens.append(encoder(pixels(drawn)).half())
        captions.append([one.text for one in sample.captions])
    return {"latents": torch.stack(latents), "tokens": torch.stack(tokens), "captions": captions}


@dataclass(frozen=True)
class Motions:
    """Some of them; shapes as in `shard`, in single precision."""

    latents: Tensor
    tokens: Tensor
    captions: list[list[str]]


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

    def draw(self, count: int, chance: random.Random) -> Motions:
        """Random ones.

        Raises:
            FileNotFoundError: there is no file yet.
        """
        if not self.files:
            raise FileNotFoundError(shard_file(self.folder, self.part, 0))
        files = [chance.choice(self.files) for _ in range(count)]
        return self._taken([(one, chance.randrange(len(one["latents"]))) for one in files])

    def first(self, count: int) -> Motions:
        """The first `count`, the same every time."""
        return self._taken([(self.files[0], row) for row in range(count)])

    def _taken(self, rows: list[tuple[dict[str, Any], int]]) -> Motions:
        return Motions(
            torch.stack([file["latents"][row] for file, row in rows]).float(),
            torch.stack([file["tokens"][row] for file, row in rows]).float(),
            [file["captions"][row] for file, row in rows],
        )
