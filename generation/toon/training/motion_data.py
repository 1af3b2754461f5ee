"""Motions as latents, with what is foreseen of them: what motion modules learn from."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import torch
from diffusers import AutoencoderKL
from torch import Tensor

from generation.clips.foresight import Foresight, seen
from generation.clips.latents import encode_pixels, pixels
from generation.clips.semantics import ImageEncoder
from generation.toon.sheet import load_pipeline
from generation.toon.training.foreseeing import taught_foresight
from generation.toon.training.motion_pool import Part, as_bytes
from generation.toon.training.motion_shards import (
    HELD_SEED,
    Shard,
    stacked,
    write_shards,
)
from generation.toon.training.parallel import Team
from generation.toon.training.seeing import taught_seeing
from generation.toon.world.motion import frames_at
from generation.toon.world.moving import moving

MOTIONS = 32  # in a file


@dataclass(frozen=True)
class Foreseer:
    """The trained parts that a clip's drafts come from."""

    vae: AutoencoderKL
    encoder: ImageEncoder
    foresight: Foresight


def make_motion_shards(model: Path, shards: int, folder: Path, minutes: float, team: Team) -> None:
    """Write a held-out file and `shards` others. `minutes` don't matter: it ends when all are
    there.

    Raises:
        FileNotFoundError: the image encoder or the predictor hasn't been trained.
    """
    pipeline = load_pipeline(model)
    encoder = taught_seeing(folder, pipeline.text_encoder.config.hidden_size).encoder
    foreseer = Foreseer(pipeline.vae, encoder, taught_foresight(folder))

    def make(part: Part, index: int, times: Tensor) -> Shard:
        first = (HELD_SEED if part == "held" else 0) + index * MOTIONS
        return shard(foreseer, first, MOTIONS, times)

    write_shards("held", "train", shards, make, folder, team)


@torch.no_grad()
def shard(foreseer: Foreseer, first: int, count: int, times: Tensor) -> Shard:
    """Latents of the frames and of their drafts, `(motions, frames, ...)`; their predicted tokens
    `(motions, frames, tokens, width)`, all in half precision; drafts `(motions, frames, DRAFT,
    SIDE, SIDE)` as bytes; captions of both ends; the frames' times. How the camera moves is found,
    as where nobody knows the truth."""
    captions: list[list[str]] = []
    made: list[dict[str, Tensor]] = []
    for seed in range(first, first + count):
        sample = moving(seed)
        frames = pixels(frames_at(sample.motion, times.tolist()))
        ends = frames[:1], frames[-1:]
        foreseen, plan = foreseer.foresight.foresee(seen(foreseer.encoder, *ends), times)
        made.append(
            {
                "latents": encode_pixels(foreseer.vae, frames).half(),
                "drafted": encode_pixels(foreseer.vae, plan.between(*ends)).half(),
                "tokens": foreseen.tokens.half(),
                "drafts": as_bytes(foreseen.drafts),
            }
        )
        captions.append([one.text for one in sample.captions])
    return {**stacked(made), "captions": captions, "times": times}
