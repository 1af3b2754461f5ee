"""Pictures as places, x and y from -1 to 1, which matching, aligning and warping share."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor


def places(height: int, width: int) -> Tensor:
    """Middles of all places, `(height, width, 2)`, x and y."""
    down, across = ((2 * torch.arange(size) + 1) / size - 1 for size in (height, width))
    return torch.stack(torch.meshgrid(across, down, indexing="xy"), -1)


def sized(pictures: Tensor, side: int) -> Tensor:
    """Square, whatever they were; panels that aren't square are looked at as if they were."""
    if pictures.shape[-2:] == (side, side):
        return pictures
    smaller = side < max(pictures.shape[-2:])
    return F.interpolate(pictures, size=(side, side), mode="bilinear", antialias=smaller)
