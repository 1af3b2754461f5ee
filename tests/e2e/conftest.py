"""A sandbox, and a catalogue with a real tiny network that draws slowly enough to be killed."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.sandbox.server import Sandbox
from tests.generation.conftest import tiny_pipeline

TINY = """
[tiny]
title = "Tiny"
source = "tiny"
family = "sd15"
width = 64
height = 64
steps = 48
guidance = 3.0
"""


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with Sandbox(deadline=30.0) as sandbox:  # Discord's 3 s: a busy machine misses them
        yield sandbox


@pytest.fixture(scope="session")
def tiny_models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A catalogue of one random network."""
    folder = tmp_path_factory.mktemp("models")
    tiny_pipeline("sd15").save_pretrained(folder / "tiny")
    catalogue = folder / "models.toml"
    catalogue.write_text(TINY, encoding="utf-8")
    return catalogue
