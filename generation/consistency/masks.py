"""Where each character of a panel is: from maps of attention to regions. Pure arithmetic.

A map says how much each place of a panel attends to one character's words. Maps are smoothed and
stretched to 0..1; each has a threshold of its own (Otsu, IEEE Trans. SMC 9(1), 1979), since some
words are attended to faintly and others glaringly.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import torch
import torch.nn.functional as F
from torch import Tensor

BACKGROUND = -1
# How much likelier than any other character a place must be to be certainly one's own.
CERTAIN = 0.25
# Weight of a place outside the character in the draw of its tokens: it is drawn only where the
# character has fewer places than are drawn.
OUTSIDE = 1e-6
STRAY = 0.04  # share of a subject's places
FAINTEST = 1e-3  # of a character's own places: they all may be drawn


@dataclass(frozen=True)
class PanelMasks:
    """The subjects of one panel: `likeness` `(subjects, height, width)` from 0 to 1, `thresholds`
    `(subjects,)`. `sure` is False while they are only expected, not seen."""

    likeness: Tensor
    thresholds: Tensor
    sure: bool

    @staticmethod
    def seen(maps: Tensor) -> "PanelMasks":
        """From maps of attention `(subjects, height, width)`."""
        return PanelMasks.all_seen([maps])[0]

    @staticmethod
    def all_seen(maps: Sequence[Tensor]) -> list["PanelMasks"]:
        """Of several panels at once: on small maps each operation costs as much as on many."""
        counts = [len(one) for one in maps]
        likeness = stretched(smooth(torch.cat(list(maps))))
        both = zip(
            *(one.split_with_sizes(counts) for one in (likeness, otsu(likeness))), strict=True
        )
        return [PanelMasks(near, least, True) for near, least in both]

    @staticmethod
    def expected(strips: Tensor, height: int, width: int) -> "PanelMasks":
        """Before anything is seen: `strips` `(subjects, 2)` are from and to, as shares of the
        panel's width."""
        middle = (torch.arange(width, dtype=strips.dtype) + 0.5) / width
        inside = (strips[:, :1] <= middle) & (middle < strips[:, 1:])  # (subjects, width)
        likeness = inside.to(strips.dtype).unsqueeze(1).expand(-1, height, -1).contiguous()
        return PanelMasks(likeness, torch.full((len(strips),), 0.5, dtype=strips.dtype), False)

    @cached_property
    def regions(self) -> Tensor:
        """Whose each place is: `(height, width)`, the likeliest subject over its own threshold, or
        `BACKGROUND`."""
        if not len(self.likeness):
            return torch.full(self.likeness.shape[1:], BACKGROUND)
        over = self.likeness >= self.thresholds.view(-1, 1, 1)
        best = self.likeness.masked_fill(~over, -1.0).max(dim=0)
        return torch.where(best.values >= 0, best.indices, BACKGROUND)

    @cached_property
    def certain(self) -> Tensor:
        """As `regions`, but `BACKGROUND` also where another subject is nearly as likely, and
        everywhere while nothing is sure."""
        if not self.sure or len(self.likeness) < 2:
            return torch.full_like(self.regions, BACKGROUND)
        first, second = self.likeness.topk(2, dim=0).values
        return torch.where(first - second >= CERTAIN, self.regions, BACKGROUND)

    def weights(self, subject: int) -> Tensor:
        """For the draw of a subject's tokens: `(height, width)`, all over 0."""
        likeness = self.likeness[subject]
        faint = likeness.clamp_min(FAINTEST)
        return torch.where(self.regions == subject, faint, faint * OUTSIDE)

    def box(self, subject: int) -> tuple[float, float, float, float] | None:
        """Around a subject, as shares of the panel: left, top, right, bottom, with the outermost
        STRAY of its places left out on each side. None while nothing is sure, and of who has no
        place."""
        rows, columns = (self.regions == subject).nonzero(as_tuple=True)
        if not self.sure or not len(rows):
            return None
        height, width = self.regions.shape
        left, right = _extent(columns, width)
        top, bottom = _extent(rows, height)
        return left, top, right, bottom

    def resized(self, height: int, width: int) -> "PanelMasks":
        """The same at another resolution."""
        if self.likeness.shape[1:] == (height, width):
            return self
        size = (height, width)
        likeness = F.interpolate(self.likeness[None], size, mode="bilinear", align_corners=False)[0]
        return PanelMasks(likeness, self.thresholds, self.sure)


def _extent(places: Tensor, size: int) -> tuple[float, float]:
    """From and to, as shares of `size` places."""
    ordered = places.sort().values
    stray = int(STRAY * len(ordered))
    return int(ordered[stray]) / size, (int(ordered[-1 - stray]) + 1) / size


def smooth(maps: Tensor) -> Tensor:
    """Each place with its eight neighbours, 1-2-1 in both directions. `(subjects, h, w)`."""
    row = torch.tensor([0.25, 0.5, 0.25], dtype=maps.dtype, device=maps.device)
    kernel = torch.outer(row, row).view(1, 1, 3, 3)
    padded = F.pad(maps.unsqueeze(1), (1, 1, 1, 1), "replicate")
    return F.conv2d(padded, kernel).squeeze(1)


def stretched(maps: Tensor) -> Tensor:
    """Each map from 0 at its lowest to 1 at its highest; 0 everywhere for a flat one."""
    low, high = maps.amin((1, 2), keepdim=True), maps.amax((1, 2), keepdim=True)
    return (maps - low) / (high - low).clamp_min(torch.finfo(maps.dtype).tiny)


def otsu(maps: Tensor) -> Tensor:
    """The threshold of each map that parts its values into two classes that are far apart.

    Every gap between two neighbouring values is tried: the best has the largest variance between
    classes. `(subjects, h, w)` to `(subjects,)`; 1 for a flat map, which nothing parts.
    """
    values = maps.flatten(1).sort(dim=1).values
    count = values.shape[1]
    below = torch.arange(1, count, dtype=maps.dtype, device=maps.device)
    sums = values.cumsum(dim=1)
    mean_below = sums[:, :-1] / below
    mean_above = (sums[:, -1:] - sums[:, :-1]) / (count - below)
    between = below * (count - below) * (mean_above - mean_below) ** 2
    best = between.max(dim=1)
    cut = best.indices.unsqueeze(1)
    middle = (values.gather(1, cut) + values.gather(1, cut + 1)).squeeze(1) / 2
    return torch.where(best.values > 0, middle, torch.ones_like(middle))


def grid_of(tokens: int, height: int, width: int) -> tuple[int, int]:
    """Height and width of a feature map with so many tokens, in a network whose latents are
    `height` times `width` and are halved, rounding up, from level to level.

    Raises:
        ValueError: no level has so many.
    """
    rows, columns = height, width
    while rows * columns > tokens and rows * columns > 1:
        rows, columns = (rows + 1) // 2, (columns + 1) // 2
    if rows * columns != tokens:
        raise ValueError(f"no level of {height} x {width} latents has {tokens} tokens")
    return rows, columns
