"""The whole sampler against the paper's formula, written out slowly and obviously.

All panels go through the network in one batch, every self-attention layer of the chosen blocks
scores all tokens of the story against each other and masks those outside P_i. No bank, no
gathering, no micro-batches, no fast attention.
"""

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

Planner = Callable[..., RenderPlan]
GRAPHS = {
    "two look at each other, two look at both or one, one is alone": [(1,), (0,), (0, 1), (0,), ()],
    "four look at each other": [(1, 2, 3), (0, 2, 3), (0, 1, 3), (0, 1, 2), (3, 1)],
    "a chain": [(), (0,), (1,), (0, 2)],
    "two casts that meet": [(1,), (0,), (3,), (2,), (0, 1, 2, 3), (2, 3)],
}


def slowly(model: DiffusionModel, plan: RenderPlan, blocks: tuple[str, ...]) -> Tensor:
    """The trajectory's end, with its own loop over the timesteps."""
    dense = DenseMask(plan)
    scheduler = type(model.scheduler).from_config(model.scheduler.config)
    scheduler.set_timesteps(plan.steps)
    told = condition(model, plan, encode_panels(model, plan))
    latents = LockStep(model, plan).latents
    with torch.no_grad(), dense.installed(model, blocks):
        for dense.step, timestep in enumerate(scheduler.timesteps):
            both = torch.cat([latents, latents])
            out = model.unet(both, timestep, told.tokens, added_cond_kwargs=told.added).sample
            without, with_text = out[: len(latents)], out[len(latents) :]
            guided = without + plan.guidance * (with_text - without)
            latents = scheduler.step(guided, timestep, latents).prev_sample
    return latents


def quickly(model: DiffusionModel, plan: RenderPlan) -> Tensor:
    with LockStep(model, plan) as run:
        while not run.done:
            run.advance()
        return run.latents


@pytest.mark.parametrize(
    ("graph", "micro_batch"), [*((graph, 3) for graph in GRAPHS), (next(iter(GRAPHS)), 1)]
)
def test_a_full_run_is_the_formula(
    exact_model: DiffusionModel, plan_of: Planner, graph: str, micro_batch: int
) -> None:
    plan = plan_of(GRAPHS[graph], rate=0.5, micro_batch=micro_batch, steps=3)
    formula = slowly(exact_model, plan, blocks=("up",))
    largest = (quickly(exact_model, plan) - formula).abs().max().item()
    print(f"largest difference {largest:.1e}")
    assert largest < 1e-8
    # and it takes the formula to get there: the plain network ends elsewhere
    plain = quickly(exact_model, plan_of([()] * len(GRAPHS[graph]), steps=3))
    assert (plain - formula).abs().max() > 1e-2


@pytest.mark.parametrize("blocks", [("down", "mid", "up"), ("mid",)])
@pytest.mark.parametrize("rate", [0.1, 1.0])
def test_a_full_run_is_the_formula_in_other_blocks_and_at_other_rates(
    exact_model: DiffusionModel, plan_of: Planner, blocks: tuple[str, ...], rate: float
) -> None:
    model = replace(exact_model, blocks=blocks)
    plan = plan_of([(1,), (0,), (0, 1)], rate=rate, steps=2)
    formula = slowly(model, plan, blocks)
    assert (quickly(model, plan) - formula).abs().max() < 1e-8
    in_up_blocks = quickly(replace(model, blocks=("up",)), plan)
    assert (in_up_blocks - formula).abs().max() > 1e-4


def test_guidance_away_from_a_panel_that_looks_at_nobody_is_the_formula(
    exact_model: DiffusionModel, plan_of: Planner
) -> None:
    plan = plan_of([(1,), (0,), (0, 1)], steps=2, guided_looking=True)
    formula = slowly(exact_model, plan, exact_model.blocks)
    assert (quickly(exact_model, plan) - formula).abs().max() < 1e-8
    both_look = quickly(exact_model, replace(plan, guided_looking=False))
    assert (both_look - formula).abs().max() > 1e-3
    unguided = replace(plan, guidance=1.0)
    plainly = replace(unguided, guided_looking=False)
    assert torch.equal(quickly(exact_model, unguided), quickly(exact_model, plainly))
