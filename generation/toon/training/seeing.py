"""Trains the image encoder: pictures and their captions meet in one space, and every token keeps
what is at its place."""

from __future__ import annotations

import random
from pathlib import Path

import torch
import torch.nn.functional as F
from diffusers import StableDiffusionPipeline
from PIL import Image
from torch import Tensor, nn

from generation.clips.latents import pixels
from generation.clips.semantics import ImageEncoder, SemanticShape
from generation.toon.sheet import load_pipeline
from generation.toon.training.course import Course, teach
from generation.toon.training.parallel import Team
from generation.toon.training.text import token_ids
from generation.toon.world.motion import draw_moment, moment
from generation.toon.world.moving import moving
from generation.toon.world.samples import single

CHECKPOINT = "motion/image-encoder.pt"
BATCH = 32  # pictures in a step of one process; half of them frames of motions
RATE = 1e-3  # learning rate
TELLING = 20.0  # weight of its squared error against the contrastive loss
HELD = 1 << 41  # seeds from here on are held out


class Seeing(nn.Module):
    """The encoder with its two tasks."""

    def __init__(self, shape: SemanticShape, text_width: int) -> None:
        super().__init__()
        self.encoder = ImageEncoder(shape)
        self.image = nn.Linear(shape.width, shape.width)
        self.text = nn.Linear(text_width, shape.width)
        self.sharpness = nn.Parameter(torch.tensor(2.0))  # logarithm of one over the temperature

    def matches(self, tokens: Tensor, texts: Tensor) -> Tensor:
        """How well each picture fits each text, `(pictures, texts)` logits (Radford et al. 2021,
        arXiv 2103.00020)."""
        images = F.normalize(self.image(tokens.mean(1)), dim=-1)
        said = F.normalize(self.text(texts), dim=-1)
        fit: Tensor = self.sharpness.exp().clamp(max=100) * images @ said.T
        return fit

    def loss(self, pictures: Tensor, texts: Tensor) -> Tensor:
        tokens = self.encoder(pictures)
        fit, right = self.matches(tokens, texts), torch.arange(len(texts))
        contrast = (F.cross_entropy(fit, right) + F.cross_entropy(fit.T, right)) / 2
        shown = self.encoder.thumbnail(tokens)
        small = F.interpolate(pictures, size=shown.shape[-2:], mode="bilinear", antialias=True)
        return contrast + TELLING * F.mse_loss(shown, small)


def examples(first: int, count: int, side: int) -> tuple[list[Image.Image], list[str]]:
    """Still panels and frames of motions by seed, with captions."""
    pictures: list[Image.Image] = []
    captions: list[str] = []
    for seed in range(first, first + count):
        if seed % 2:
            sample, part = moving(seed), random.Random(seed).random()
            pictures.append(draw_moment(moment(sample.motion, part), side))
            captions.append(sample.captions[round(part)].text)
        else:
            still = single(seed)
            pictures.append(still.picture(side))
            captions.append(still.caption.text)
    return pictures, captions


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
        pictures, captions = examples(step * BATCH, BATCH, shape.side)
        return seeing.loss(pixels(pictures), listener.pooled(captions))

    @torch.no_grad()
    def measure() -> str:
        pictures, captions = examples(HELD, 64, shape.side)
        tokens = seeing.encoder(pixels(pictures))
        fit = seeing.matches(tokens, listener.pooled(captions))
        found = (fit.argmax(1) == torch.arange(64)).float().mean().item()
        shown = seeing.encoder.thumbnail(tokens)
        small = F.interpolate(pixels(pictures), size=shown.shape[-2:], mode="area")
        psnr = -10 * (F.mse_loss(shown, small) / 4).log10().item()
        return f"held out: {found:.3f} find their caption among 64; thumbnails PSNR {psnr:.2f}"

    teach(
        Course(CHECKPOINT, seeing, RATE, lesson, measure, ("places", "tell")), folder, minutes, team
    )
