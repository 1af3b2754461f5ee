"""Panels that others look at, drawn ahead: against the formula, and against the run cut up."""

from collections.abc import Callable
from dataclasses import replace

import pytest
import torch
from torch import Tensor

from generation.diffusion.conditioning import condition, encode_panels
from generation.diffusion.lockstep import LockStep
from generation.diffusion.model import DiffusionModel
from generation.script.plan import RenderPlan
from tests.generation.consistency.formula import DenseMask

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

Planner = Callable[..., RenderPlan]
SHEETS = (3, 4)  # hidden, looked at by the story's three panels
STORY = [(3,), (4,), (3, 4), (), ()]
STEPS = 3


def planned(plan_of: Planner, graph: list[tuple[int, ...]], **changes: object) -> RenderPlan:
    plan = plan_of(graph, **{"ahead": True, "steps": STEPS, **changes})
    hidden = [replace(panel, number=None) for panel in plan.panels[3:]]
    return replace(plan, panels=(*plan.panels[:3], *hidden))


@pytest.fixture
def plan(plan_of: Planner) -> RenderPlan:
    return planned(plan_of, STORY)


def drawn(model: DiffusionModel, plan: RenderPlan) -> Tensor:
    with LockStep(model, plan) as run:
        while not run.done:
            run.advance()
        return run.latents.clone()


def slowly(model: DiffusionModel, plan: RenderPlan) -> Tensor:
    """Both waves in one batch at every timestep of the second: each panel at a timestep of its own,
    all tokens scored against all, and masked."""
    alone = tuple(replace(panel, references=()) for panel in plan.panels)
    sheets = drawn(model, replace(plan, ahead=False, panels=alone))[list(SHEETS)]
    dense = DenseMask(plan)
    scheduler = type(model.scheduler).from_config(model.scheduler.config)
    scheduler.set_timesteps(plan.steps)
    told = condition(model, plan, encode_panels(model, plan))
    latents = LockStep(model, plan).latents[:3]
    dense.step = plan.steps  # the second wave's first
    with torch.no_grad(), dense.installed(model, model.blocks):
        for now in scheduler.timesteps:
            times = torch.stack([now] * 3 + [scheduler.timesteps[-1]] * 2)
            both = torch.cat([latents, sheets]).repeat(2, 1, 1, 1)
            out = model.unet(both, times.repeat(2), told.tokens, added_cond_kwargs=told.added)
            without, with_text = out.sample[:3], out.sample[5:8]
            guided = without + plan.guidance * (with_text - without)
            latents = scheduler.step(guided, now, latents).prev_sample
    return torch.cat([latents, sheets])


@pytest.mark.parametrize("micro_batch", [1, 5])
def test_it_is_the_formula_with_panels_at_timesteps_of_their_own(
    exact_model: DiffusionModel, plan: RenderPlan, micro_batch: int
) -> None:
    plan = replace(plan, micro_batch=micro_batch)
    found = drawn(exact_model, plan)
    assert (found - slowly(exact_model, plan)).abs().max() < 1e-8
    together = drawn(exact_model, replace(plan, ahead=False))
    assert (found - together).abs().max() > 1e-3  # lock step is something else


def test_finished_panels_go_through_the_network_once_more_and_no_more(
    model: DiffusionModel, plan: RenderPlan
) -> None:
    sizes: list[int] = []
    hook = model.unet.register_forward_pre_hook(
        lambda _, given: sizes.append(len(given[0]) // 2), with_kwargs=False
    )
    try:
        drawn(model, plan)
    finally:
        hook.remove()
    assert sizes == [2] * STEPS + [2] + [3] * STEPS


def test_a_run_is_as_long_as_its_waves_and_shows_who_is_drawn(
    model: DiffusionModel, plan: RenderPlan
) -> None:
    with LockStep(model, plan) as run:
        assert run.steps == 2 * STEPS
        run.advance()
        cast = run.preview().size
        while run.step <= STEPS:
            run.advance()
        story = run.preview().size
    with LockStep(model, replace(plan, ahead=False)) as together:
        together.advance()
        assert together.preview().size == story != cast


def test_a_resumed_run_ends_at_the_same_pixels(model: DiffusionModel, plan: RenderPlan) -> None:
    checkpoints = []
    with LockStep(model, plan) as whole:
        while not whole.done:
            checkpoints.append(whole.checkpoint())
            whole.advance()
    for step, checkpoint in enumerate(checkpoints):
        with LockStep(model, plan) as resumed:
            resumed.restore(checkpoint)
            assert resumed.step == step
            resumed.preview()
            while not resumed.done:
                resumed.advance()
            assert torch.equal(resumed.latents, whole.latents)


def test_a_run_that_rested_ends_at_the_same_pixels(model: DiffusionModel, plan: RenderPlan) -> None:
    undisturbed = drawn(model, plan)
    with LockStep(model, plan) as run:
        while run.step < STEPS + 2:
            run.advance()
        assert not run._attention.bank.empty  # it is kept over the second wave
        run.rest()
        assert run._attention.bank.bytes == 0
        while not run.done:
            run.advance()
        assert torch.equal(run.latents, undisturbed)


def test_a_chain_is_drawn_panel_by_panel(exact_model: DiffusionModel, plan_of: Planner) -> None:
    plan = plan_of([(), (0,), (1,)], ahead=True, steps=2)
    with LockStep(exact_model, plan) as run:
        for _ in range(2):
            run.advance()
        first = run.latents.clone()
        for _ in range(2):
            run.advance()
        second = run.latents.clone()
        assert run.steps == 6
        while not run.done:
            run.advance()
        assert torch.equal(run.latents[0], first[0])
        assert torch.equal(run.latents[:2], second[:2])
        assert torch.equal(first[2], second[2])  # its turn had not come
        assert run._attention.bank.empty


@pytest.mark.parametrize("fails", [False, True])
def test_less_memory_in_the_second_wave(
    exact_model: DiffusionModel, plan: RenderPlan, fails: bool
) -> None:
    with LockStep(exact_model, plan) as run:
        while run.step < STEPS + 1:
            run.advance()
        if fails:
            hook = exact_model.unet.register_forward_pre_hook(_out_of_memory)
            with pytest.raises(MemoryError):
                run.advance()
            hook.remove()
        assert run.shrink()
        while not run.done:
            run.advance()
        found = run.latents.clone()
    assert (found - drawn(exact_model, plan)).abs().max() < 1e-8


def _out_of_memory(*_: object) -> None:
    raise MemoryError


def test_where_nobody_looks_nothing_is_ahead(model: DiffusionModel, plan_of: Planner) -> None:
    plan = plan_of([(), ()], steps=2)
    assert torch.equal(drawn(model, plan), drawn(model, replace(plan, ahead=True)))
