"""Consistent self-attention the obvious way: every token of the story is scored, and what must not
be seen is masked. For comparison only."""

from collections.abc import Generator, Iterator
from contextlib import contextmanager

import torch
import torch.nn.functional as F
from diffusers.models.attention_processor import Attention
from torch import Tensor

from generation.consistency.install import self_attention_layers
from generation.consistency.sampling import sample_tokens
from generation.diffusion.conditioning import condition, encode_panels, is_guided
from generation.diffusion.guidance import guide
from generation.diffusion.lockstep import LockStep
from generation.diffusion.model import DiffusionModel
from generation.diffusion.solver import Solver
from generation.script.plan import RenderPlan


class DenseMask:
    """Attention processor of all layers: O_i = Attention(Q_i, K[P_i], V[P_i]), P_i as a mask."""

    def __init__(self, plan: RenderPlan) -> None:
        self.plan = plan
        self.step = 0

    def mask(self, panel: int, tokens: int) -> Tensor:
        """Which tokens of the whole story that panel sees: `(panels * tokens,)`."""
        seen = torch.zeros(len(self.plan.panels), tokens, dtype=torch.bool)
        seen[panel] = True
        for other in self.plan.panels[panel].references:
            seed = self.plan.panels[other].seed
            seen[other, sample_tokens(self.plan.seed, self.step, tokens, seed, self.plan.rate)] = 1
        return seen.flatten()

    def __call__(self, attn: Attention, hidden_states: Tensor, **_: object) -> Tensor:
        panels = len(self.plan.panels)
        tokens = hidden_states.shape[1]
        halves = []
        for half in hidden_states.chunk(len(hidden_states) // panels):
            # (panels, tokens, channels) -> (heads, panels * tokens, channels / heads)
            query, keys, values = (
                part(half).view(panels * tokens, attn.heads, -1).transpose(0, 1)
                for part in (attn.to_q, attn.to_k, attn.to_v)
            )
            rows = [
                F.scaled_dot_product_attention(
                    mine[None], keys[None], values[None], self.mask(panel, tokens).view(1, 1, 1, -1)
                )[0]
                for panel, mine in enumerate(query.chunk(panels, dim=1))
            ]
            halves.append(torch.stack(rows).transpose(1, 2).flatten(2))
        out: Tensor = attn.to_out[0](torch.cat(halves))
        return out


def dense_drawing(model: DiffusionModel, plan: RenderPlan) -> Generator[float, None, Tensor]:
    """Finished latents of all panels, which go through the network in one batch, step by step, each
    with the share that is done. Between two steps the network is as it was."""
    dense = DenseMask(plan)
    seeds = [panel.seed for panel in plan.panels]
    solver = Solver(model.scheduler, plan.steps, model.device, seeds)
    told = condition(model, plan, encode_panels(model, plan))
    latents = LockStep(model, plan).latents
    halves = len(told.tokens) // len(latents)
    for dense.step, timestep in enumerate(solver.timesteps):
        with torch.inference_mode(), _installed(model, dense):
            prediction = model.unet(
                solver.network_input(latents, dense.step).repeat(halves, 1, 1, 1),
                timestep,
                encoder_hidden_states=told.tokens,
                added_cond_kwargs=told.added,
                return_dict=False,
            )[0]
            if is_guided(plan):
                prediction = guide(prediction, plan.guidance, model.guidance_rescale)
            latents = solver.advance(prediction, latents, dense.step)
        yield (dense.step + 1) / plan.steps
    return latents


@contextmanager
def _installed(model: DiffusionModel, dense: DenseMask) -> Iterator[None]:
    layers = self_attention_layers(model.unet, model.blocks)
    before = {name: layer.processor for name, layer in layers.items()}
    try:
        for layer in layers.values():
            layer.set_processor(dense)
        yield
    finally:
        for name, layer in layers.items():
            layer.set_processor(before[name])
