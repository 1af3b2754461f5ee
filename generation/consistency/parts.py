"""A panel with subjects, taken apart: places that may look at the same attend together.

So nothing has to be masked: each part gathers what it may see, and attends plainly.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from generation.consistency.masks import BACKGROUND, PanelMasks
from generation.consistency.separation import WHOLE, Separation


@dataclass(frozen=True)
class Part:
    """Places of one row of a look.

    `places` are the tokens that look; `own` those of their own panel that they see, None for all;
    `slots` the bank's slots that they see, `last` the highest of these, -1 for none.
    """

    row: int
    places: Tensor
    own: Tensor | None
    slots: Tensor
    last: int

    def to(self, device: torch.device) -> "Part":
        own = None if self.own is None else self.own.to(device)
        return replace(self, places=self.places.to(device), own=own, slots=self.slots.to(device))


def part_places(
    masks: PanelMasks,
    row: int,
    slots: Sequence[tuple[int, int | None]],
    separation: Separation = WHOLE,
) -> Iterator[Part]:
    """Parts of a panel, every place in exactly one.

    A place sees of its own panel all but what is certainly another subject while it is certainly
    one itself; of the bank, the slots that its subject looks at, and those that everybody does
    (`slots` are the bank's with the subject that looks, None for everybody). The background looks
    at nobody's.
    """
    regions, certain = masks.regions.flatten(), masks.certain.flatten()
    for subject in (BACKGROUND, *range(len(masks.likeness))):
        mine = [slot for slot, by in slots if by in (None, subject) or not separation.queries]
        shown, last = torch.tensor(mine, dtype=torch.int64), max(mine, default=-1)
        inside = regions == subject
        sure = inside & (certain == subject) & (subject != BACKGROUND) & separation.within
        foreign = (certain != BACKGROUND) & (certain != subject)
        if sure.any():
            own = _places(~foreign) if foreign.any() else None
            yield Part(row, _places(sure), own, shown, last)
        if (inside & ~sure).any():
            yield Part(row, _places(inside & ~sure), None, shown, last)


def _places(chosen: Tensor) -> Tensor:
    return chosen.nonzero().flatten()
