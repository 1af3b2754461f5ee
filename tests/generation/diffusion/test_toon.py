"""The engine with the model that is shipped, where its weights are."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from PIL import Image, ImageChops, ImageStat

import generation.toon
from generation.diffusion.loading import load_model
from generation.diffusion.lockstep import LockStep
from generation.diffusion.model import DiffusionModel
from generation.script.catalogue import read_models
from generation.script.plan import RenderPlan

CATALOGUE = Path(generation.toon.__path__[0]).parents[1] / "config" / "models.toml"


@pytest.fixture(scope="module")
def toon() -> DiffusionModel:
    entry = read_models(CATALOGUE)["toon"]
    return load_model(entry, CATALOGUE.parent, device="cpu")


@pytest.fixture
def plan(plan_of: Callable[..., RenderPlan]) -> RenderPlan:
    entry = read_models(CATALOGUE)["toon"]
    changes = {"width": entry.width, "height": entry.height, "guidance": entry.guidance}
    return plan_of([(1,), (0,), (0, 1)], steps=6, shared_noise=0.5, **changes)


def test_it_draws_pictures_with_contrast(toon: DiffusionModel, plan: RenderPlan) -> None:
    with LockStep(toon, plan) as run:
        while not run.done:
            run.advance()
        for picture in run.pictures():
            assert min(ImageStat.Stat(picture).stddev) > 15  # of 255: not grey, not one colour


def test_the_last_preview_resembles_the_pictures(toon: DiffusionModel, plan: RenderPlan) -> None:
    """Closer to its own picture than to any other panel's, and close."""
    with LockStep(toon, replace(plan, shared_noise=0.0)) as run:
        while not run.done:
            run.advance()
        previews = [
            preview.resize((32, 32), Image.Resampling.BOX)
            for preview in toon.colours.pictures(run.latents)
        ]
        pictures = [picture.resize((32, 32), Image.Resampling.BOX) for picture in run.pictures()]
    apart = torch.tensor(
        [
            [sum(ImageStat.Stat(ImageChops.difference(one, other)).mean) for other in pictures]
            for one in previews
        ]
    )
    assert apart.argmin(dim=1).tolist() == [0, 1, 2]
    assert apart.diagonal().max() / 3 < 20  # of 255 levels, where pictures have contrasts of 70


def test_resuming_gives_the_same_pixels(toon: DiffusionModel, plan: RenderPlan) -> None:
    with LockStep(toon, plan) as whole:
        for _ in range(3):
            whole.advance()
        checkpoint = whole.checkpoint()
        while not whole.done:
            whole.advance()
    with LockStep(toon, plan) as resumed:
        resumed.restore(checkpoint)
        while not resumed.done:
            resumed.advance()
    assert torch.equal(whole.latents, resumed.latents)
