"""Pictures as bad as a model's: what a judge of generated panels must be taught and tested on."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from diffusers import AutoencoderKL
from torch import Tensor

MIXED = 0.4  # share of latents with another picture shining through
MOST_MIXED = 0.35  # how much of it at most
INEXACT = 0.5  # of a latent's deviation: noise on the latents


@torch.no_grad()
def through_latents(vae: AutoencoderKL, panels: Tensor, generator: torch.Generator) -> Tensor:
    """To latents and back, with the faults of a denoiser: noise, blends, faded contrast.

    Panels `(panels, 3, height, width)` in -1..1, at the autoencoder's own size; each stays the
    larger part of itself, so what is true of it stays what it shows most of.
    """
    latents = vae.encode(panels).latent_dist.mean
    spread = latents.std((0, 2, 3), keepdim=True)
    count = len(panels)
    part = MOST_MIXED * torch.rand(count, 1, 1, 1, generator=generator)
    part = part * (torch.rand(count, 1, 1, 1, generator=generator) < MIXED)
    mixed = (1 - part) * latents + part * latents.roll(1, 0)
    amount = INEXACT * torch.rand(count, 1, 1, 1, generator=generator).square()
    drawn: Tensor = vae.decode(
        mixed + amount * spread * torch.randn(latents.shape, generator=generator)
    ).sample
    return drawn.clamp(-1, 1)


def spoiled(panels: Tensor, generator: torch.Generator) -> Tensor:
    """Some blurred, all with some noise, brighter or darker by a little."""
    count = len(panels)
    blurred = F.avg_pool2d(panels, 3, stride=1, padding=1, count_include_pad=False)
    share = torch.rand(count, 1, 1, 1, generator=generator)
    share = share * (torch.rand(count, 1, 1, 1, generator=generator) < 0.5)
    panels = share * blurred + (1 - share) * panels
    light = 0.06 * torch.randn(count, 1, 1, 1, generator=generator)
    amount = 0.2 * torch.rand(count, 1, 1, 1, generator=generator).square()
    return panels + light + amount * torch.randn(panels.shape, generator=generator)
