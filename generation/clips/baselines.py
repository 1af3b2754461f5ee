"""What ours has to beat: ways without any motion."""

from __future__ import annotations

import torch
from diffusers import AutoencoderKL
from PIL import Image
from torch import Tensor

from generation.clips.latents import decode, encode, encode_pixels, pixels
from generation.clips.tween import Between, Watch


class CrossFade:
    """One picture fades out while the other fades in. Needs no model."""

    def frames(self, request: Between, watch: Watch) -> list[Image.Image]:
        first, last = request.first.convert("RGB"), request.last.convert("RGB")
        made = [
            Image.blend(first, last, place / (request.frames - 1))
            for place in range(request.frames)
        ]
        watch(1, 1)
        return made


class Cut:
    """The one panel, then the other."""

    def frames(self, request: Between, watch: Watch) -> list[Image.Image]:
        half = request.frames // 2
        watch(1, 1)
        return [request.first] * half + [request.last] * (request.frames - half)


class LatentSlerp:
    """Latents on the great circle between those of both panels (Shoemake 1985), decoded."""

    def __init__(self, vae: AutoencoderKL) -> None:
        self._vae = vae

    def frames(self, request: Between, watch: Watch) -> list[Image.Image]:
        first, last = encode(self._vae, [request.first, request.last])
        parts = torch.linspace(0, 1, request.frames).tolist()
        latents = torch.stack([slerp(first, last, part) for part in parts])
        drafts = pixels(Cut().frames(request, watch))
        return decode(self._vae, latents, drafts, encode_pixels(self._vae, drafts))


def slerp(one: Tensor, two: Tensor, part: float) -> Tensor:
    """At `part` (0 to 1) of the arc from `one` to `two`; the straight line where they are almost
    parallel. Exact at both ends."""
    if part in (0.0, 1.0):
        return two if part else one
    cosine = torch.dot(one.flatten(), two.flatten()) / (one.norm() * two.norm())
    angle = cosine.clamp(-1, 1).arccos()
    if angle.sin() < 1e-3:
        return (1 - part) * one + part * two
    arc: Tensor = ((1 - part) * angle).sin() * one + (part * angle).sin() * two
    point: Tensor = arc / angle.sin()
    return point
