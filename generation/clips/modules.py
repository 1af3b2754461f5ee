"""A video network from an image network: motion modules between its frozen layers.

Source: Guo et al., AnimateDiff, arXiv 2307.04725: behind every pair of spatial layers a temporal
transformer lets each place of the picture look at itself in the other frames; its last layer begins
at zero, so that the network first draws every frame as before. Diffusers' own `UNetMotionModel`
knows fewer shapes (no pooled text, no blocks with differing layers), so the modules are hung
behind the layers of any `UNet2DConditionModel`, and taken off again.

The path's tokens reach the frozen cross-attention beside the text: `CrossAttention(V_i,
concat(T, P_i), concat(T, P_i))` (StoryDiffusion, equation 5). Frozen attention was never taught
that a token has a place, so they are also laid where they belong: each token becomes a patch of a
coarse sketch of its frame, beside the frame's draft, and every module adds it to what it sees
(beyond the paper). What comes out is mixed with what drafts imply (`trust.py`).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F
from diffusers import UNet2DConditionModel
from diffusers.models.unets.unet_motion_model import AnimateDiffTransformer3D
from torch import Tensor, nn

from generation.clips.foresight import DRAFT, Foreseen
from generation.clips.semantics import SemanticShape
from generation.clips.trust import Trust

HEADS = 4
GROUPS = 32
SPAN = 31.0  # positions from the first to the last frame; AnimateDiff's modules know 32
SLOWEST = 10_000.0  # the longest wave of positions (Vaswani et al. 2017, section 3.5)
SKETCH = 48  # channels of the sketch
PATCH = 4  # places of a token's patch of it, each way
FOLD = 4  # pixels of a draft in one place of it, each way


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
    """The trained part of the video network: modules, and what brings tokens to them.

    `token_width` is that of the predictor's tokens, `text_width` that of the text's, `time_width`
    that of the network's embedding of timesteps, `channels` the latents'.
    """

    def __init__(
        self,
        spots: list[Place],
        token_width: int,
        text_width: int,
        time_width: int,
        channels: int,
    ) -> None:
        super().__init__()
        self.names = [place.name for place in spots]
        self.layers = nn.ModuleList(_module(place.channels) for place in spots)
        self.project = nn.Sequential(nn.Linear(token_width, text_width), nn.LayerNorm(text_width))
        self.sketch = Sketch(token_width, time_width)
        self.laid = nn.ModuleList(_zero(nn.Conv2d(SKETCH, place.channels, 1)) for place in spots)
        self.trust = Trust(channels)

    @contextmanager
    def installed(
        self, unet: UNet2DConditionModel, times: Tensor, foreseen: Foreseen | None = None
    ) -> Iterator[None]:
        """Inside the block, the network's batches are clips whose frames are at `times`
        `(frames,)`, 0 to 1; `foreseen` is of all frames of all clips."""
        frames = len(times)
        seen: list[Tensor] = []  # the sketch of the call that runs

        def sketched(_layer: nn.Module, _given: Any, embedding: Tensor) -> None:
            seen[:] = [] if foreseen is None else [self.sketch(foreseen, embedding)]

        with ExitStack() as stack:
            stack.callback(unet.time_embedding.register_forward_hook(sketched).remove)
            for name, layer, lay in zip(self.names, self.layers, self.laid, strict=True):
                for moments in (one for one in layer.modules() if isinstance(one, Moments)):
                    stack.enter_context(moments.at(times))
                hook = unet.get_submodule(name).register_forward_hook(
                    _behind(layer, lay, seen, frames)
                )
                stack.callback(hook.remove)
            yield

    def beside(self, text: Tensor, foreseen: Foreseen) -> Tensor:
        """Text `(frames, words, channels)` with each frame's tokens behind it."""
        return torch.cat([text, self.project(foreseen.tokens)], dim=1)


class Sketch(nn.Module):
    """What is foreseen of frames, laid as `(frames, SKETCH, places, places)`: tokens, row by row,
    and drafts. How much of each channel is needed depends on the timestep."""

    def __init__(self, token_width: int, time_width: int) -> None:
        super().__init__()
        self.patches = nn.Linear(token_width, SKETCH * PATCH**2)
        self.folded = nn.Conv2d(DRAFT * FOLD**2, SKETCH, 3, padding=1)
        self.mixed = nn.Conv2d(SKETCH, SKETCH, 3, padding=1)
        self.needed = _zero(nn.Linear(time_width, SKETCH))

    def forward(self, foreseen: Foreseen, embedding: Tensor) -> Tensor:
        side = math.isqrt(foreseen.tokens.shape[1])
        patches = self.patches(foreseen.tokens).transpose(1, 2).unflatten(2, (side, side))
        laid = F.pixel_shuffle(patches, PATCH)
        folded = self.folded(F.pixel_unshuffle(foreseen.drafts, FOLD))
        drawn = F.silu(self.mixed(F.silu(folded + F.interpolate(laid, folded.shape[-2:]))))
        needed = 1 + self.needed(F.silu(embedding)).expand(len(drawn), -1)
        sketch: Tensor = drawn * needed[:, :, None, None]
        return sketch


class Moments(nn.Module):
    """Tells each frame when it is, by sines of its time (and not of its number: frames needn't be
    as far from each other in a lesson as they are in a clip)."""

    def __init__(self) -> None:
        super().__init__()
        self._times: Tensor | None = None

    @contextmanager
    def at(self, times: Tensor) -> Iterator[None]:
        """Frames are at these times inside the block."""
        before, self._times = self._times, times
        try:
            yield
        finally:
            self._times = before

    def forward(self, hidden: Tensor) -> Tensor:
        """`(places, frames, channels)`."""
        assert self._times is not None  # as long as the module is installed
        half = hidden.shape[-1] // 2
        waves = SLOWEST ** (-torch.arange(half, device=hidden.device) / half)
        angles = self._times.to(hidden)[:, None] * SPAN * waves.to(hidden)
        told: Tensor = hidden + torch.cat([angles.sin(), angles.cos()], dim=1)
        return told


def new_modules(unet: UNet2DConditionModel, shape: SemanticShape) -> MotionModules:
    """Untrained, for this network."""
    text_width, time_width = (
        unet.config.cross_attention_dim,
        unet.time_embedding.linear_2.out_features,
    )
    return MotionModules(places(unet), shape.width, text_width, time_width, unet.config.in_channels)


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
    )
    for block in module.transformer_blocks:
        block.pos_embed = Moments()
    _zero(module.proj_out)
    return module


def _zero(layer: Any) -> Any:
    """The same layer, which says nothing yet."""
    nn.init.zeros_(layer.weight)
    nn.init.zeros_(layer.bias)
    return layer


def _behind(module: nn.Module, lay: nn.Module, seen: list[Tensor], frames: int) -> Any:
    """A forward hook: the layer's output, with the sketch laid on it, through the module."""

    def moved(hidden: Tensor) -> Tensor:
        if seen:
            fitting = F.interpolate(seen[0], hidden.shape[-2:], mode="bilinear", antialias=True)
            hidden = hidden + lay(fitting)
        out: Tensor = module(hidden, num_frames=frames)
        return out

    def run(_layer: nn.Module, _given: Any, output: Any) -> Any:
        if isinstance(output, tuple):
            return (moved(output[0]), *output[1:])
        if isinstance(output, Tensor):
            return moved(output)
        output.sample = moved(output.sample)
        return output

    return run
