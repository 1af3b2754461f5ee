"""Put consistent self-attention into a UNet, and take it out again."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager

from diffusers import UNet2DConditionModel
from diffusers.models.attention_processor import Attention

from generation.consistency.attention import ConsistentSelfAttention
from generation.consistency.processor import ConsistentProcessor

BLOCKS = {"down": "down_blocks.", "mid": "mid_block.", "up": "up_blocks."}


class NoSuchLayers(Exception):
    """This network has no self-attention that could be made consistent in the chosen blocks."""


def self_attention_layers(
    unet: UNet2DConditionModel, blocks: Collection[str] = ("up",)
) -> dict[str, Attention]:
    """The self-attention layers of the chosen blocks (`down`, `mid`, `up`), by their names.

    The paper changes the up blocks only: they draw looks, the earlier ones lay out the scene.

    Raises:
        NoSuchLayers: there are no such blocks, they have no self-attention, or theirs computes
            something else than plain attention.
    """
    unknown = set(blocks) - set(BLOCKS)
    if unknown:
        raise NoSuchLayers(f"blocks are {', '.join(BLOCKS)}, not {', '.join(sorted(unknown))}")
    prefixes = tuple(BLOCKS[block] for block in blocks)
    layers = {
        name: module
        for name, module in unet.named_modules()
        if isinstance(module, Attention) and name.startswith(prefixes) and name.endswith("attn1")
    }
    if not layers:
        raise NoSuchLayers(f"no self-attention in the blocks {', '.join(blocks)}")
    odd = [name for name, layer in layers.items() if not _plain(layer)]
    if odd:
        raise NoSuchLayers(f"{odd[0]} is not plain self-attention")
    return layers


@contextmanager
def installed(
    layers: Mapping[str, Attention], attention: ConsistentSelfAttention
) -> Iterator[ConsistentSelfAttention]:
    """The layers attend consistently inside this context and are as before after it.

    Install it after everything else that changes processors (LoRA, IP-Adapter).
    """
    originals = {name: layer.processor for name, layer in layers.items()}
    try:
        for name, layer in layers.items():
            layer.set_processor(ConsistentProcessor(name, attention, originals[name]))
        yield attention
    finally:
        for name, layer in layers.items():
            layer.set_processor(originals[name])


def _plain(layer: Attention) -> bool:
    """What transformer blocks of SD1.5 and SDXL have: softmax(QK / sqrt(d)) V and no more."""
    extras = (layer.group_norm, layer.spatial_norm, layer.norm_q, layer.norm_k)
    return (
        all(extra is None for extra in extras)
        and layer.scale_qk
        and not layer.residual_connection
        and layer.rescale_output_factor == 1
        and layer.inner_kv_dim == layer.inner_dim
    )
