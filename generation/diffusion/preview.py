"""Previews without the VAE: a linear map from latents to colours.

Each latent, seen with its eight neighbours, gives a small square of pixels. The map is fitted once
per model by least squares on pictures drawn for the purpose, so no model needs a table of numbers.
It takes a millisecond where the VAE takes a second.
"""

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from diffusers import AutoencoderKL
from PIL import Image, ImageDraw
from torch import Tensor

from generation.diffusion.pictures import encode, to_picture

FIT_PICTURES = 8
FIT_SIZE = 256  # pixels: small enough for any VAE on a CPU
FIT_SEED = 20
RIDGE = 0.03  # of the mean power: keeps the map calm where latents are nearly dependent
GUTTER = 6  # pixels between panels of the preview
CELL = 192  # pixels of a panel's longer side: four panels fill a phone's width
SHEET = 1024  # pixels of a preview's side at most, however long the story: nobody sees more of it


@dataclass(frozen=True)
class LatentColours:
    """`weights` is `(3 * patch * patch, channels, 3, 3)` and `bias` its first dimension."""

    weights: Tensor
    bias: Tensor
    patch: int

    def pictures(self, latents: Tensor) -> list[Image.Image]:
        """Small pictures of `(panels, channels, height, width)`, `patch` pixels per latent."""
        latents = latents.to(self.weights)
        squares = F.conv2d(F.pad(latents, (1, 1, 1, 1), "replicate"), self.weights, self.bias)
        return [to_picture(pixels) for pixels in F.pixel_shuffle(squares, self.patch)]


def fit_colours(vae: AutoencoderKL) -> LatentColours:
    """Least squares from a model's latents to the pictures they came from, at half the size."""
    pixels_per_latent = 2 ** (len(vae.config.block_out_channels) - 1)
    patch = max(1, pixels_per_latent // 2)
    pixels = drawn_pictures(FIT_PICTURES, FIT_SIZE, FIT_SEED)
    latents = torch.cat([encode(vae, one[None]).float().cpu() for one in pixels])
    small = F.interpolate(pixels, scale_factor=patch / pixels_per_latent, mode="area")
    # one row per latent: itself and its neighbours, and a constant
    padded = F.pad(latents, (1, 1, 1, 1), "replicate")
    inputs = F.unfold(padded, 3).transpose(1, 2).flatten(0, 1).double()
    inputs = torch.cat([inputs, torch.ones(len(inputs), 1, dtype=torch.float64)], dim=1)
    targets = F.pixel_unshuffle(small, patch).flatten(2).transpose(1, 2).flatten(0, 1).double()
    power = inputs.T @ inputs
    power.diagonal().add_(RIDGE * float(power.diagonal().mean()))
    solution = torch.linalg.solve(power, inputs.T @ targets).T.float()
    weights = solution[:, :-1].reshape(-1, latents.shape[1], 3, 3)
    return LatentColours(weights.contiguous(), solution[:, -1].contiguous(), patch)


def cell_of(panels: int) -> int:
    """The longer side of a panel in a preview of so many."""
    return min(CELL, SHEET // math.ceil(math.sqrt(panels)) - GUTTER)


def fitted(picture: Image.Image, cell: int) -> Image.Image:
    """As small as it is in a preview; `cell` is its longer side."""
    scale = cell / max(picture.size)
    width, height = (max(1, round(side * scale)) for side in picture.size)
    return picture.resize((width, height), Image.Resampling.BICUBIC)


def grid(pictures: Sequence[Image.Image], cell: int | None = None) -> Image.Image:
    """All panels of a story on one small sheet, as on a page; `cell` is the longer side of one."""
    cell = cell or cell_of(len(pictures))
    columns = math.ceil(math.sqrt(len(pictures)))
    rows = math.ceil(len(pictures) / columns)
    width, height = fitted(pictures[0], cell).size
    size = (columns * (width + GUTTER) + GUTTER, rows * (height + GUTTER) + GUTTER)
    sheet = Image.new("RGB", size, "white")
    for place, picture in enumerate(pictures):
        row, column = divmod(place, columns)
        corner = (GUTTER + column * (width + GUTTER), GUTTER + row * (height + GUTTER))
        sheet.paste(fitted(picture, cell), corner)
    return sheet


def drawn_pictures(count: int, size: int, seed: int) -> Tensor:
    """Flat shapes with outlines on plain grounds, `(count, 3, size, size)` from -1 to 1."""
    rng = random.Random(seed)
    pictures = [_drawn(rng, size) for _ in range(count)]
    bytes_ = b"".join(picture.tobytes() for picture in pictures)
    levels = torch.frombuffer(bytearray(bytes_), dtype=torch.uint8)
    return levels.view(count, size, size, 3).permute(0, 3, 1, 2).float() / 127.5 - 1


def _drawn(rng: random.Random, size: int) -> Image.Image:
    def colour() -> tuple[int, int, int]:
        return rng.randrange(256), rng.randrange(256), rng.randrange(256)

    picture = Image.new("RGB", (size, size), colour())
    pen = ImageDraw.Draw(picture)
    for _ in range(50):
        x, y = rng.randrange(-40, size), rng.randrange(-40, size)
        box = (x, y, x + rng.randrange(6, 90), y + rng.randrange(6, 90))
        shape = rng.choice([pen.rectangle, pen.ellipse])
        shape(box, fill=colour(), outline="black", width=rng.choice([0, 1, 2, 3]))
    return picture
