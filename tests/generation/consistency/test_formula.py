"""The whole sampler against the paper's formula, written out slowly and obviously.

All panels go through the network in one batch, every self-attention layer of the chosen blocks
scores all tokens of the story against each other and masks those outside P_i. No bank, no
gathering, no micro-batches, no fast attention.
"""

from collections.abc import Callable
from dataclasses import replace

import pytest
import torch
from diffusers.models.attention_processor import Attention
from torch import Tensor

from generation.consistency.sampling import sample_tokens
from generation.diffusion.conditioning import condition, encode_panels
from generation.diffusion.lockstep import LockStep
from generation.diffusion.model import DiffusionModel
from generation.script.plan import RenderPlan

Planner = Callable[..., RenderPlan]
GRAPHS = {
    "two look at each other, two look at both or one, one is alone": [(1,), (0,), (0, 1), (0,), ()],
    "four look at each other": [(1, 2, 3), (0, 2, 3), (0, 1, 3), (0, 1, 2), (3, 1)],
    "a chain": [(), (0,), (1,), (0, 2)],
    "two casts that meet": [(1,), (0,), (3,), (2,), (0, 1, 2, 3), (2, 3)],
}


class DenseMask:
    """O_i = Attention(Q_i, K[P_i], V[P_i]) with P_i as a mask over all tokens of the story."""

    def __init__(self, plan: RenderPlan) -> None:
        self.plan = plan
        self.step = 0

    def mask(self, tokens: int) -> Tensor:
        """Which token (column) each token (row) of the story may see."""
        plan = self.plan
        panels = len(plan.panels)
        mask = torch.zeros(panels, tokens, panels, tokens, dtype=torch.bool)
        for i, panel in enumerate(plan.panels):
            mask[i, :, i, :] = True
            for j in panel.references:
                seed = plan.panels[j].seed
                mask[i, :, j, sample_tokens(plan.seed, self.step, tokens, seed, plan.rate)] = True
        return mask.view(panels * tokens, panels * tokens)

    def __call__(self, attn: Attention, hidden_states: Tensor, **_: object) -> Tensor:
        panels = len(self.plan.panels)
        tokens = hidden_states.shape[1]
        mask = self.mask(tokens)
        halves = []
        for half in hidden_states.split(panels):
            story = half.reshape(panels * tokens, -1)
            query, key, value = attn.to_q(story), attn.to_k(story), attn.to_v(story)
            heads = []
            for q, k, v in zip(
                *(part.chunk(attn.heads, dim=-1) for part in (query, key, value)), strict=True
            ):
                scores = q @ k.T / q.shape[-1] ** 0.5
                weights = scores.masked_fill(~mask, -torch.inf).softmax(dim=-1)
                heads.append(weights @ v)
            halves.append(torch.cat(heads, dim=-1).view(panels, tokens, -1))
        out: Tensor = attn.to_out[0](torch.cat(halves))
        return out


def slowly(model: DiffusionModel, plan: RenderPlan, blocks: tuple[str, ...]) -> Tensor:
    """The trajectory's end, with its own loop over the timesteps."""
    dense = DenseMask(plan)
    before = dict(model.unet.attn_processors)
    model.unet.set_attn_processor(
        {
            name: dense if "attn1" in name and name.split("_")[0] in blocks else processor
            for name, processor in before.items()
        }
    )
    scheduler = type(model.scheduler).from_config(model.scheduler.config)
    scheduler.set_timesteps(plan.steps)
    told = condition(model, plan, encode_panels(model, plan))
    latents = LockStep(model, plan).latents
    try:
        with torch.no_grad():
            for dense.step, timestep in enumerate(scheduler.timesteps):
                both = torch.cat([latents, latents])
                out = model.unet(both, timestep, told.tokens, added_cond_kwargs=told.added).sample
                without, with_text = out[: len(latents)], out[len(latents) :]
                guided = without + plan.guidance * (with_text - without)
                latents = scheduler.step(guided, timestep, latents).prev_sample
    finally:
        model.unet.set_attn_processor(before)
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
