"""A video network from an image network: motion modules between its frozen layers.

Source: Guo et al., AnimateDiff, arXiv 2307.04725: behind every pair of spatial layers a temporal
transformer lets each place of the picture look at itself in the other frames; its last layer begins
at zero, so that the network first draws every frame as before. Diffusers' own `UNetMotionModel`
knows fewer shapes (no pooled text, no blocks with differing layers), so the modules are hung
behind the layers of any `UNet2DConditionModel`, and taken off again.

The path's tokens reach the frozen cross-attention beside the text: `CrossAttention(V_i,
concat(T, P_i), concat(T, P_i))` (StoryDiffusion, equation 5).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from diffusers import UNet2DConditionModel
from diffusers.models.unets.unet_motion_model import AnimateDiffTransformer3D
from torch import Tensor, nn

HEADS = 4
GROUPS = 32
MOST_FRAMES = 32


@dataclass(frozen=True)
class Place:
    """A layer of the network behind which a module hangs, and its channels."""

    name: str
    channels: int


def places(unet: UNet2DConditionModel) -> list[Place]:
    """Behind each attention, or the residual layer where there is none."""
    found: list[Place] = []
    blocks = [(f"down_blocks.{i}", one) for i, one in enumerate(unet.down_blocks)]
    if unet.mid_block is not None:
        blocks.append(("mid_block", unet.mid_block))
    blocks += [(f"up_blocks.{i}", one) for i, one in enumerate(unet.up_blocks)]
    for name, block in blocks:
        attentions = getattr(block, "attentions", None)
        for place, layer in enumerate(block.resnets if attentions is None else attentions):
            kind = "resnets" if attentions is None else "attentions"
            channels = layer.out_channels or layer.in_channels
            found.append(Place(f"{name}.{kind}.{place}", channels))
    return found


class MotionModules(nn.Module):
    """The trained part of the video network: modules, and the projection of tokens.

    `token_width` is that of the predictor's tokens, `text_width` that of the text's.
    """

    def __init__(self, spots: list[Place], token_width: int, text_width: int) -> None:
        super().__init__()
        self.names = [place.name for place in spots]
        self.layers = nn.ModuleList(_module(place.channels) for place in spots)
        self.project = nn.Sequential(nn.Linear(token_width, text_width), nn.LayerNorm(text_width))

    @contextmanager
    def installed(self, unet: UNet2DConditionModel, frames: int) -> Iterator[None]:
        """Inside the block, the network's batches are clips of `frames` frames."""
        with ExitStack() as stack:
            for name, module in zip(self.names, self.layers, strict=True):
                hook = unet.get_submodule(name).register_forward_hook(_behind(module, frames))
                stack.callback(hook.remove)
            yield

    def beside(self, text: Tensor, path: Tensor) -> Tensor:
        """Text `(frames, words, channels)` with each frame's tokens `(frames, tokens, width)`
        behind it."""
        return torch.cat([text, self.project(path)], dim=1)


@contextmanager
def words_alone(unet: UNet2DConditionModel, words: int) -> Iterator[None]:
    """Networks that pool the text pool its first `words` tokens only, not what stands beside it."""
    pooling = getattr(unet, "add_embedding", None)
    if pooling is None or unet.config.addition_embed_type != "text":
        yield
        return
    hook = pooling.register_forward_pre_hook(lambda _, given: (given[0][:, :words],))
    try:
        yield
    finally:
        hook.remove()


def _module(channels: int) -> AnimateDiffTransformer3D:
    module = AnimateDiffTransformer3D(
        num_attention_heads=HEADS,
        attention_head_dim=channels // HEADS,
        in_channels=channels,
        norm_num_groups=math.gcd(GROUPS, channels),
        positional_embeddings="sinusoidal",
        num_positional_embeddings=MOST_FRAMES,
    )
    nn.init.zeros_(module.proj_out.weight)
    nn.init.zeros_(module.proj_out.bias)
    return module


def _behind(module: nn.Module, frames: int) -> Any:
    """A forward hook: the layer's output through the module."""

    def run(_layer: nn.Module, _given: Any, output: Any) -> Any:
        if isinstance(output, tuple):
            return (module(output[0], num_frames=frames), *output[1:])
        if isinstance(output, Tensor):
            return module(output, num_frames=frames)
        output.sample = module(output.sample, num_frames=frames)
        return output

    return run
