"""How near frames are to true motion: one short function for each measure.

Frames are `(frames, 3, height, width)` in -1..1.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from generation.toon.cutting import resized
from generation.toon.reader import WHOLE, Reader

WINDOW, SIGMA = 11, 1.5  # pixels; of SSIM's window (Wang et al. 2004, section III.C)
SEARCHED = 64  # pixels, each way, at which a figure is looked for
FURTHEST = 40  # pixels of those, in which it is looked for around its true place
FIGURE = 0.15  # of the range 0..2: a figure's pixels differ so much from the empty place
LEAST_FIGURE = 12  # pixels of those; less is not enough to be looked for


def squared_error(frames: Tensor, truth: Tensor) -> Tensor:
    """`(frames,)`, of levels from 0 to 1."""
    return (frames - truth).div(2).square().mean((1, 2, 3))


def ssim(frames: Tensor, truth: Tensor) -> Tensor:
    """`(frames,)` structural similarity of brightness, 1 at best (Wang et al. 2004)."""
    one, two = (_grey(part) for part in (frames, truth))
    span = torch.arange(WINDOW) - WINDOW // 2
    bell = torch.exp(-span.float().square() / (2 * SIGMA**2))
    bell = bell / bell.sum()

    def blurred(values: Tensor) -> Tensor:
        return F.conv2d(F.conv2d(values, bell.view(1, 1, 1, -1)), bell.view(1, 1, -1, 1))

    mean_1, mean_2 = blurred(one), blurred(two)
    var_1 = blurred(one * one) - mean_1**2
    var_2 = blurred(two * two) - mean_2**2
    both = blurred(one * two) - mean_1 * mean_2
    c_1, c_2 = 0.01**2, 0.03**2
    alike = (2 * mean_1 * mean_2 + c_1) * (2 * both + c_2)
    return (alike / ((mean_1**2 + mean_2**2 + c_1) * (var_1 + var_2 + c_2))).mean((1, 2, 3))


@torch.no_grad()
def perceptual(reader: Reader, frames: Tensor, truth: Tensor) -> Tensor:
    """`(frames,)` squared distance of the reader's features, each place's vector of length one, as
    LPIPS compares those of a network for photographs (Zhang et al. 2018, arXiv 1801.03924)."""
    features = reader.whole.body[:-1]  # all but the flattening
    one, two = (F.normalize(features(resized(part, WHOLE)), dim=1) for part in (frames, truth))
    return (one - two).square().sum(1).mean((1, 2))


def steps(frames: Tensor) -> Tensor:
    """`(frames - 1,)` how far each frame is from the one before, root mean square."""
    return (frames[1:] - frames[:-1]).div(2).square().mean((1, 2, 3)).sqrt()


def seam_jump(frames: Tensor) -> float:
    """The larger one of the first and the last step over the median step. The ends are panels,
    which the next clip begins with: this is the jump at their seam."""
    sizes = steps(frames)
    return float(torch.maximum(sizes[0], sizes[-1]) / sizes.median().clamp(min=1e-4))


def flicker(frames: Tensor) -> float:
    """How far frames are from the middle between their neighbours, mean absolute, of levels from 0
    to 1."""
    return float((frames[1:-1] - (frames[:-2] + frames[2:]) / 2).div(2).abs().mean())


def displacement(frame: Tensor, truth: Tensor, empty: Tensor) -> float | None:
    """How far a figure is from its true place, as a share of the picture's width.

    Of `(3, height, width)`: the frame, the true frame, and the same place without the figure. The
    true figure is cut out and laid over the frame at every offset; where it fits best, the figure
    is. None where too little of it is in the picture.
    """
    seen, true, bare = (
        F.interpolate(one[None], size=(SEARCHED, SEARCHED), mode="area")
        for one in (frame, truth, empty)
    )
    mask = ((true - bare).abs().amax(1, keepdim=True) > FIGURE).float()
    if mask.sum() < LEAST_FIGURE:
        return None
    room = F.pad(seen, (FURTHEST,) * 4, mode="replicate")
    kernel = mask * true
    there = F.conv2d(room.square().sum(1, keepdim=True), mask)
    misfit = (there - 2 * F.conv2d(room, kernel))[0, 0]  # up to a constant
    row, column = divmod(int(misfit.argmin()), misfit.shape[1])
    down, right = _fine(misfit[:, column], row), _fine(misfit[row], column)
    return float(((down - FURTHEST) ** 2 + (right - FURTHEST) ** 2) ** 0.5 / SEARCHED)


def _fine(values: Tensor, at: int) -> float:
    """The minimum of a parabola through the smallest value and its neighbours."""
    if not 0 < at < len(values) - 1:
        return float(at)
    before, here, after = (float(one) for one in values[at - 1 : at + 2])
    bend = before - 2 * here + after
    return at + ((before - after) / (2 * bend) if bend > 0 else 0.0)


def _grey(frames: Tensor) -> Tensor:
    weights = torch.tensor([0.299, 0.587, 0.114]).view(1, 3, 1, 1)
    return ((frames + 1) / 2 * weights).sum(1, keepdim=True)
