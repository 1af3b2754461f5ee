"""The bank's size, and that nothing of a run stays behind."""

import gc
import weakref
from collections.abc import Callable
from dataclasses import replace

import pytest
import torch

from generation.consistency.bank import Bank
from generation.diffusion.lockstep import LockStep
from generation.diffusion.model import DiffusionModel
from generation.diffusion.predicting import predict
from generation.script.catalogue import Model
from generation.script.plan import RenderPlan
from generation.script.window import windowed

Planner = Callable[..., RenderPlan]


def peak(model: DiffusionModel, plan: RenderPlan) -> int:
    with LockStep(model, plan) as run:
        while not run.done:
            run.advance()
        return run.peak_bank_bytes


def predict_bank(plan: RenderPlan, model: DiffusionModel) -> int:
    entry = Model("tiny", "Tiny", "", model.family, plan.width, plan.height, plan.steps, 5.0)
    return predict(plan, entry, model.unet.config).bank_bytes


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


def test_a_window_over_sixty_panels_needs_no_more_than_over_twenty(
    model: DiffusionModel, plan_of: Planner
) -> None:
    sizes = set()
    for panels in (20, 60):
        plan = windowed(plan_of([()] * panels, steps=1), 4)
        with LockStep(model, plan) as run:
            run.advance()
            sizes.add((run.peak_bank_bytes, max(map(len, run.passes))))
        assert predict_bank(plan, model) == run.peak_bank_bytes
    assert len(sizes) == 1


def test_a_slot_that_is_filled_again_is_read_by_nobody_who_wanted_the_old_one(
    exact_model: DiffusionModel, plan_of: Planner
) -> None:
    """A chain of three needs two slots; a bank with room for all gives the same latents."""
    chain = plan_of([(), (0,), (0, 1), (2,), (3,), (0, 4)], steps=2)
    pinned = replace(chain, panels=(*chain.panels, replace(chain.panels[0], references=(0, 1, 2))))
    pinned = replace(
        pinned, panels=(*pinned.panels, replace(chain.panels[0], references=(0, 1, 2, 3, 4)))
    )
    found = []
    for plan in (chain, pinned):
        with LockStep(exact_model, plan) as run:
            while not run.done:
                run.advance()
            found.append((run.latents[: len(chain.panels)], run.peak_bank_bytes))
    assert (found[0][0] - found[1][0]).abs().max() < 1e-8
    assert found[0][1] < found[1][1]


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
    bank.write("layer", [0], torch.ones(2, 1, 4, 8), torch.ones(2, 1, 4, 8))
    with pytest.raises(LookupError):
        bank.read("layer", slot, 1)
    bank.write("layer", [1], torch.ones(2, 1, 4, 8), torch.ones(2, 1, 4, 8))
    assert bank.read("layer", slot, 1)[0].shape == (2, 1, 4, 8)
    bank.clear()
    with pytest.raises(LookupError):
        bank.read("layer", slot, 1)
