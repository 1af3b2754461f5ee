"""Motions as tokens and small pictures, with the truth about what moves where: what matches and the
predictor learn from. Small pictures cost a tenth of large ones; the predictor needs many."""

from __future__ import annotations

import math
from pathlib import Path

import torch
from torch import Tensor

from generation.clips.drafting import SIDE
from generation.clips.latents import pixels
from generation.clips.places import sized
from generation.clips.semantics import ImageEncoder
from generation.toon.sheet import load_pipeline
from generation.toon.training.motion_pool import Part, as_bytes
from generation.toon.training.motion_shards import (
    HELD_SEED,
    Shard,
    stacked,
    write_shards,
)
from generation.toon.training.motions import SENT, TRACED
from generation.toon.training.parallel import Team
from generation.toon.training.seeing import taught_seeing
from generation.toon.world.flows import flows_at
from generation.toon.world.motion import Motion, frames_at
from generation.toon.world.moving import moving
from generation.toon.world.pen import UNITS

PATHS = 128  # motions in a file
FIRST = 1 << 40  # seeds from here on, so that what draws after drafts sees drafts of new motions
HELD_FIRST = HELD_SEED + 32


def make_path_shards(model: Path, shards: int, folder: Path, minutes: float, team: Team) -> None:
    """Write a held-out file and `shards` others. `minutes` don't matter: it ends when all are
    there.

    Raises:
        FileNotFoundError: the image encoder hasn't been trained.
    """
    text_width = load_pipeline(model).text_encoder.config.hidden_size
    encoder = taught_seeing(folder, text_width).encoder

    def make(part: Part, index: int, times: Tensor) -> Shard:
        first = (HELD_FIRST if part == "held paths" else FIRST) + index * PATHS
        return path_shard(encoder, first, PATHS, times)

    write_shards("held paths", "paths", shards, make, folder, team)


@torch.no_grad()
def path_shard(encoder: ImageEncoder, first: int, count: int, times: Tensor) -> Shard:
    """Of frames drawn as small as the encoder looks at them: tokens `(motions, frames, tokens,
    width)` in half precision, the pictures `(motions, frames, 3, SIDE, SIDE)` as bytes, the frames'
    times, how the camera moves, and the truth about what moves, as in `Traces`."""
    seen: list[dict[str, Tensor]] = []
    for seed in range(first, first + count):
        motion = moving(seed).motion
        drawn = pixels(frames_at(motion, times.tolist(), encoder.shape.side))
        small = {"tokens": encoder(drawn).half(), "pictures": as_bytes(sized(drawn, SIDE))}
        seen.append(small | traced(motion, times) | panned(motion))
    return {**stacked(seen), "times": times}


def traced(motion: Motion, times: Tensor) -> dict[str, Tensor]:
    """Where everything in the frames of one motion is at both ends, as it is stored."""
    found, ahead = (flows_at(motion, times.tolist(), side) for side in (TRACED, SENT))
    return {
        "flow": torch.from_numpy(found.flow).flatten(1, 2).half(),
        "visible": torch.from_numpy(found.visible),
        "ahead": torch.from_numpy(ahead.ahead).half(),
        "known": torch.from_numpy(ahead.known),
    }


def panned(motion: Motion) -> dict[str, Tensor]:
    """How the camera moves, as in `CameraMove`; between places there is no way for it."""
    one, two = motion.start.camera, motion.end.camera
    if motion.cut:
        return {"camera": torch.zeros(3)}
    half = UNITS / 2
    pan = [(two.x - one.x) / half * one.zoom, (two.y - one.y) / half * one.zoom]
    return {"camera": torch.tensor([math.log(two.zoom / one.zoom), *pan])}
