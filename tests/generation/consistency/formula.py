"""The paper's formula, slowly and obviously: what the sampler is compared with."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager

import torch
from diffusers.models.attention_processor import Attention
from torch import Tensor

from generation.consistency.sampling import sample_tokens
from generation.diffusion.model import DiffusionModel
from generation.script.plan import RenderPlan


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
        alone = torch.block_diag(*[torch.ones(tokens, tokens, dtype=torch.bool)] * panels)
        for number, half in enumerate(hidden_states.split(panels)):
            lone = number == 0 and self.plan.guided_looking  # the unconditional half comes first
            seen = alone if lone else mask
            story = half.reshape(panels * tokens, -1)
            query, key, value = attn.to_q(story), attn.to_k(story), attn.to_v(story)
            heads = []
            for q, k, v in zip(
                *(part.chunk(attn.heads, dim=-1) for part in (query, key, value)), strict=True
            ):
                scores = q @ k.T / q.shape[-1] ** 0.5
                weights = scores.masked_fill(~seen, -torch.inf).softmax(dim=-1)
                heads.append(weights @ v)
            halves.append(torch.cat(heads, dim=-1).view(panels, tokens, -1))
        out: Tensor = attn.to_out[0](torch.cat(halves))
        return out

    @contextmanager
    def installed(self, model: DiffusionModel, blocks: Collection[str]) -> Iterator[None]:
        """In every self-attention layer of these blocks."""
        before = dict(model.unet.attn_processors)
        model.unet.set_attn_processor(
            {
                name: self if "attn1" in name and name.split("_")[0] in blocks else processor
                for name, processor in before.items()
            }
        )
        try:
            yield
        finally:
            model.unet.set_attn_processor(before)
