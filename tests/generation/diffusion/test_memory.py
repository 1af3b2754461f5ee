"""A network that runs out of memory: the run goes on with less, and says so."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
import torch
from torch import Tensor, nn

from generation.diffusion.lockstep import LockStep
from generation.diffusion.memory import advance, is_out_of_memory
from generation.diffusion.model import DiffusionModel
from generation.script.graph import make_causal
from generation.script.plan import RenderPlan
from tests.generation.consistency.casting import cast_plan

Planner = Callable[..., RenderPlan]
STORY = [(1,), (0,), (0, 1), (0, 1), (0, 1), ()]
HALVES = 2


@contextmanager
def memory_for(model: DiffusionModel, panels: int) -> Iterator[list[int]]:
    """Its network takes at most so many panels at once; the list is what it was asked for."""
    asked: list[int] = []

    def measure(_: nn.Module, inputs: tuple[Tensor, ...]) -> None:
        asked.append(len(inputs[0]) // HALVES)
        if asked[-1] > panels:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 GiB")

    # in the middle of the network: when it runs out, the bank is half full
    handle = model.unet.mid_block.register_forward_pre_hook(measure)
    try:
        yield asked
    finally:
        handle.remove()


def drawn(model: DiffusionModel, plan: RenderPlan) -> LockStep:
    with LockStep(model, plan) as run:
        while not run.done:
            advance(run)
        return run


def test_half_as_many_panels_at_once_end_at_the_same_picture(
    exact_model: DiffusionModel, plan_of: Planner
) -> None:
    plan = plan_of(STORY, micro_batch=4)
    whole = drawn(exact_model, plan)
    with memory_for(exact_model, 2) as asked:
        frugal = drawn(exact_model, plan)
    assert asked.count(3) == 1  # it asks for too much once: two groups of 2 and 1
    assert (frugal.frugality.micro_batch, frugal.frugality.causal) == (2, False)
    assert frugal.notes == ("Memory ran short: at most 2 panels at once.",)
    assert whole.notes == ()
    assert (whole.latents - frugal.latents).abs().max() < 1e-8
    assert frugal.peak_bank_bytes == whole.peak_bank_bytes


def test_where_a_group_does_not_fit_the_plan_becomes_causal(
    exact_model: DiffusionModel, plan_of: Planner
) -> None:
    plan = plan_of(STORY, micro_batch=4)
    with memory_for(exact_model, 1):
        frugal = drawn(exact_model, plan)
    assert (frugal.frugality.micro_batch, frugal.frugality.causal) == (1, True)
    assert sorted(frugal.passes) == [(0,), (1,), (2,), (3,), (4,), (5,)]
    assert any("drawn before them" in note for note in frugal.notes)
    causal = drawn(exact_model, make_causal(plan))
    assert (causal.latents - frugal.latents).abs().max() < 1e-8


def test_when_one_panel_is_too_much_the_error_comes_out_and_the_run_stays(
    model: DiffusionModel, plan_of: Planner
) -> None:
    with memory_for(model, 0), LockStep(model, plan_of(STORY)) as run:
        before = run.latents.clone()
        with pytest.raises(torch.OutOfMemoryError):
            advance(run)
        assert run.step == 0
        assert torch.equal(run.latents, before)


def test_a_later_shortage_keeps_what_is_known_of_the_subjects(
    exact_model: DiffusionModel, plan_of: Planner
) -> None:
    plan = cast_plan(plan_of, micro_batch=4)
    whole = drawn(exact_model, plan)
    with LockStep(exact_model, plan) as run:
        advance(run)
        advance(run)
        with memory_for(exact_model, 2):
            while not run.done:
                advance(run)
        assert run.frugality.micro_batch == 2
        assert (whole.latents - run.latents).abs().max() < 1e-8


def test_a_checkpoint_knows_how_little_memory_there_was(
    model: DiffusionModel, plan_of: Planner
) -> None:
    plan = plan_of(STORY, micro_batch=4)
    with LockStep(model, plan) as run:
        with memory_for(model, 1):
            advance(run)
        checkpoint = run.checkpoint()
        while not run.done:
            advance(run)
    with memory_for(model, 1) as asked, LockStep(model, plan) as resumed:
        resumed.restore(checkpoint)
        assert resumed.frugality == run.frugality
        while not resumed.done:
            advance(resumed)
    assert set(asked) == {1}
    assert torch.equal(resumed.latents, run.latents)


def test_other_errors_are_not_taken_for_it(model: DiffusionModel, plan_of: Planner) -> None:
    def break_down(*_: object) -> None:
        raise RuntimeError("a bug")

    handle = model.unet.mid_block.register_forward_pre_hook(break_down)
    try:
        with LockStep(model, plan_of(STORY)) as run, pytest.raises(RuntimeError, match="a bug"):
            advance(run)
        assert run.notes == ()
    finally:
        handle.remove()


def test_a_processor_s_allocator_is_understood_too() -> None:
    assert is_out_of_memory(MemoryError())
    with pytest.raises(RuntimeError) as caught:
        torch.empty(1 << 60, dtype=torch.uint8)
    assert is_out_of_memory(caught.value)
    assert not is_out_of_memory(RuntimeError("shapes do not match"))
