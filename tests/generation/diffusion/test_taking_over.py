"""A panel drawn again looks at the sheets that are there: as if they had been drawn once more."""

from collections.abc import Callable
from dataclasses import replace

import pytest
import torch
from torch import Tensor

from generation.diffusion.lockstep import LockStep
from generation.diffusion.model import DiffusionModel
from generation.script.plan import RenderPlan
from generation.script.redo import redo_panel, sheet_of
from tests.generation.consistency.casting import cast_plan

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

Planner = Callable[..., RenderPlan]
NUMBER = 5  # shows both, and looks at a panel of each


@pytest.fixture
def story(plan_of: Planner) -> RenderPlan:
    return cast_plan(plan_of, ahead=True)


def finished(model: DiffusionModel, plan: RenderPlan) -> LockStep:
    with LockStep(model, plan) as run:
        while not run.done:
            run.advance()
    return run


def again(
    model: DiffusionModel, story: RenderPlan, seed: int, source: LockStep | None
) -> tuple[int, Tensor]:
    """Timesteps that are made for it, and the latents of a panel drawn again."""
    panel = next(one for one in story.panels if one.number == NUMBER)
    with LockStep(model, redo_panel(story, NUMBER, seed)) as run:
        if source is not None:
            run.take_over(source, sheet_of(story, [panel]))
        made = run.steps - run.step
        while not run.done:
            run.advance()
        return made, run.latents[-1]


def test_a_panel_is_drawn_again_as_if_its_sheet_were_too(
    exact_model: DiffusionModel, story: RenderPlan
) -> None:
    source = finished(exact_model, story)
    whole, anew = again(exact_model, story, 77, None)
    part, quick = again(exact_model, story, 77, source)
    assert (part, whole) == (story.steps, 3 * story.steps)  # one of its sheet looks at others
    assert (quick - anew).abs().max() < 1e-8


def test_what_is_taken_over_is_what_it_looks_at(
    exact_model: DiffusionModel, story: RenderPlan
) -> None:
    strangers = tuple(replace(panel, seed=panel.seed + 1000) for panel in story.panels)
    source = finished(exact_model, replace(story, panels=strangers))
    _, own = again(exact_model, story, 77, finished(exact_model, story))
    _, strange = again(exact_model, story, 77, source)
    assert (own - strange).abs().max() > 1e-3


def test_the_own_seed_gives_the_old_picture(exact_model: DiffusionModel, story: RenderPlan) -> None:
    source = finished(exact_model, story)
    position = next(at for at, one in enumerate(story.panels) if one.number == NUMBER)
    _, same = again(exact_model, story, story.panels[position].seed, source)
    assert (same - source.latents[position]).abs().max() < 1e-8


def test_in_lock_step_there_is_nothing_to_take_over(
    exact_model: DiffusionModel, story: RenderPlan
) -> None:
    together = replace(story, ahead=False)
    source = finished(exact_model, together)
    whole, anew = again(exact_model, together, 77, None)
    part, quick = again(exact_model, together, 77, source)
    assert part == whole == together.steps
    assert torch.equal(quick, anew)
