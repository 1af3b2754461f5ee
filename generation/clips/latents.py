"""Between pictures and latents, so that the ends of a clip are met exactly."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from diffusers import AutoencoderKL
from PIL import Image
from torch import Tensor

AT_ONCE = 8  # pictures in the autoencoder


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
    given = pixels(pictures).to(vae.device, vae.dtype)
    parts = [vae.encode(some).latent_dist.mean for some in torch.split(given, AT_ONCE)]
    latents: Tensor = torch.cat(parts) * vae.config.scaling_factor
    return latents


@torch.no_grad()
def decode(
    vae: AutoencoderKL, latents: Tensor, first: Image.Image, last: Image.Image
) -> list[Image.Image]:
    """Frames from latents whose first and last are those of two pictures.

    No autoencoder gives a picture back exactly. What it loses of both ends is added to all frames,
    of each end as much as the frame is near it, so the ends come out to the pixel and nothing
    flickers beside them.
    """
    parts = [
        vae.decode(some).sample for some in (latents / vae.config.scaling_factor).split(AT_ONCE)
    ]
    drawn = torch.cat(parts).float()
    ends = pixels([first, last]).to(drawn)
    lost = ends - drawn[[0, -1]]
    share = torch.linspace(0, 1, len(drawn), device=drawn.device).view(-1, 1, 1, 1)
    return pictures_of(drawn + (1 - share) * lost[:1] + share * lost[1:])
