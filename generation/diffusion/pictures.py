"""Between latents and pictures: the VAE with its scaling, one panel at a time."""

import torch
from diffusers import AutoencoderKL
from PIL import Image
from torch import Tensor


def decode(vae: AutoencoderKL, latents: Tensor) -> Image.Image:
    """The picture of one panel's latents `(channels, height, width)`."""
    with torch.inference_mode():
        scaled = latents.unsqueeze(0) / vae.config.scaling_factor + _shift(vae)
        pixels = vae.decode(scaled.to(vae.dtype), return_dict=False)[0][0]
    return to_picture(pixels)


def encode(vae: AutoencoderKL, pixels: Tensor) -> Tensor:
    """Latents of pictures `(pictures, 3, height, width)` with values from -1 to 1; the mode, so
    that nothing is left to chance."""
    with torch.inference_mode():
        posterior = vae.encode(pixels.to(vae.device, vae.dtype), return_dict=False)[0]
        latents: Tensor = (posterior.mode() - _shift(vae)) * vae.config.scaling_factor
    return latents


def to_picture(pixels: Tensor) -> Image.Image:
    """`pixels` is `(3, height, width)` with values from -1 to 1; what is beyond is clipped."""
    levels = (pixels.float() / 2 + 0.5).clamp(0, 1) * 255
    array = levels.round().to(torch.uint8).permute(1, 2, 0).contiguous().cpu().numpy()
    return Image.fromarray(array)


def to_pixels(picture: Image.Image) -> Tensor:
    """`(3, height, width)` with values from -1 to 1."""
    bytes_ = bytearray(picture.convert("RGB").tobytes())
    levels = torch.frombuffer(bytes_, dtype=torch.uint8)
    return levels.view(picture.height, picture.width, 3).permute(2, 0, 1).float() / 127.5 - 1


def _shift(vae: AutoencoderKL) -> float:
    return float(vae.config.shift_factor or 0.0)
