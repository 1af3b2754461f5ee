"""Where what both panels show is at the time of a frame.

What is in both is found by comparing every place of the one with every place of the other (global
matching: Xu et al. 2022, GMFlow, arXiv 2111.13680), or goes as the camera takes it (`camera.py`).
Between its ends a thing is on its way as time goes. Who walks out of the picture is in one panel
only, and what is foreseen says where to. There are several ways then, left or right, of which the
middle is none, so each place chooses among ways (one of several guesses is to be right:
Guzman-Rivera et al. 2012, Multiple Choice Learning, NeurIPS 25).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from generation.clips.camera import CameraMove
from generation.clips.places import places

MATCHED = 48  # channels that are compared
HIDDEN = 64
MOST = 4.0  # logarithm of the largest weight
WAYS = 4  # match, camera, out to the left, out to the right
BEGIN = ((0.0, 0.0), (0.0, 0.0), (-1.2, 0.0), (1.2, 0.0))  # what is added to each at first
LIKELY = (1.0, 1.0, -2.0, -2.0)  # logits of each at first
FOUND = 5  # channels: two ways, and how sure the match is
TOLD = 3  # channels: when a frame is
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
    """Features of both panels, what else is known of them, and what is foreseen, to where
    everything goes."""

    def __init__(self, features: int, known: int, hint: int) -> None:
        super().__init__()
        self.match = nn.Conv2d(features, MATCHED, 1)
        self.stays = nn.Parameter(torch.tensor(STAYS))
        self.take = nn.Sequential(
            nn.Conv2d(2 * features + known + 1 + FOUND + TOLD + hint, HIDDEN, 3, padding=1),
            nn.SiLU(),
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

    def forward(
        self,
        panels: tuple[Tensor, Tensor],
        known: tuple[Tensor, Tensor],
        camera: CameraMove,
        hint: Tensor,
        times: Tensor,
    ) -> Displaced:
        """Features of panels `(motions, features, side, side)`, what else is `known` of them
        `(motions, known, side, side)`, how the `camera` moves, what is foreseen of their frames
        `(motions * frames, hint, side, side)` at `times` `(frames,)`."""
        alike = self.alike(*panels)
        shares = alike.softmax(2), alike.transpose(1, 2).softmax(2)
        side = panels[0].shape[-1]
        taken = camera.ahead(self.eased(times), side).flatten(1, 2)
        whole = camera.ahead(torch.tensor([1.0, 0.0]).to(times), side)
        across = whole[0, :, 0], whole[1, :, 1]  # from the first to the last, and back
        found = [self._found(*one) for one in zip(panels, shares, across, strict=True)]
        first, last = panels
        which = torch.ones_like(first[:, :1])
        pairs = (  # who faces left goes left, and has come from the right: the opposite
            torch.cat([first, last - first, known[0], -which], 1),
            torch.cat([last, first - last, -known[1], which], 1),
        )
        parts = (times, 1 - times)
        both = [
            self._gone(panel, one, by_camera, hint, part)
            for panel, one, by_camera, part in zip(pairs, found, taken, parts, strict=True)
        ]
        ways, weights, choices, gates = (torch.stack(one) for one in zip(*both, strict=True))
        return Displaced(ways, weights, choices, gates, alike)

    def alike(self, first: Tensor, last: Tensor) -> Tensor:
        """How much every place of the one panel is like every place of the other, and near it."""
        one, two = (self.match(panel).flatten(2) for panel in (first, last))
        grid = places(*first.shape[-2:]).flatten(0, 1).to(first)
        apart = torch.cdist(grid, grid).square()
        alike: Tensor = one.transpose(1, 2) @ two / math.sqrt(MATCHED) - self.stays.exp() * apart
        return alike

    def eased(self, part: Tensor) -> Tensor:
        """How much of the way is gone after a part of the time: slow in, slow out."""
        gone: Tensor = part - self.ease * part * (1 - part) * (1 - 2 * part)
        return gone

    def _found(self, panel: Tensor, alike: Tensor, camera: Tensor) -> Tensor:
        """Of every place of a panel: the way to the most alike place of the other, the way that the
        camera takes it, and how sure the match is: `(motions, FOUND, side, side)`."""
        grid = places(*panel.shape[-2:]).flatten(0, 1).to(panel)
        way, sure = alike @ grid - grid, alike.amax(2, keepdim=True)
        return torch.cat([_laid(way, panel), camera, _laid(sure, panel)], 1)

    def _gone(
        self, panel: Tensor, found: Tensor, camera: Tensor, hint: Tensor, part: Tensor
    ) -> tuple[Tensor, ...]:
        """One panel's ways, weights, choices and gates; `camera` are its ways to every frame,
        `part` is how far each frame is from it in time."""
        frames, count = len(part), len(panel)
        when = torch.stack([part, self.eased(part), 4 * part * (1 - part)], 1).repeat(count, 1)
        told = when[:, :, None, None].expand(-1, -1, *hint.shape[-2:])
        off = self.off(self.body(self._taken(torch.cat([panel, found], 1), told, hint)))
        weight, gates = off[:, :1].clamp(-MOST, MOST).exp(), off[:, 1 + 2 * WAYS :]
        match = found[:, :2].repeat_interleave(frames, 0) * told[:, 1:2]
        aims = torch.cat([match, camera, torch.zeros_like(match), torch.zeros_like(match)], 1)
        aims = aims + off[:, 1 : 1 + 2 * WAYS] * told[:, :1]
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


def _laid(values: Tensor, like: Tensor) -> Tensor:
    """`(n, places, channels)` as pictures."""
    return values.transpose(1, 2).reshape(len(values), -1, *like.shape[-2:])
