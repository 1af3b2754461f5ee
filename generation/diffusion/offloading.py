"""Carry a memory policy out: tiles, parts that take turns, layers that take turns.

All of it hangs on the modules' own forward calls, so processors may be put in and taken out at any
time, and layers may be overheard.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import torch
from diffusers import AutoencoderKL
from diffusers.hooks import apply_group_offloading
from torch import Tensor, nn

from generation.diffusion.policy import TILE, MemoryPolicy, Offload

REST = torch.device("cpu")  # where weights wait
TILING = ("use_tiling", "tile_sample_min_size", "tile_latent_min_size", "tile_overlap_factor")
OVERLAP = 0.25  # of a tile, in which it is blended with its neighbour: diffusers' own


def place(parts: Sequence[nn.Module], policy: MemoryPolicy, device: torch.device) -> None:
    """Put the parts of a model where the policy wants them, ready to draw on `device`."""
    if policy.tiles:
        for part in parts:
            if isinstance(part, AutoencoderKL):
                decode_in_tiles(part)
    if policy.offload is Offload.GROUP:
        for part in parts:
            apply_group_offloading(part, device, REST, offload_type="leaf_level")
    elif policy.offload is Offload.MODEL:
        Stage(parts, device)
    else:
        for part in parts:
            part.to(device)


def decode_in_tiles(vae: AutoencoderKL) -> None:
    """Decode pictures over `TILE` pixels in parts from now on.

    The same tile for all: autoencoders name the size that they were trained on, with which a
    picture of that size would still be decoded in one go.
    """
    vae.enable_tiling()
    vae.tile_sample_min_size = TILE
    vae.tile_latent_min_size = TILE // 2 ** (len(vae.config.block_out_channels) - 1)
    vae.tile_overlap_factor = OVERLAP


@contextmanager
def in_tiles(vae: AutoencoderKL) -> Iterator[None]:
    """Inside this context alone."""
    before = {name: getattr(vae, name) for name in TILING}
    decode_in_tiles(vae)
    try:
        yield
    finally:
        for name, value in before.items():
            setattr(vae, name, value)


class Stage:
    """The device of parts that take turns: who is called comes on, who was there leaves first.

    `present` is who is there. Inputs are brought along.
    """

    def __init__(self, parts: Sequence[nn.Module], device: torch.device) -> None:
        self.device = device
        self.present: nn.Module | None = None
        for part in parts:
            part.to(REST)
            for entrance in _entrances(part):
                entrance.register_forward_pre_hook(self._cue(part))

    def _cue(self, part: nn.Module) -> Any:
        def enter(_: nn.Module, inputs: tuple[Any, ...]) -> tuple[Any, ...]:
            if self.present is not part:
                if self.present is not None:
                    self.present.to(REST)
                part.to(self.device)
                self.present = part
            return tuple(one.to(self.device) if isinstance(one, Tensor) else one for one in inputs)

        return enter


def _entrances(part: nn.Module) -> list[nn.Module]:
    """What is called of a part. An autoencoder is never called whole."""
    if not isinstance(part, AutoencoderKL):
        return [part]
    doors = (part.encoder, part.quant_conv, part.post_quant_conv, part.decoder)
    return [door for door in doors if door is not None]
