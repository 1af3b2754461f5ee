"""What parts of the network lose of panels that the drawn world made."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from generation.diffusion.loading import load_model
from generation.diffusion.model import DiffusionModel
from generation.script.catalogue import read_models, read_styles
from generation.toon import WEIGHTS
from generation.toon.evaluation.artists import World
from generation.toon.evaluation.benchmark import MODES, Benchmark, Settings
from generation.toon.evaluation.redrawn import Decoded, Redrawn
from generation.toon.evaluation.story import read_stories
from generation.toon.reader import load_reader

CONFIG = Path("config")
SIDE = 256


@pytest.fixture(scope="module")
def settings() -> Settings:
    entry = read_models(CONFIG / "models.toml")["toon"]
    style = read_styles(CONFIG / "styles.toml")[entry.styles[0]]
    return Settings(entry, style, SIDE, steps=5)


@pytest.fixture(scope="module")
def model(settings: Settings) -> DiffusionModel:
    return load_model(settings.entry, CONFIG)


def far(some: Sequence[Image.Image], others: Sequence[Image.Image]) -> float:
    """Mean difference of levels."""
    levels = [np.stack([np.asarray(one, dtype=float) for one in each]) for each in (some, others)]
    return float(np.abs(levels[0] - levels[1]).mean())


def test_the_autoencoder_loses_less_than_the_last_steps(
    settings: Settings, model: DiffusionModel
) -> None:
    story = min(read_stories(), key=lambda one: len(one.panels))
    plan = settings.plan(story, 1)
    world = World(SIDE)
    bench = Benchmark(settings, world, load_reader(WEIGHTS / "reader"), model)
    artists = [bench._artist(MODES[name]) for name in ("decoded", "redrawn")]
    assert artists == [Decoded(model, world), Redrawn(model, world)]
    drawn, decoded, again = (one.draw(story, plan) for one in (world, *artists))
    assert 0 < far(decoded, drawn) < far(again, drawn) < far([*drawn[1:], *drawn[:1]], drawn) / 2
