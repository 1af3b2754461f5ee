"""Forward warping: what is at a place goes where it is sent, and several things may meet there.

Source: Niklaus and Liu 2020, Softmax Splatting, arXiv 2003.05534: weights decide what is on top,
and gradients reach values, ways and weights.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

AROUND = 9  # places, each way, from which a hole is filled
FAINT = 0.01  # weight of what is around against what has come


def arrived(ways: Tensor, weights: Tensor) -> tuple[Tensor, Tensor]:
    """From where things have come that were sent `ways` `(n, 2, h, w)`, x and y in halves of the
    side: the ways back, `(n, 2, h, w)`, and how much has come, `(n, 1, h, w)`. Holes know the ways
    of what is around them."""
    sent = torch.cat([-ways * weights, weights], 1)
    came = splatted(sent, ways)
    around = F.avg_pool2d(came, AROUND, 1, AROUND // 2)
    mixed = came + FAINT * around
    return mixed[:, :2] / mixed[:, 2:].clamp(min=1e-6), came[:, 2:]


def splatted(values: Tensor, ways: Tensor) -> Tensor:
    """Sums `(n, channels, h, w)` of what arrives at each place, shared among its four neighbours;
    what leaves the picture is lost."""
    count, channels, height, width = values.shape
    middles = torch.stack(
        torch.meshgrid(torch.arange(width), torch.arange(height), indexing="xy")
    ).to(ways)
    scale = torch.tensor([width / 2, height / 2]).to(ways).view(1, 2, 1, 1)
    at = middles + ways * scale
    corner = at.floor()
    rest = at - corner
    found = values.new_zeros(count, channels, height * width)
    for right in (0, 1):
        for down in (0, 1):
            x, y = corner[:, 0].long() + right, corner[:, 1].long() + down
            share = (rest[:, 0] if right else 1 - rest[:, 0]) * (
                rest[:, 1] if down else 1 - rest[:, 1]
            )
            inside = (x >= 0) & (x < width) & (y >= 0) & (y < height)
            where = (y.clamp(0, height - 1) * width + x.clamp(0, width - 1)).flatten(1)
            part = (values * (share * inside)[:, None]).flatten(2)
            found = found.scatter_add(2, where[:, None].expand(-1, channels, -1), part)
    return found.view(values.shape)
