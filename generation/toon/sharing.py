"""Shared self-attention for training: panels of a group look at a part of each other's tokens.

The rule is the one the panels are drawn by (StoryDiffusion, arXiv 2405.01434, section 3.1):
`O_i = Attention(Q_i, K[P_i], V[P_i])`, where `P_i` is panel i's own tokens and a random subset of
its reference panels' tokens. Training with it is what teaches a small network to look.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from diffusers import UNet2DConditionModel
from diffusers.models.attention_processor import Attention
from torch import Tensor


@dataclass(frozen=True)
class Sharing:
    """Who looks at whom. The batch is made of groups of `len(references)` panels each.

    `references` (panels, refs) holds, for each panel of a group, the panels it looks at;
    `rate` is the share of a reference's tokens that are seen, the same ones by all who look.
    """

    references: Tensor
    rate: float
    generator: torch.Generator

    def sample(self, batch: int, tokens: int) -> Tensor:
        """Random token numbers (batch, round(rate * tokens)), without repeats in a row; all of them
        in order where all are seen, which then depends on nothing drawn before."""
        if self.rate == 1:
            return torch.arange(tokens).expand(batch, -1)
        order = torch.rand(batch, tokens, generator=self.generator).argsort(dim=1)
        return order[:, : round(self.rate * tokens)]


def extended(own: Tensor, picked: Tensor, references: Tensor) -> Tensor:
    """Each panel's own tokens, then the picked tokens of its references.

    `own` (batch, tokens, channels), `picked` (batch, k) token numbers; the result is
    (batch, tokens + refs * k, channels).
    """
    batch, _, channels = own.shape
    panels, _ = references.shape
    seen = own.gather(1, picked.unsqueeze(-1).expand(-1, -1, channels))
    groups = seen.view(batch // panels, panels, *seen.shape[1:])
    others = groups[:, references].reshape(batch, -1, channels)
    return torch.cat([own, others], dim=1)


class GroupAttention:
    """Attention processor for self-attention layers; plain attention while `sharing` is None."""

    def __init__(self) -> None:
        self.sharing: Sharing | None = None

    def __call__(
        self,
        attn: Attention,
        hidden_states: Tensor,
        encoder_hidden_states: Tensor | None = None,
        attention_mask: Tensor | None = None,
        temb: Tensor | None = None,
    ) -> Tensor:
        batch, tokens, _ = hidden_states.shape
        query, key, value = (layer(hidden_states) for layer in (attn.to_q, attn.to_k, attn.to_v))
        if self.sharing is not None:
            picked = self.sharing.sample(batch, tokens)
            key = extended(key, picked, self.sharing.references)
            value = extended(value, picked, self.sharing.references)
        heads = [
            part.unflatten(-1, (attn.heads, -1)).transpose(1, 2) for part in (query, key, value)
        ]
        seen = F.scaled_dot_product_attention(*heads).transpose(1, 2).flatten(2)
        out: Tensor = attn.to_out[1](attn.to_out[0](seen))
        return out

    @contextmanager
    def among(self, sharing: Sharing | None) -> Iterator[None]:
        """Share tokens for the time of the block."""
        before, self.sharing = self.sharing, sharing
        try:
            yield
        finally:
            self.sharing = before


@contextmanager
def group_attention(unet: UNet2DConditionModel) -> Iterator[GroupAttention]:
    """Install one GroupAttention on every self-attention layer; put the old ones back after."""
    before = dict(unet.attn_processors)
    processor = GroupAttention()
    unet.set_attn_processor(
        {name: processor if ".attn1." in name else old for name, old in before.items()}
    )
    try:
        yield processor
    finally:
        unet.set_attn_processor(before)


def all_others(panels: int) -> Tensor:
    """(panels, panels - 1): everyone looks at everyone else."""
    return torch.tensor([[j for j in range(panels) if j != i] for i in range(panels)])


def some_others(panels: int, refs: int, generator: torch.Generator) -> Tensor:
    """(panels, refs): each panel looks at `refs` random other panels."""
    order = torch.rand(panels, panels - 1, generator=generator).argsort(dim=1)[:, :refs]
    return all_others(panels).gather(1, order)
