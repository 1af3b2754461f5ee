"""Tiny models with other solvers."""

from collections.abc import Callable
from dataclasses import replace

import diffusers
import pytest

from generation.diffusion.model import DiffusionModel


@pytest.fixture(scope="session")
def with_solver() -> Callable[..., DiffusionModel]:
    """The model with another scheduler on the same noise levels."""

    def change(model: DiffusionModel, solver: str, **changes: object) -> DiffusionModel:
        kind = getattr(diffusers, solver)
        return replace(model, scheduler=kind.from_config(model.scheduler.config, **changes))

    return change
