"""The embedded weights: they load as any diffusers folder, are small, and draw something."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from diffusers import StableDiffusionPipeline

from generation.toon import WEIGHTS
from generation.toon.sheet import load_pipeline

MOST_BYTES, MOST_OF_CLIPS = 29_350_000, 18_650_000  # 48 MB in all


@pytest.fixture(scope="module")
def pipeline() -> StableDiffusionPipeline:
    return load_pipeline(WEIGHTS)


def test_weights_stay_within_their_budget() -> None:
    files = [path for path in Path(WEIGHTS).rglob("*") if path.is_file()]
    sizes = {path: path.stat().st_size for path in files}
    of_clips = sum(size for path, size in sizes.items() if "motion" in path.parts)
    assert sum(sizes.values()) - of_clips < MOST_BYTES
    assert of_clips < MOST_OF_CLIPS
    assert not [path for path in files if path.suffix in (".bin", ".pt", ".pkl", ".ckpt")]


def test_stored_in_half_and_loaded_in_full_precision(pipeline: StableDiffusionPipeline) -> None:
    assert pipeline.unet.dtype == torch.float32
    assert pipeline.unet.config.cross_attention_dim == pipeline.text_encoder.config.hidden_size
    assert all(torch.isfinite(one).all() for one in pipeline.unet.parameters())


def test_any_text_can_be_encoded(pipeline: StableDiffusionPipeline) -> None:
    for prompt in ("", "zorblax qwv", "一只猫在公园里", "a dog " * 200):
        said, _ = pipeline.encode_prompt(prompt, "cpu", 1, False)
        assert said.shape[1] == 77
        assert torch.isfinite(said).all()


def test_a_plain_pipeline_draws_a_picture(pipeline: StableDiffusionPipeline) -> None:
    picture = pipeline(
        "comic book style, a young programmer wearing glasses, in the office, typing",
        num_inference_steps=6,
        guidance_scale=3.0,
        generator=torch.Generator().manual_seed(1),
    ).images[0]
    pixels = np.asarray(picture).astype(float)
    assert picture.size[0] >= 128
    assert pixels.std() > 20
    assert len(np.unique(pixels.reshape(-1, 3) // 32, axis=0)) > 12


def test_prompt_and_seed_decide_the_picture(pipeline: StableDiffusionPipeline) -> None:
    def draw(prompt: str, seed: int) -> bytes:
        generator = torch.Generator().manual_seed(seed)
        drawn = pipeline(prompt, num_inference_steps=2, generator=generator)
        return bytes(drawn.images[0].tobytes())

    assert draw("on the beach", 1) == draw("on the beach", 1)
    assert draw("on the beach", 1) != draw("in the forest", 1)
    assert draw("on the beach", 1) != draw("on the beach", 2)
