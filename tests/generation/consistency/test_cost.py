"""The prediction against what a real run computes."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.flop_counter import FlopCounterMode

from generation.consistency.cost import bank_bytes, flop_ratio, network_cost
from generation.diffusion.lockstep import LockStep
from generation.diffusion.model import DiffusionModel
from generation.diffusion.predicting import predict
from generation.diffusion.shapes import UNETS, pixels_per_latent
from generation.script.catalogue import Model, read_models
from generation.script.plan import RenderPlan
from tests.generation.consistency.casting import cast_plan

STORY = [(1,), (0,), (0, 1), (0, 1), ()]

CATALOGUE = Path(__file__).parents[3] / "config" / "models.toml"


def counted(model: DiffusionModel, plan: RenderPlan) -> int:
    # the counter knows matrix products, so attention has to be computed with these
    with LockStep(model, plan) as run, sdpa_kernel(SDPBackend.MATH):
        with FlopCounterMode(display=False) as counter:
            run.advance()
        return counter.get_total_flops()


@pytest.mark.parametrize("rate", [0.25, 0.5, 1.0])
def test_the_predicted_ratio_is_the_counted_one(
    model: DiffusionModel, plan_of: Callable[..., RenderPlan], rate: float
) -> None:
    cost = network_cost(model.unet.config, 8, 12)
    ours = counted(model, plan_of(STORY, rate=rate))
    plain = counted(model, plan_of([()] * len(STORY), rate=rate))
    assert ours > plain
    slots = [len(seen) for seen in STORY]
    assert flop_ratio(cost, slots, rate) == pytest.approx(ours / plain, rel=1e-6)


def test_the_predicted_bank_is_the_real_one(
    model: DiffusionModel, plan_of: Callable[..., RenderPlan]
) -> None:
    cost = network_cost(model.unet.config, 8, 12)
    with LockStep(model, plan_of(STORY)) as run:
        run.advance()
        assert run.peak_bank_bytes == bank_bytes(cost, 2, 0.5, halves=2, bytes_per_number=4)


@pytest.mark.parametrize("guidance", [1.0, 5.0])
def test_a_plan_s_prediction_is_what_a_run_with_masks_costs(
    model: DiffusionModel,
    plan_of: Callable[..., RenderPlan],
    entry_of: Callable[[str], Model],
    guidance: float,
) -> None:
    plan = cast_plan(plan_of, guidance=guidance)
    found = predict(plan, entry_of(model.family), model.unet.config)
    alone = tuple(replace(panel, references=()) for panel in plan.panels)
    plain = counted(model, replace(plan, panels=alone, masks=False))
    ours = counted(model, plan)
    assert ours > plain
    assert found.step_flops == pytest.approx(plain, rel=1e-6)
    # at most, since the background of a panel of two looks at nobody
    assert 0.9 * found.ratio < ours / plain < found.ratio
    solo = tuple(
        replace(one, references=()) if len(one.subjects) > 1 else one for one in plan.panels
    )
    plan = replace(plan, panels=solo)
    found = predict(plan, entry_of(model.family), model.unet.config)
    assert found.ratio == pytest.approx(counted(model, plan) / plain, rel=1e-6)
    with LockStep(model, plan) as run:
        run.advance()
        assert found.bank_bytes == run.peak_bank_bytes


def test_hidden_sheets_are_part_of_the_price(
    model: DiffusionModel, plan_of: Callable[..., RenderPlan], entry_of: Callable[[str], Model]
) -> None:
    plan = plan_of([(1,), (0,), (0, 1)])
    hidden = replace(plan.panels[0], number=None)
    plan = replace(plan, panels=(hidden, *plan.panels[1:]))
    found = predict(plan, entry_of(model.family), model.unet.config)
    assert (found.panels, found.hidden) == (2, 1)
    assert found.story_ratio == pytest.approx(found.ratio * 3 / 2)


def test_a_half_that_looks_at_nobody_costs_nothing_more(
    model: DiffusionModel, plan_of: Callable[..., RenderPlan], entry_of: Callable[[str], Model]
) -> None:
    plan = plan_of(STORY, guided_looking=True)
    found = predict(plan, entry_of(model.family), model.unet.config)
    assert found.ratio == pytest.approx(counted(model, plan) / found.step_flops, rel=1e-6)
    with LockStep(model, plan) as run:
        run.advance()
        assert found.bank_bytes == run.peak_bank_bytes


@pytest.mark.parametrize(("family", "teraflops"), [("sd15", 0.80), ("sdxl", 6.76)])
def test_the_families_networks_have_their_known_size(family: str, teraflops: float) -> None:
    """Of one sample at the size that they were trained at."""
    side = UNETS[family]["sample_size"]
    cost = network_cost(UNETS[family], side, side)
    assert cost.flops / 1e12 == pytest.approx(teraflops, rel=0.01)


def test_finished_panels_that_are_looked_at_cost_one_pass_more(
    model: DiffusionModel, plan_of: Callable[..., RenderPlan], entry_of: Callable[[str], Model]
) -> None:
    plan = plan_of([(2,), (2,), ()], ahead=True, steps=2)
    counter = FlopCounterMode(display=False)
    with LockStep(model, plan) as run, sdpa_kernel(SDPBackend.MATH), counter:
        while not run.done:
            run.advance()
    found = predict(plan, entry_of(model.family), model.unet.config)
    ours = counter.get_total_flops()
    assert found.ratio == pytest.approx(ours / (found.step_flops * plan.steps), rel=1e-6)


def test_latents_are_as_large_as_the_model_s_own_autoencoder_makes_them() -> None:
    entry = read_models(CATALOGUE)["toon"]
    assert pixels_per_latent(entry, CATALOGUE.parent) == 16
    elsewhere = replace(entry, source="no/folder")
    assert pixels_per_latent(elsewhere, CATALOGUE.parent) == 8
