"""Trains the image encoder: pictures and their captions meet in one space, and every token keeps
what is at its place, and which way whoever is there looks: nothing else tells where they walk."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from pathlib import Path

import torch
import torch.nn.functional as F
from diffusers import StableDiffusionPipeline
from torch import Tensor, nn

from generation.clips.latents import pixels
from generation.clips.semantics import ImageEncoder, SemanticShape
from generation.toon.sheet import load_pipeline
from generation.toon.training.course import Course, taught, teach
from generation.toon.training.parallel import Team
from generation.toon.training.text import token_ids
from generation.toon.world.figures import NECK_TO_SOLE
from generation.toon.world.motion import Moment, Motion, draw_moment, moment
from generation.toon.world.moving import moving
from generation.toon.world.pen import UNITS
from generation.toon.world.samples import single
from generation.toon.world.shots import Shot

CHECKPOINT = "motion/image-encoder.pt"
BATCH = 32  # pictures in a step of one process; half of them frames of motions
RATE = 1e-3  # learning rate
TELLING = 20.0  # weight of its squared error against the contrastive loss
FACING = 1.0  # the same of the way that figures face
ABOVE, BESIDE = 60.0, 24.0  # units of a figure above its neck and to each side, at scale 1
HELD = 1 << 41  # seeds from here on are held out


@dataclass(frozen=True)
class Examples:
    """Pictures `(pictures, 3, side, side)` in -1..1, their captions, and for each token which way
    whoever is there faces, `(pictures, tokens)`: -1 (left) to 1, and 0 where nobody is."""

    pictures: Tensor
    captions: list[str]
    facing: Tensor


class Seeing(nn.Module):
    """The encoder with its three tasks."""

    def __init__(self, shape: SemanticShape, text_width: int) -> None:
        super().__init__()
        self.encoder = ImageEncoder(shape)
        self.image = nn.Linear(shape.width, shape.width)
        self.text = nn.Linear(text_width, shape.width)
        self.facing = nn.Linear(shape.width, 1)
        self.sharpness = nn.Parameter(torch.tensor(2.0))  # logarithm of one over the temperature

    def matches(self, tokens: Tensor, texts: Tensor) -> Tensor:
        """How well each picture fits each text, `(pictures, texts)` logits (Radford et al. 2021,
        arXiv 2103.00020)."""
        images = F.normalize(self.image(tokens.mean(1)), dim=-1)
        said = F.normalize(self.text(texts), dim=-1)
        fit: Tensor = self.sharpness.exp().clamp(max=100) * images @ said.T
        return fit

    def loss(self, given: Examples, texts: Tensor) -> Tensor:
        tokens = self.encoder(given.pictures)
        fit, right = self.matches(tokens, texts), torch.arange(len(texts))
        contrast = (F.cross_entropy(fit, right) + F.cross_entropy(fit.T, right)) / 2
        shown = self.encoder.thumbnail(tokens)
        small = F.interpolate(given.pictures, shown.shape[-2:], mode="bilinear", antialias=True)
        anybody = given.facing != 0
        turned = (self.facing(tokens)[..., 0] - given.facing).square() * anybody
        off = turned.sum() / anybody.sum().clamp(min=1)
        loss: Tensor = contrast + TELLING * F.mse_loss(shown, small) + FACING * off
        return loss


def examples(first: int, count: int, shape: SemanticShape) -> Examples:
    """Still panels and frames of motions by seed."""
    moments: list[Moment] = []
    captions: list[str] = []
    for seed in range(first, first + count):
        if seed % 2:
            sample, part = moving(seed), random.Random(seed).random()
            moments.append(moment(sample.motion, part))
            captions.append(sample.captions[round(part)].text)
        else:
            still = single(seed)
            moments.append(moment(Motion(Shot(still.scene), Shot(still.scene)), 0.0))
            captions.append(still.caption.text)
    pictures = pixels([draw_moment(one, shape.side) for one in moments])
    facing = [faced(one, math.isqrt(shape.tokens)) for one in moments]
    return Examples(pictures, captions, torch.stack(facing).flatten(1))


def faced(one: Moment, side: int) -> Tensor:
    """Which way whoever is at a place of a picture faces, `(side, side)`; 0 where nobody is."""
    found = torch.zeros(side, side)
    for actor in one.actors:
        x, y = one.camera.at(actor.stance.x, actor.stance.neck)
        scale = actor.stance.scale * one.camera.zoom
        rows = _places(y - ABOVE * scale, y + NECK_TO_SOLE * scale, side)
        found[rows, _places(x - BESIDE * scale, x + BESIDE * scale, side)] = actor.turn
    return found


def _places(start: float, end: float, side: int) -> slice:
    """Those of `side` places in a row that lie between two ends, in units, to at least a half."""
    first, last = (round(one / UNITS * side) for one in (start, end))
    return slice(max(0, first), max(0, last))


class Listener:
    """The frozen text encoder."""

    def __init__(self, pipeline: StableDiffusionPipeline) -> None:
        self._tokenizer = pipeline.tokenizer
        self._encoder = pipeline.text_encoder.eval().requires_grad_(False)
        self.width: int = self._encoder.config.hidden_size

    @torch.no_grad()
    def pooled(self, captions: list[str]) -> Tensor:
        """`(captions, width)`."""
        said: Tensor = self._encoder(token_ids(self._tokenizer, captions)).pooler_output
        return said


def train_image_encoder(model: Path, folder: Path, minutes: float, team: Team) -> None:
    """Train for `minutes` in all beside the text encoder of the diffusers folder `model`."""
    torch.manual_seed(0)
    shape, listener = SemanticShape(), Listener(load_pipeline(model))
    seeing = Seeing(shape, listener.width)

    def lesson(step: int) -> Tensor:
        given = examples(step * BATCH, BATCH, shape)
        return seeing.loss(given, listener.pooled(given.captions))

    def measure() -> str:
        return progress(seeing, listener, examples(HELD, 64, shape))

    outer = ("places", "tell", "facing")
    teach(Course(CHECKPOINT, seeing, RATE, lesson, measure, outer), folder, minutes, team)


@torch.no_grad()
def progress(seeing: Seeing, listener: Listener, held: Examples) -> str:
    """How many held-out pictures find their caption, how good their small pictures are, and at how
    many places where somebody is it is told which way they face."""
    tokens = seeing.encoder(held.pictures)
    fit = seeing.matches(tokens, listener.pooled(held.captions))
    found = (fit.argmax(1) == torch.arange(len(fit))).float().mean().item()
    shown = seeing.encoder.thumbnail(tokens)
    small = F.interpolate(held.pictures, size=shown.shape[-2:], mode="area")
    psnr = -10 * (F.mse_loss(shown, small) / 4).log10().item()
    told = seeing.facing(tokens)[..., 0] * held.facing
    right = (told[held.facing != 0] > 0).float().mean().item()
    return (
        f"held out: {found:.3f} find their caption among {len(fit)}; thumbnails PSNR {psnr:.2f}; "
        f"{right:.3f} face where they do"
    )


def taught_seeing(folder: Path, text_width: int) -> Seeing:
    """The image encoder with its tasks, to be used.

    Raises:
        FileNotFoundError: it hasn't been trained.
    """
    seeing = Seeing(SemanticShape(), text_width)
    taught(seeing, folder / CHECKPOINT)
    return seeing.eval().requires_grad_(False)
