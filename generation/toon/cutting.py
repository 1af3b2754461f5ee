"""Where figures stand in a panel: cut out at one scale, whatever their number."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

SIDE = 192  # pixels of a panel that the reader looks at; larger ones are made smaller first
CUT = (144, 108)  # pixels, height and width of a figure
STANDS: dict[int, tuple[tuple[float, ...], float]] = {  # of 256: middles from left; scale
    0: ((), 1.0),
    1: ((128.0,), 1.08),
    2: ((70.0, 186.0), 0.98),
    3: ((46.0, 128.0, 210.0), 0.74),
}
CUT_UNITS = (240.0, 168.0)  # of the world's units at scale 1: a figure with its arms


def stands(figures: int) -> Tensor:
    """Boxes `(figures, 4)` where that many figures stand: left, top, width, height, of 256."""
    middles, scale = STANDS[figures]
    height, width = (units * scale for units in CUT_UNITS)
    return torch.tensor([[x - width / 2, 256 - height, width, height] for x in middles])


def cut_out(panels: Tensor, rows: Tensor, boxes: Tensor) -> Tensor:
    """Box i of panel `rows[i]`, as `(boxes, 3, *CUT)`; beyond the panel its edge goes on."""
    left, top, width, height = (boxes / 256).unbind(1)
    theta = torch.zeros(len(boxes), 2, 3)
    theta[:, 0, 0], theta[:, 0, 2] = width, 2 * left + width - 1
    theta[:, 1, 1], theta[:, 1, 2] = height, 2 * top + height - 1
    grid = F.affine_grid(theta, [len(boxes), 3, *CUT], align_corners=False)
    return F.grid_sample(panels[rows], grid, padding_mode="border", align_corners=False)


def resized(panels: Tensor, side: int) -> Tensor:
    """Square panels at `side` pixels."""
    if panels.shape[-1] == side:
        return panels
    return F.interpolate(panels, size=(side, side), mode="bilinear", antialias=True)


def mirrored(boxes: Tensor) -> Tensor:
    """The same boxes in the panel's mirror image."""
    left, top, width, height = boxes.unbind(1)
    return torch.stack([256 - left - width, top, width, height], dim=1)


def views(panels: Tensor, rows: Tensor, boxes: Tensor) -> tuple[Tensor, Tensor]:
    """The same figures seen twice, as `cut_out` gives them: as they are, and in a mirror. Nothing
    that is read of a figure depends on it."""
    return cut_out(panels, rows, boxes), cut_out(panels.flip(-1), rows, mirrored(boxes))
