"""The bank's size, and that nothing of a run stays behind."""

import gc
import weakref
from collections.abc import Callable

import pytest
import torch

from generation.consistency.bank import Bank
from generation.diffusion.lockstep import LockStep
from generation.diffusion.model import DiffusionModel
from generation.script.plan import RenderPlan

Planner = Callable[..., RenderPlan]


def peak(model: DiffusionModel, plan: RenderPlan) -> int:
    with LockStep(model, plan) as run:
        while not run.done:
            run.advance()
        return run.peak_bank_bytes


def test_the_bank_does_not_grow_with_steps_panels_or_micro_batch(
    model: DiffusionModel, plan_of: Planner
) -> None:
    pair = [(1,), (0,)]
    sizes = {
        peak(model, plan_of(pair, steps=2)),
        peak(model, plan_of(pair, steps=6)),
        peak(model, plan_of([*pair, *[(0, 1)] * 4], steps=2)),
        peak(model, plan_of([*pair, *[(0, 1)] * 4], steps=2, micro_batch=1)),
    }
    assert len(sizes) == 1


def test_the_bank_grows_with_identity_panels_and_rate_alone(
    model: DiffusionModel, plan_of: Planner
) -> None:
    one = peak(model, plan_of([(), (0,)], steps=1))
    assert peak(model, plan_of([(), (), (), (0, 1, 2)], steps=1)) == 3 * one
    assert peak(model, plan_of([(), (0,)], steps=1, rate=1.0)) == 2 * one
    assert peak(model, plan_of([(), (0,)], steps=1, guidance=1.0)) * 2 == one


def test_the_bank_holds_keys_and_values_of_the_shown_tokens(
    model_of: Callable[..., DiffusionModel], plan_of: Planner
) -> None:
    model = model_of("sd15")
    # up blocks: 2 layers of 8 x 12 / 4 tokens and 32 channels, 2 of 8 x 12 tokens and 16 channels
    held = 2 * (2 * 24 * 32 + 2 * 96 * 16) * 4  # keys and values, float32
    halves = 2
    assert peak(model, plan_of([(), (0,)], steps=1, rate=0.5)) == halves * held * 0.5


def test_nothing_of_a_run_stays_behind(model: DiffusionModel, plan_of: Planner) -> None:
    run = LockStep(model, plan_of([(1,), (0,), (0, 1)]))
    with run:
        run.advance()
        assert run._attention.bank.bytes == 0
    attention, latents = weakref.ref(run._attention), weakref.ref(run.latents)
    del run
    gc.collect()
    assert attention() is None
    assert latents() is None


def test_renders_leave_no_tensors_behind(model: DiffusionModel, plan_of: Planner) -> None:
    def tensors() -> int:
        gc.collect()
        return sum(issubclass(type(held), torch.Tensor) for held in gc.get_objects())

    plan = plan_of([(1,), (0,), (0, 1)], steps=2)
    peak(model, plan)
    before = tensors()
    for _ in range(3):
        peak(model, plan)
    assert tensors() == before


def test_looking_at_what_is_not_there_is_an_error() -> None:
    bank = Bank(2)
    slot = torch.tensor([1])
    with pytest.raises(LookupError):
        bank.read("layer", slot, 1)
    bank.write("layer", 0, torch.ones(2, 1, 4, 8), torch.ones(2, 1, 4, 8))
    with pytest.raises(LookupError):
        bank.read("layer", slot, 1)
    bank.write("layer", 1, torch.ones(2, 1, 4, 8), torch.ones(2, 1, 4, 8))
    assert bank.read("layer", slot, 1)[0].shape == (2, 1, 4, 8)
    bank.clear()
    with pytest.raises(LookupError):
        bank.read("layer", slot, 1)
