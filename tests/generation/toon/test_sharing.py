"""Sharing of tokens in training equals attention written from the formula."""

from __future__ import annotations

import math

import torch
from diffusers import UNet2DConditionModel
from diffusers.models.attention_processor import Attention
from torch import Tensor

from generation.toon.sharing import (
    GroupAttention,
    Sharing,
    all_others,
    group_attention,
    some_others,
)


def attention_layer() -> Attention:
    torch.manual_seed(3)
    return Attention(query_dim=24, heads=3, dim_head=8).double()


def slow(layer: Attention, states: Tensor, sharing: Sharing, picked: Tensor) -> Tensor:
    """O_i = Attention(Q_i, K[P_i], V[P_i]), one panel and one head at a time."""
    panels = len(sharing.references)
    rows = []
    for i, own in enumerate(states):
        first = i - i % panels
        seen = [own] + [
            states[first + j][picked[first + j]] for j in sharing.references[i % panels].tolist()
        ]
        tokens = torch.cat(seen)
        query, key, value = layer.to_q(own), layer.to_k(tokens), layer.to_v(tokens)
        heads = []
        for h in range(layer.heads):
            part = slice(h * 8, h * 8 + 8)
            scores = query[:, part] @ key[:, part].T / math.sqrt(8)
            heads.append(scores.softmax(dim=-1) @ value[:, part])
        rows.append(layer.to_out[0](torch.cat(heads, dim=-1)))
    return torch.stack(rows)


@torch.no_grad()
def test_sharing_equals_the_formula() -> None:
    layer = attention_layer()
    states = torch.randn(8, 10, 24, dtype=torch.float64, generator=torch.Generator().manual_seed(1))
    for refs, rate in ((3, 0.5), (1, 0.3), (2, 1.0)):
        references = some_others(4, refs, torch.Generator().manual_seed(refs))
        processor = GroupAttention()
        with processor.among(Sharing(references, rate, torch.Generator().manual_seed(7))):
            fast = processor(layer, states)
        again = Sharing(references, rate, torch.Generator().manual_seed(7))
        expected = slow(layer, states, again, again.sample(8, 10))
        assert (fast - expected).abs().max() < 1e-12


@torch.no_grad()
def test_without_sharing_it_is_plain_attention() -> None:
    layer = attention_layer()
    states = torch.randn(4, 10, 24, dtype=torch.float64, generator=torch.Generator().manual_seed(1))
    assert (GroupAttention()(layer, states) - layer(states)).abs().max() < 1e-12


def test_nobody_looks_at_itself_and_samples_have_no_repeats() -> None:
    assert all(i not in row for i, row in enumerate(all_others(4).tolist()))
    picked = Sharing(all_others(4), 0.5, torch.Generator().manual_seed(0)).sample(4, 64)
    assert picked.shape == (4, 32)
    assert all(len(set(row)) == 32 for row in picked.tolist())


def test_a_network_is_put_back_as_it_was() -> None:
    unet = UNet2DConditionModel(
        sample_size=8,
        in_channels=4,
        out_channels=4,
        block_out_channels=(16, 16),
        down_block_types=("CrossAttnDownBlock2D", "DownBlock2D"),
        up_block_types=("UpBlock2D", "CrossAttnUpBlock2D"),
        layers_per_block=1,
        cross_attention_dim=16,
        attention_head_dim=2,
        norm_num_groups=8,
    )
    before = dict(unet.attn_processors)
    with group_attention(unet) as processor:
        installed = unet.attn_processors
        assert all((one is processor) == (".attn1." in name) for name, one in installed.items())
    assert unet.attn_processors == before
