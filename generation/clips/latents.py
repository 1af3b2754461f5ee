"""Between pictures and latents, so that the ends of a clip are met exactly."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
import torch.nn.functional as F
from diffusers import AutoencoderKL
from PIL import Image
from torch import Tensor

AT_ONCE = 8  # pictures in the autoencoder
AROUND = 7  # pixels, each way, that are compared of a place
LOST = 0.2  # of latents: where drafts are off by so much, what was drawn counts as much as they do
ALIKE = 0.25  # root mean square difference of what looks alike, in -1..1


def pixels(pictures: Sequence[Image.Image]) -> Tensor:
    """Pictures of one size as `(pictures, 3, height, width)` in -1..1."""
    stacked = np.stack([np.asarray(one.convert("RGB")) for one in pictures])
    return torch.from_numpy(stacked).permute(0, 3, 1, 2).float().div(127.5).sub(1)


def pictures_of(values: Tensor) -> list[Image.Image]:
    levels = values.clamp(-1, 1).add(1).mul(127.5).round().byte().permute(0, 2, 3, 1)
    return [Image.fromarray(one) for one in levels.cpu().numpy()]


@torch.no_grad()
def encode(vae: AutoencoderKL, pictures: Sequence[Image.Image]) -> Tensor:
    """Latents, scaled as the network wants them: the posterior's middle, so nothing is random."""
    return encode_pixels(vae, pixels(pictures))


@torch.no_grad()
def encode_pixels(vae: AutoencoderKL, values: Tensor) -> Tensor:
    """The same, of pictures `(pictures, 3, height, width)` in -1..1."""
    given = values.to(vae.device, vae.dtype)
    parts = [vae.encode(some).latent_dist.mean for some in torch.split(given, AT_ONCE)]
    latents: Tensor = torch.cat(parts) * vae.config.scaling_factor
    return latents


@torch.no_grad()
def decode(
    vae: AutoencoderKL,
    latents: Tensor,
    drafts: Tensor,
    drafted: Tensor,
    doubt: Tensor | None = None,
) -> list[Image.Image]:
    """Frames from their latents. `drafts` `(frames, 3, height, width)` in -1..1 are what is known
    of them, the ends as they are; `drafted` are their latents, whose squared errors are in `doubt`
    `(frames, 1, places, places)`, if anything is known of them.

    No autoencoder gives a picture back exactly. What it loses of the drafts is added wherever the
    frames look like them, so the ends come out to the pixel and nothing flickers beside them. And
    what there is little doubt about is left as it was drafted.
    """
    drawn, again = _drawn(vae, latents), _drawn(vae, drafted)
    known = drafts.to(drawn)
    found = drawn + _alike(drawn, again) * (known - again)
    if doubt is not None:
        sure = LOST / (LOST + doubt.to(found))
        found = torch.lerp(found, known, F.interpolate(sure, known.shape[-2:], mode="bilinear"))
    return pictures_of(found)


def _drawn(vae: AutoencoderKL, latents: Tensor) -> Tensor:
    parts = (latents / vae.config.scaling_factor).split(AT_ONCE)
    return torch.cat([vae.decode(some).sample for some in parts]).float()


def _alike(some: Tensor, others: Tensor) -> Tensor:
    """How much places of pictures look alike, `(pictures, 1, height, width)`, 0 to 1."""
    off = (some - others).square().mean(1, keepdim=True)
    around = F.avg_pool2d(off, AROUND, 1, AROUND // 2, count_include_pad=False)
    return torch.exp(-around / ALIKE**2)
