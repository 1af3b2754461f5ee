"""Contact sheets: what the world draws, and what the model draws for the same captions."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import torch
from diffusers import StableDiffusionPipeline
from PIL import Image, ImageDraw

from generation.toon.world.draw import PICTURE_SIZE
from generation.toon.world.round_two import round_two
from generation.toon.world.samples import Sample, single

COLUMNS = 6
LABEL = 46  # pixels under each picture
SHEET_SEEDS = 1 << 41  # scenes that no training has seen
BATCH = 6
RESCALE = 0.7  # of guidance, as the catalogue has it
SAMPLERS: dict[int, Callable[[int], Sample]] = {1: single, 2: round_two}


def world_sheet(panels: int, seed: int, world_round: int = 1) -> Image.Image:
    """`panels` drawn scenes with their captions, of the world's first or second round."""
    samples = _samples(panels, seed, world_round)
    return contact_sheet((one.picture() for one in samples), [one.caption.text for one in samples])


def model_sheet(
    pipeline: StableDiffusionPipeline,
    panels: int,
    seed: int,
    steps: int,
    guidance: float,
    world_round: int = 1,
) -> Image.Image:
    """What the model draws for the captions of `world_sheet`."""
    prompts = [one.caption.text for one in _samples(panels, seed, world_round)]
    return contact_sheet(draw_captions(pipeline, prompts, seed, steps, guidance), prompts)


def _samples(panels: int, seed: int, world_round: int) -> list[Sample]:
    sampler = SAMPLERS[world_round]
    return [sampler(SHEET_SEEDS + seed * panels + i) for i in range(panels)]


def draw_captions(
    pipeline: StableDiffusionPipeline,
    prompts: Sequence[str],
    seed: int,
    steps: int,
    guidance: float,
) -> list[Image.Image]:
    """A picture for each prompt, each with its own start noise."""
    pictures: list[Image.Image] = []
    for start in range(0, len(prompts), BATCH):
        some = list(prompts[start : start + BATCH])
        generators = [
            torch.Generator().manual_seed(seed * len(prompts) + start + i) for i in range(len(some))
        ]
        pictures += pipeline(
            some,
            num_inference_steps=steps,
            guidance_scale=guidance,
            guidance_rescale=RESCALE,
            generator=generators,
        ).images
    return pictures


def load_pipeline(folder: Path) -> StableDiffusionPipeline:
    """The model in a diffusers folder, in float32, quiet."""
    pipeline: StableDiffusionPipeline = StableDiffusionPipeline.from_pretrained(
        str(folder), safety_checker=None
    )
    pipeline.set_progress_bar_config(disable=True)
    return pipeline


def contact_sheet(
    pictures: Iterable[Image.Image], labels: Sequence[str], columns: int = COLUMNS
) -> Image.Image:
    """Pictures in rows, all as large as the world's, with their labels (as many) below."""
    rows = -(-len(labels) // columns)
    height = PICTURE_SIZE + LABEL
    sheet = Image.new("RGB", (columns * PICTURE_SIZE, rows * height), (255, 255, 255))
    pen = ImageDraw.Draw(sheet)
    for i, (picture, label) in enumerate(zip(pictures, labels, strict=True)):
        x, y = i % columns * PICTURE_SIZE, i // columns * height
        sheet.paste(picture.resize((PICTURE_SIZE, PICTURE_SIZE), Image.Resampling.LANCZOS), (x, y))
        lines = textwrap.wrap(label, 42)[:4]
        pen.multiline_text(
            (x + 4, y + PICTURE_SIZE + 1), "\n".join(lines), fill=(0, 0, 0), spacing=0, font_size=10
        )
    return sheet
