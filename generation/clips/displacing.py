"""Where what both panels show is at the time of a frame.

What is in both is found by comparing every place of the one with every place of the other (global
matching: Xu et al. 2022, GMFlow, arXiv 2111.13680); what all of it does together is the camera,
fitted by least squares. Between its ends a thing is on its way as time goes. Who walks out of the
picture is in one panel only, and what is foreseen says where to. There are several ways then, left
or right, of which the middle is none, so each place chooses among ways (one of several guesses is
to be right: Guzman-Rivera et al. 2012, Multiple Choice Learning, NeurIPS 25).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

MATCHED = 48  # channels that are compared
HIDDEN = 64
MOST = 4.0  # logarithm of the largest weight
WAYS = 4  # match, camera, out to the left, out to the right
BEGIN = ((0.0, 0.0), (0.0, 0.0), (-1.2, 0.0), (1.2, 0.0))  # what is added to each at first
LIKELY = (1.0, 1.0, -2.0, -2.0)  # logits of each at first
STAYS = 2.5  # logarithm of how much less likely a match is a half of the side away, at first


@dataclass(frozen=True)
class Displaced:
    """Of the first and of the last panel, for every frame: `ways` `(2, frames, 2, side, side)` to
    where each place has gone, x and y in halves of the picture's side, and `weights` `(2, frames,
    1, side, side)`, how much it shows there. `choices` `(2, frames, WAYS, 2, side, side)` are the
    ways that there were, `gates` `(2, frames, WAYS, side, side)` the logits of each. `alike`
    `(motions, places, places)`: logits of which place of the last panel is which of the first's,
    and the other way round."""

    ways: Tensor
    weights: Tensor
    choices: Tensor
    gates: Tensor
    alike: Tensor


class Displacer(nn.Module):
    """Features of both panels, and what is foreseen, to where everything goes."""

    def __init__(self, features: int, hint: int) -> None:
        super().__init__()
        self.match = nn.Conv2d(features, MATCHED, 1)
        self.stays = nn.Parameter(torch.tensor(STAYS))
        self.still = nn.Conv2d(features + 1, 1, 1)
        self.take = nn.Sequential(
            nn.Conv2d(2 * features + 2 + 2 + 1 + 3 + hint, HIDDEN, 3, padding=1), nn.SiLU()
        )
        self.body = nn.Sequential(nn.Conv2d(HIDDEN, HIDDEN, 3, padding=1), nn.SiLU())
        self.off = nn.Conv2d(HIDDEN, 1 + 3 * WAYS, 3, padding=1)  # weight, ways, gates
        self.ease = nn.Parameter(torch.ones(()))  # 1: slow in, slow out; 0: even
        nn.init.zeros_(self.off.weight)
        with torch.no_grad():
            assert self.off.bias is not None
            self.off.bias.zero_()
            self.off.bias[1 : 1 + 2 * WAYS] = torch.tensor(BEGIN).flatten()
            self.off.bias[1 + 2 * WAYS :] = torch.tensor(LIKELY)

    def forward(self, panels: tuple[Tensor, Tensor], hint: Tensor, times: Tensor) -> Displaced:
        """Features of panels `(motions, features, side, side)`, what is foreseen of their frames
        `(motions * frames, hint, side, side)` at `times` `(frames,)`."""
        alike = self.alike(*panels)
        shares = alike.softmax(2), alike.transpose(1, 2).softmax(2)
        found = [self._way(*pair) for pair in zip(panels, shares, strict=True)]
        first, last = panels
        pairs = (torch.cat([first, last - first], 1), torch.cat([last, first - last], 1))
        parts = (times, 1 - times)
        both = [
            self._gone(panel, one, hint, part)
            for panel, one, part in zip(pairs, found, parts, strict=True)
        ]
        ways, weights, choices, gates = (torch.stack(one) for one in zip(*both, strict=True))
        return Displaced(ways, weights, choices, gates, alike)

    def alike(self, first: Tensor, last: Tensor) -> Tensor:
        """How much every place of the one panel is like every place of the other, and near it."""
        one, two = (self.match(panel).flatten(2) for panel in (first, last))
        grid = middles(first.shape[-1]).to(first)
        apart = torch.cdist(grid, grid).square()
        alike: Tensor = one.transpose(1, 2) @ two / math.sqrt(MATCHED) - self.stays.exp() * apart
        return alike

    def _way(self, panel: Tensor, alike: Tensor) -> Tensor:
        """Of every place of a panel: the way to the most alike place of the other, the way that the
        camera would take it, and how sure the match is: `(motions, 5, side, side)`."""
        grid = middles(panel.shape[-1]).to(panel)
        there = alike @ grid
        sure = alike.amax(2, keepdim=True)
        still = self.still(torch.cat([panel, _laid(sure, panel)], 1)).sigmoid()
        camera = fitted(grid, there, still.flatten(2).transpose(1, 2))
        return torch.cat([_laid(one, panel) for one in (there - grid, camera - grid, sure)], 1)

    def _gone(self, panel: Tensor, found: Tensor, hint: Tensor, part: Tensor) -> tuple[Tensor, ...]:
        """One panel's ways, weights, choices and gates; `part` is how far each frame is from it in
        time."""
        frames, count = len(part), len(panel)
        eased = part - self.ease * part * (1 - part) * (1 - 2 * part)
        known = torch.stack([part, eased, 4 * part * (1 - part)], 1).repeat(count, 1)
        told = known[:, :, None, None].expand(-1, -1, *hint.shape[-2:])
        off = self.off(self.body(self._taken(torch.cat([panel, found], 1), told, hint)))
        weight, gates = off[:, :1].clamp(-MOST, MOST).exp(), off[:, 1 + 2 * WAYS :]
        aims = F.pad(found[:, :4], (0, 0, 0, 0, 0, 2 * WAYS - 4)).repeat_interleave(frames, 0)
        aims = aims * told[:, 1:2] + off[:, 1 : 1 + 2 * WAYS] * told[:, :1]
        choices = aims.reshape(len(aims), WAYS, 2, *aims.shape[-2:])
        way = (choices * gates.softmax(1)[:, :, None]).sum(1)
        return way, weight, choices, gates

    def _taken(self, seen: Tensor, told: Tensor, hint: Tensor) -> Tensor:
        """What is seen is the same in all frames of a motion: the convolution's part of it, which
        is most, is the same, too."""
        conv = self.take[0]
        assert isinstance(conv, nn.Conv2d)
        of_seen, of_frame = torch.split(
            conv.weight, [seen.shape[1], told.shape[1] + hint.shape[1]], 1
        )
        same = F.conv2d(seen, of_seen, conv.bias, padding=1)
        own = F.conv2d(torch.cat([told, hint], 1), of_frame, padding=1)
        taken: Tensor = F.silu(own + same.repeat_interleave(len(hint) // len(seen), 0))
        return taken


def fitted(grid: Tensor, there: Tensor, weights: Tensor) -> Tensor:
    """Where a camera that moves and zooms takes `grid` `(places, 2)`, by least squares as near as
    can be to matches `there` `(n, places, 2)`, each of some weight `(n, places, 1)`."""
    share = weights / weights.sum(1, keepdim=True).clamp(min=1e-6)
    from_, to = (grid * share).sum(1, keepdim=True), (there * share).sum(1, keepdim=True)
    around, moved = grid - from_, there - to
    spread = (share * around.square()).sum((1, 2), keepdim=True)
    zoom = (share * around * moved).sum((1, 2), keepdim=True) / spread.clamp(min=1e-6)
    return to + zoom * around


def middles(side: int) -> Tensor:
    """Of all places of a square, row by row: `(places, 2)`, x and y from -1 to 1."""
    line = (2 * torch.arange(side) + 1) / side - 1
    return torch.stack(torch.meshgrid(line, line, indexing="xy"), -1).flatten(0, 1)


def _laid(values: Tensor, like: Tensor) -> Tensor:
    """`(n, places, channels)` as pictures."""
    return values.transpose(1, 2).reshape(len(values), -1, *like.shape[-2:])
