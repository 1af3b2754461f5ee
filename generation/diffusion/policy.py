"""What a model may do with the memory there is: chosen once, when it is loaded.

The figures for weights are exact, those for the work beside them are estimates; where they are
wrong, `memory` makes do with less while it draws.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import psutil
import torch
from torch import nn

from generation.script.catalogue import Model
from generation.script.graph import GROUP_LIMIT

GIB = 2**30
TILE = 512  # pixels: the autoencoders were trained on pictures of about this size
# Copies of the widest feature map that are alive at once: the convolution's input, its output, the
# normalised one and the shortcut.
DECODING_COPIES = 4
# The same for a network's pass, in copies of its finest feature map with both halves of guidance:
# the skipped connections are kept, and the feed-forward layers are eight times as wide.
DENOISING_COPIES = 64
HALVES = 2


class Offload(StrEnum):
    """Where weights wait that aren't needed: `MODEL`: text encoders, network and autoencoder take
    turns on the graphics card; `GROUP`: their layers do, one after the other."""

    NONE = "none"
    MODEL = "model"
    GROUP = "group"


@dataclass(frozen=True)
class MemoryPolicy:
    """`tiles`: pictures over `TILE` pixels are decoded in overlapping parts, which changes them
    slightly. They are decoded one at a time in any case. `micro_batch` is a
    story's at most, where memory limits it."""

    offload: Offload = Offload.NONE
    tiles: bool = False
    micro_batch: int | None = None

    @property
    def words(self) -> str:
        """For the operator, before anything is drawn."""
        where = {
            Offload.NONE: "all of it stays in memory",
            Offload.MODEL: "its parts take turns on the graphics card",
            Offload.GROUP: "its layers take turns on the graphics card, which is slow",
        }
        parts = [where[self.offload]]
        if self.tiles:
            parts.append(f"pictures over {TILE} pixels are decoded in parts")
        if self.micro_batch is not None:
            parts.append(f"panels are drawn {self.micro_batch} at a time")
        return ", ".join(parts)

    @property
    def notes(self) -> tuple[str, ...]:
        """What is unusual about it, for the record."""
        told = []
        if self.offload is Offload.MODEL:
            told.append("the model's parts took turns on the graphics card")
        if self.offload is Offload.GROUP:
            told.append("the model's layers took turns on the graphics card")
        if self.tiles:
            told.append("large pictures were decoded in parts")
        return (f"To save memory, {' and '.join(told)}.",) if told else ()


@dataclass(frozen=True)
class Needs:
    """Bytes: of the weights of network, text encoders and autoencoder; of the largest `layer` among
    them; of the work beside them for one `panel` in a pass of the network, for the `decoding` of a
    picture, and of a `tile` of it."""

    unet: int
    texts: int
    vae: int
    layer: int
    panel: int
    decoding: int
    tile: int

    @property
    def weights(self) -> int:
        return self.unet + self.texts + self.vae

    def of(self, policy: MemoryPolicy) -> int:
        """The most memory that drawing takes under that policy."""
        denoising = self.panel * (policy.micro_batch or GROUP_LIMIT)
        decoding = self.tile if policy.tiles else self.decoding
        if policy.offload is Offload.NONE:
            return self.weights + max(denoising, decoding)
        if policy.offload is Offload.MODEL:
            return max(self.texts, self.unet + denoising, self.vae + decoding)
        return self.layer + max(denoising, decoding)


def choose_policy(needs: Needs, free: int, device: str) -> MemoryPolicy | None:
    """The least costly way that fits into `free` bytes, or None: nothing does.

    `device` is `cuda` or `cpu`; on a processor weights have nowhere else to wait.
    """
    for policy in _ladder(device):
        if needs.of(policy) <= free:
            return policy
    return None


def last_resort(device: str) -> MemoryPolicy:
    """The most frugal way there is."""
    return list(_ladder(device))[-1]


def _ladder(device: str) -> Iterator[MemoryPolicy]:
    """From costless to slow. Tiles cost little, turns a few seconds a render; passes of fewer
    panels come late, since they can keep panels from looking at each other."""
    offloads = list(Offload) if device == "cuda" else [Offload.NONE]
    for offload in offloads:
        if offload is not Offload.GROUP:
            yield MemoryPolicy(offload)
        yield MemoryPolicy(offload, tiles=True)
    for few in (2, 1):
        yield MemoryPolicy(offloads[-1], tiles=True, micro_batch=few)


def free_memory(device: torch.device) -> int:
    """Bytes: of the graphics card, or of the machine."""
    if device.type == "cuda":
        return int(torch.cuda.mem_get_info(device)[0])
    return int(psutil.virtual_memory().available)


def needs_of(model: Model, parts: Mapping[str, nn.Module]) -> Needs:
    """Of components under diffusers' names, in the types they are drawn with."""
    unet: Any = parts["unet"]
    vae: Any = parts["vae"]
    weights = {name: _bytes(part) for name, part in parts.items()}
    layers = [_bytes(one) for part in parts.values() for one in part.modules() if not _inner(one)]
    texts = sum(bytes_ for name, bytes_ in weights.items() if name.startswith("text_encoder"))
    work = work_of(
        model, dict(unet.config), dict(vae.config), sum(weights.values()), (_wide(unet), _wide(vae))
    )
    return Needs(weights["unet"], texts, weights["vae"], max(layers), *work)


def work_of(
    model: Model,
    unet: Mapping[str, Any],
    vae: Mapping[str, Any],
    weights: int,
    number_bytes: tuple[int, int],
) -> tuple[int, int, int]:
    """Estimates for `Needs`: `panel`, `decoding` and `tile`, at the entry's size.

    `unet` and `vae` are their configurations, `number_bytes` of the type of each. Where the entry
    says what the model needs with four panels at once (`vram`), a panel takes a quarter of what
    that is over the weights, if that is more.
    """
    area, squeeze = model.width * model.height, 2 ** (len(vae["block_out_channels"]) - 1)
    finest = unet["block_out_channels"][0] * area // squeeze**2
    panel = DENOISING_COPIES * HALVES * finest * number_bytes[0]
    said = round(model.vram * GIB) - weights
    pixel = DECODING_COPIES * max(vae["block_out_channels"][:2]) * number_bytes[1]
    return max(panel, said // GROUP_LIMIT), pixel * area, pixel * min(area, TILE**2)


def _bytes(part: nn.Module) -> int:
    return sum(tensor.nbytes for tensor in part.parameters())


def _inner(part: nn.Module) -> bool:
    return next(part.children(), None) is not None


def _wide(part: nn.Module) -> int:
    """Bytes of a number."""
    return next(part.parameters()).element_size()
