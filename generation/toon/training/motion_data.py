"""Motions as latents and tokens, made once, in files that trainings read while more are made.

Neighbouring frames are much alike, so most files hold few frames of each motion, at random times
(the same ones in a file): more motions for the same work, and none of the times is special. Files
of paths hold tokens alone, of small pictures, which cost a tenth: the predictor needs many.
"""

from __future__ import annotations

import math
import random
from pathlib import Path
from typing import Any

import torch
from diffusers import AutoencoderKL
from torch import Tensor

from generation.clips.drafting import SIDE
from generation.clips.latents import encode, pixels
from generation.clips.places import sized
from generation.clips.semantics import ImageEncoder, SemanticShape
from generation.toon.sheet import load_pipeline
from generation.toon.training.course import taught
from generation.toon.training.motion_pool import Part, shard_file
from generation.toon.training.motions import SENT, TRACED
from generation.toon.training.parallel import Team
from generation.toon.training.run import save_checkpoint
from generation.toon.training.seeing import CHECKPOINT, Seeing
from generation.toon.world.flows import flows_at
from generation.toon.world.motion import Motion, frames_at
from generation.toon.world.moving import moving
from generation.toon.world.pen import UNITS

SHARD = 32  # motions in a file
PATHS = 128  # of them in a file of paths
LENGTHS = (8, 8, 8, 16)  # frames of a motion, by the file's number; a clip has 16
HELD_SEED = 1 << 41
PATH_SEED = 1 << 40  # paths are of other motions than latents


def make_motion_shards(model: Path, shards: int, folder: Path, minutes: float, team: Team) -> None:
    """Write held-out files and `shards` others of both kinds; those that exist are kept. `minutes`
    don't matter: it ends when all are there.

    Raises:
        FileNotFoundError: the image encoder hasn't been trained.
    """
    pipeline = load_pipeline(model)
    seeing = taught_seeing(folder, pipeline.text_encoder.config.hidden_size)
    jobs: list[tuple[Part, int]] = [("held", 0), ("held paths", 0)]
    jobs += [(part, i) for i in range(shards) for part in ("train", "paths")]
    for number, (part, index) in enumerate(jobs):
        file = shard_file(folder, part, index)
        if number // 2 % team.size != team.rank or file.exists():
            continue
        times = random_times(LENGTHS[index % len(LENGTHS)], random.Random(f"{part} {index}"))
        if part in ("paths", "held paths"):
            first = (HELD_SEED + SHARD if part == "held paths" else PATH_SEED) + index * PATHS
            made = path_shard(seeing.encoder, first, PATHS, times)
        else:
            first = (HELD_SEED if part == "held" else 0) + index * SHARD
            made = shard(pipeline.vae, seeing.encoder, first, SHARD, times)
        save_checkpoint(file, made)
        print(f"{file.name}: {len(made['tokens'])} motions of {len(times)} frames", flush=True)


def taught_seeing(folder: Path, text_width: int) -> Seeing:
    """The image encoder with its tasks, to be used.

    Raises:
        FileNotFoundError: it hasn't been trained.
    """
    seeing = Seeing(SemanticShape(), text_width)
    taught(seeing, folder / CHECKPOINT)
    return seeing.eval().requires_grad_(False)


def random_times(frames: int, chance: random.Random) -> Tensor:
    """`(frames,)` from 0 to 1; those between are each somewhere around its even time."""
    steps = [(at + chance.uniform(-0.5, 0.5)) / (frames - 1) for at in range(1, frames - 1)]
    return torch.tensor([0.0, *steps, 1.0])


@torch.no_grad()
def shard(
    vae: AutoencoderKL, encoder: ImageEncoder, first: int, count: int, times: Tensor
) -> dict[str, Any]:
    """Latents `(motions, frames, ...)`, captions of both ends, and the rest as in `path_shard`."""
    latents: list[Tensor] = []
    captions: list[list[str]] = []
    seen: list[dict[str, Tensor]] = []
    for seed in range(first, first + count):
        sample = moving(seed)
        drawn = frames_at(sample.motion, times.tolist())
        latents.append(encode(vae, drawn).half())
        seen.append(_seen(encoder, pixels(drawn)) | panned(sample.motion))
        captions.append([one.text for one in sample.captions])
    return {**_stacked(seen), "latents": torch.stack(latents), "captions": captions, "times": times}


@torch.no_grad()
def path_shard(encoder: ImageEncoder, first: int, count: int, times: Tensor) -> dict[str, Any]:
    """Of frames drawn as small as the encoder looks at them: tokens `(motions, frames, tokens,
    width)` in half precision, the pictures `(motions, frames, 3, SIDE, SIDE)` as bytes, the frames'
    times, how the camera moves, and the truth about what moves, as in `Traces`."""
    seen: list[dict[str, Tensor]] = []
    for seed in range(first, first + count):
        motion = moving(seed).motion
        drawn = frames_at(motion, times.tolist(), encoder.shape.side)
        seen.append(_seen(encoder, pixels(drawn)) | traced(motion, times) | panned(motion))
    return {**_stacked(seen), "times": times}


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


def _seen(encoder: ImageEncoder, frames: Tensor) -> dict[str, Tensor]:
    """What is kept of the frames of one motion."""
    return {"tokens": encoder(frames).half(), "pictures": as_bytes(sized(frames, SIDE))}


def _stacked(seen: list[dict[str, Tensor]]) -> dict[str, Tensor]:
    return {name: torch.stack([one[name] for one in seen]) for name in seen[0]}


def as_bytes(pictures: Tensor) -> Tensor:
    """Levels 0 to 255 of pictures in -1..1."""
    return pictures.clamp(-1, 1).add(1).mul(127.5).round().to(torch.uint8)
