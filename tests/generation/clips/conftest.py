"""Tiny networks for motion, and two pictures to go between."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from PIL import Image

from generation.clips.ours import MotionWeights
from generation.clips.tween import Between
from generation.diffusion.model import DiffusionModel
from tests.generation.clips.motion import FRAMES, SHAPE


@pytest.fixture(scope="module")
def model(model_of: Callable[..., DiffusionModel]) -> DiffusionModel:
    return model_of("sd15")


@pytest.fixture
def weights(model: DiffusionModel) -> MotionWeights:
    torch.manual_seed(3)
    return MotionWeights.new(SHAPE, model)


@pytest.fixture(scope="module")
def request_() -> Between:
    first = Image.linear_gradient("L").resize((96, 64)).convert("RGB")
    last = Image.radial_gradient("L").resize((96, 64)).convert("RGB")
    return Between(first, last, ("a cat", "a dog " * 15), FRAMES, steps=2)
