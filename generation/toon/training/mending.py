"""Teaches the decoder to mend what the denoiser blurs.

A denoiser that isn't trained to its end answers with less than a picture's differences: of that
between two faces it keeps five sixths at timestep 200, and two thirds at 400, though it takes none
for the other. What it leaves is faint, but it can be told. So the decoder learns from latents that
were noised and drawn again, and shows what they were made from: it does the last of the denoising,
as in HaCohen et al. 2024, arXiv 2501.00103, section 2.1. The latents stay the same.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from diffusers import AutoencoderKL
from torch import Tensor

from generation.toon.training.autoencoder import OUTER, Crops, distance, to_tensor
from generation.toon.training.course import Course, teach
from generation.toon.training.latents import PIXELS
from generation.toon.training.parallel import Team
from generation.toon.training.redrawing import GUIDANCE, Redrawing
from generation.toon.training.trained import load_trained
from generation.toon.world.draw import PICTURE_SIZE, draw_scene
from generation.toon.world.focus import focus
from generation.toon.world.sampler import random_scene
from generation.toon.world.scene import Scene

CHECKPOINT = "decoder.pt"
RATE = 1e-3  # learning rate
AVERAGING = 0.995  # of the weights that are kept, per step
SIDE = PICTURE_SIZE // PIXELS  # latents of a picture, each way
WINDOW = 10  # latents, each way, of a crop
HEADS = 0.6  # share of crops from the upper half, where the heads are
CROPS = 8  # in a step of one process
FRESH = 1  # pictures drawn again in a step of one process
POOL = 512  # pictures in memory
LENGTHS = (6, 12, 25)  # steps of the drawings whose last steps are done again
MOST = 0.45  # of the steps, at most: what comes before decides what a picture shows
HELD = 24  # pictures that are measured


@dataclass(frozen=True)
class Redrawn:
    """A picture `(3, side, side)` and what counts in it `(1, side, side)`, as bytes, with the
    latents that the denoiser makes of it."""

    picture: Tensor
    focus: Tensor
    latents: Tensor


@dataclass
class Gallery:
    """What was drawn again lately; the oldest go when there are too many."""

    redrawing: Redrawing
    pictures: list[Redrawn] = field(default_factory=list)

    def add(self, count: int, chance: random.Random, generator: torch.Generator) -> None:
        """New scenes, all by the same number of last steps."""
        scenes = [random_scene(chance) for _ in range(count)]
        steps = chance.choice(LENGTHS)
        last = chance.randint(0, int(steps * MOST))
        self.pictures = [
            *self.pictures,
            *drawn_again(self.redrawing, scenes, steps, last, chance, generator),
        ][-POOL:]

    def some(self, count: int, chance: random.Random) -> tuple[Tensor, Crops]:
        """Windows of random pictures: latents `(count, 8, WINDOW, WINDOW)` and the pixels there."""
        chosen = [chance.choice(self.pictures) for _ in range(count)]
        room = SIDE - WINDOW
        tops = [chance.randint(0, room // 2 if chance.random() < HEADS else room) for _ in chosen]
        lefts = [chance.randint(0, room) for _ in chosen]
        at = list(zip(chosen, tops, lefts, strict=True))
        return torch.stack([_cut(one.latents, top, left, 1) for one, top, left in at]), _crops(
            [_cut(one.picture, top, left, PIXELS) for one, top, left in at],
            [_cut(one.focus, top, left, PIXELS) for one, top, left in at],
        )


def train_decoder(folder: Path, minutes: float, team: Team) -> None:
    """Train for `minutes` in all; goes on from the checkpoint in `folder` if there is one.

    Raises:
        FileNotFoundError: denoiser or autoencoder have no checkpoint yet.
    """
    pipeline = load_trained(folder)
    for part in (pipeline.vae, pipeline.unet, pipeline.text_encoder):
        part.requires_grad_(False)
    redrawing, vae = Redrawing(pipeline), pipeline.vae
    gallery, held = Gallery(redrawing), Gallery(redrawing)
    for part in (vae.decoder, vae.post_quant_conv):
        part.requires_grad_(True)

    def one_step(step: int) -> Tensor:
        chance = random.Random(f"decoder {step}")
        gallery.add(FRESH, chance, torch.Generator().manual_seed(step))
        latents, crops = gallery.some(CROPS, chance)
        return distance(vae.decode(latents).sample, crops)

    def measure() -> str:
        if not held.pictures:
            for at in range(HELD):
                held.add(1, random.Random(f"held {at}"), torch.Generator().manual_seed(at))
        return f"held out: {off(vae, held.pictures):.4f}"

    if team.leads:
        print(measure(), flush=True)  # what it has to be better than
    course = Course(CHECKPOINT, vae, RATE, one_step, measure, OUTER, 200, averaging=AVERAGING)
    teach(course, folder, minutes, team)


@torch.no_grad()
def drawn_again(
    redrawing: Redrawing,
    scenes: list[Scene],
    steps: int,
    last: int,
    chance: random.Random,
    generator: torch.Generator,
) -> list[Redrawn]:
    """The scenes with what the denoiser makes of them in the last of so many steps, guided, told
    in captions that leave little open."""
    drawn = [to_tensor(np.asarray(draw_scene(one))) for one in scenes]
    said = [one.text for one in redrawing.captions(scenes, chance)]
    clean = redrawing.vae.encode(torch.stack(drawn)).latent_dist.mean
    latents = redrawing.again(clean, said, steps, last, generator, GUIDANCE)
    maps = [torch.from_numpy(focus(one, PICTURE_SIZE).copy())[None] for one in scenes]
    return [
        Redrawn(_bytes(picture), counts, made)
        for picture, counts, made in zip(drawn, maps, latents, strict=True)
    ]


@torch.no_grad()
def off(vae: AutoencoderKL, pictures: list[Redrawn]) -> float:
    """How far whole pictures, decoded, are from what they were made from: their mean distance."""
    far = [
        distance(vae.decode(one.latents[None]).sample, _crops([one.picture], [one.focus]))
        for one in pictures
    ]
    return float(torch.stack(far).mean())


def _crops(pictures: list[Tensor], counts: list[Tensor]) -> Crops:
    maps = torch.stack(counts).float()
    return Crops(torch.stack(pictures).float().div(127.5).sub(1), maps / maps.mean())


def _cut(whole: Tensor, top: int, left: int, unit: int) -> Tensor:
    """A window of WINDOW latents of what has `unit` numbers to a latent, each way."""
    down, across = (slice(at * unit, (at + WINDOW) * unit) for at in (top, left))
    return whole[..., down, across]


def _bytes(picture: Tensor) -> Tensor:
    return picture.add(1).mul(127.5).round().to(torch.uint8)
