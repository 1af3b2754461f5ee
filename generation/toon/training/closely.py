"""Windows of latents: people seen closely.

A face is a dozen of a picture's 256 latents. A denoiser that saw whole pictures only drew places
well and faces blurred; windows around the people teach a face for a quarter of the price.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import torch
from torch import Tensor

from generation.toon.training.latents import Drawn
from generation.toon.training.lessons import SLIGHT

WINDOW = 8  # latents, each way
SHARPNESS = 2.0  # power of the focus: a head counts 16 times as much as a place


@dataclass(frozen=True)
class Windows:
    """`times` windows in every picture: where each begins, `(pictures, times)`, at even places, so
    that the denoiser's lower level sees them as it sees whole pictures."""

    rows: Tensor
    columns: Tensor

    def of(self, whole: Tensor) -> Tensor:
        """Cut from `(pictures, ..., side, side)`: a picture's windows one after the other."""
        at = zip(self.rows.tolist(), self.columns.tolist(), strict=True)
        return torch.stack(
            [
                one[..., top : top + WINDOW, left : left + WINDOW]
                for one, (tops, lefts) in zip(whole, at, strict=True)
                for top, left in zip(tops, lefts, strict=True)
            ]
        )


def windows(counts: Tensor, times: int, generator: torch.Generator) -> Windows:
    """Windows around latents that were chosen as often as they count, `(pictures, side, side)`."""
    side = counts.shape[-1]
    middles = counts.flatten(1).multinomial(times, True, generator=generator)
    rows, columns = (
        (at - WINDOW // 2).clamp(0, side - WINDOW) // 2 * 2
        for at in (middles // side, middles % side)
    )
    return Windows(rows, columns)


def closely(drawn: Drawn, times: int, generator: torch.Generator) -> Drawn:
    """`times` windows of every picture, `(count * times, 8, WINDOW, WINDOW)`.

    A window's middle is a head more often than a body, and that more often than a place; in its
    loss they count like that too. Captions stay one for each picture.
    """
    focus = drawn.focus.pow(SHARPNESS)
    seen = windows(focus, times, generator)
    return replace(drawn, latents=seen.of(drawn.latents), focus=seen.of(focus))


def nearby(drawn: Drawn, generator: torch.Generator) -> Drawn:
    """A window of every panel of some doubles, `(count, 8, WINDOW, WINDOW)`, where the two differ,
    and around people where they don't: at the same place of both in the same scene."""
    panels, focus = (one.view(-1, 2, 2, *one.shape[1:]) for one in (drawn.latents, drawn.focus))
    apart = (panels[:, 0] - panels[:, 1]).square().sum(2) + SLIGHT * focus[:, 0].pow(SHARPNESS)
    seen = windows(apart.flatten(0, 1), 1, generator)
    of_both = Windows(
        *(
            at.view(-1, 1, 2, 1).expand(-1, 2, -1, -1).reshape(-1, 1)
            for at in (seen.rows, seen.columns)
        )
    )
    return replace(drawn, latents=of_both.of(drawn.latents), focus=of_both.of(drawn.focus))
