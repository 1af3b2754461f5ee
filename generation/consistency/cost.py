"""What looking at others costs, predicted from the network's shapes.

The projections are done once per panel, as in the plain network, so the only extra work is in
attention itself: each panel's queries meet the shown tokens of what it looks at. With subject
masks, cross-attention is scored once more, by the conditional half alone, to hear where words are.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from diffusers import UNet2DConditionModel
from diffusers.models.attention_processor import Attention
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from generation.consistency.install import self_attention_layers
from generation.consistency.listening import cross_attention_layers
from generation.consistency.sampling import sample_size


@dataclass(frozen=True)
class NetworkCost:
    """Of one sample (one panel, one half of guidance) through the plain network.

    `layers` are `(tokens, channels)` of the layers whose self-attention is made consistent,
    `listened` those of the cross-attention that tells where subjects are; `text_tokens` is the
    length of the text.
    """

    flops: int
    layers: tuple[tuple[int, int], ...]
    listened: tuple[tuple[int, int], ...]
    text_tokens: int


def looking_flops(cost: NetworkCost, slots: int, rate: float) -> int:
    """Extra operations of one sample that looks at so many slots: Q K^T and its product with V.

    With subject masks each place looks at its own subject's slots alone, the background at none, so
    this is the most that it can cost.
    """
    return sum(
        4 * tokens * slots * sample_size(tokens, rate) * channels
        for tokens, channels in cost.layers
    )


def listening_flops(cost: NetworkCost) -> int:
    """Extra operations of one panel whose subjects are heard: Q K^T with the words, and its product
    with whose they are."""
    return sum(4 * tokens * cost.text_tokens * channels for tokens, channels in cost.listened)


def flop_ratio(
    cost: NetworkCost,
    slots: Sequence[int],
    rate: float,
    halves: int = 2,
    heard: int = 0,
    lone_halves: int = 0,
) -> float:
    """Operations of a consistent story over those of its panels drawn plainly.

    `slots` is how many each panel looks at, `heard` how many panels are listened to, `lone_halves`
    how many of the halves of guidance look at nobody.
    """
    looking = halves - lone_halves
    extra = looking * sum(looking_flops(cost, number, rate) for number in slots)
    extra += heard * listening_flops(cost)
    return 1 + extra / (len(slots) * halves * cost.flops)


def bank_bytes(
    cost: NetworkCost, shown: int, rate: float, halves: int, bytes_per_number: int
) -> int:
    """Size of the bank with so many slots in it."""
    numbers = sum(2 * sample_size(tokens, rate) * channels for tokens, channels in cost.layers)
    return halves * shown * numbers * bytes_per_number


def network_cost(
    config: Mapping[str, Any],
    height: int,
    width: int,
    text_tokens: int = 77,
    blocks: Collection[str] = ("up",),
) -> NetworkCost:
    """Count one forward pass at a latent size, on a network without numbers, so it takes no time.

    `config` is the network's, `height` and `width` are those of the latents.
    """
    with torch.device("meta"):
        ghost = UNet2DConditionModel.from_config(config).eval()
        sample = torch.empty(1, ghost.config.in_channels, height, width)
        text = torch.empty(1, text_tokens, ghost.config.cross_attention_dim)
        added = _added_inputs(ghost)
    layers = _shapes(self_attention_layers(ghost, blocks))
    listened = _shapes(cross_attention_layers(ghost))
    with torch.inference_mode(), FlopCounterMode(display=False) as counter:
        ghost(sample, torch.empty((), device="meta"), text, added_cond_kwargs=added)
    return NetworkCost(counter.get_total_flops(), tuple(layers), tuple(listened), text_tokens)


def _shapes(layers: Mapping[str, Attention]) -> list[tuple[int, int]]:
    """Tokens and channels of each layer, in a list that fills when the network is run."""
    shapes: list[tuple[int, int]] = []

    def note(_: nn.Module, inputs: tuple[Tensor, ...]) -> None:
        shapes.append((inputs[0].shape[1], inputs[0].shape[2]))

    for layer in layers.values():
        layer.register_forward_pre_hook(note)
    return shapes


def _added_inputs(ghost: UNet2DConditionModel) -> dict[str, Tensor] | None:
    """SDXL's pooled text and sizes."""
    if ghost.config.addition_embed_type != "text_time":
        return None
    sizes = 6
    embedded = sizes * ghost.config.addition_time_embed_dim
    pooled = ghost.config.projection_class_embeddings_input_dim - embedded
    return {"text_embeds": torch.empty(1, pooled), "time_ids": torch.empty(1, sizes)}
