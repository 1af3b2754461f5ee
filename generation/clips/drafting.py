"""Drafts of the frames between two panels: what of them is seen in a frame, and where.

Most of a frame is in one of the panels already, only elsewhere: a street that the camera leaves, a
figure that walks. So for every place of a frame it is said from where in the first panel it comes,
from where in the last, or that it is in neither and how it is to be painted, and which of the three
holds (backward warping with visibilities: Jiang et al. 2018, Super SloMo, arXiv 1712.00080). It
follows from where everything in the panels goes (`displacing.py`), sent there (`splatting.py`).
What is known of the motion is what the motion predictor foresees. Beyond the paper.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from generation.clips.camera import CameraMove
from generation.clips.displacing import Displaced, Displacer
from generation.clips.places import places, sized
from generation.clips.semantics import SemanticShape
from generation.clips.splatting import arrived

SIDE = 64  # pixels of a draft
SIDES = (SIDE // 4, SIDE // 2, SIDE)  # of the levels
FEATURES = (24, 48)  # channels of what is seen of a panel at a half and at a quarter of SIDE
KNOWN = 16  # channels of what a panel's tokens tell of it, at a quarter of SIDE
HINT = 48  # channels of what the predictor foresees, at a quarter of SIDE
HIDDEN = (64, 32, 16)  # channels of the three levels, from coarse to fine
TOLD = (16, 8)  # channels that a level tells the next one
PLAN = 10  # channels: two flows, three sources, a colour
GUESS = 6  # channels: three sources, a colour
UNLIKELY = -3.0  # how likely painting is at first, as a logit
STEADIED = 0.08  # halves of the side; what goes by less otherwise than the background, goes as it
LEAST = 0.05  # of what has arrived at a place: less is nothing


@dataclass(frozen=True)
class Plan:
    """Where the places of frames `(frames, ..., height, width)` come from: `flow` of 2 x 2
    channels, x and y in halves of the picture's side, towards the place in the first panel and in
    the last; `source` of 3, logits of first, last, and `paint`, which has 3 colours in -1..1."""

    flow: Tensor
    source: Tensor
    paint: Tensor

    @staticmethod
    def of(channels: Tensor) -> Plan:
        return Plan(channels[:, :4], channels[:, 4:7], channels[:, 7:])

    def channels(self) -> Tensor:
        return torch.cat([self.flow, self.source, self.paint], dim=1)

    def steadied(self, background: Tensor) -> Plan:
        """What goes nearly as the background, whose flow is given, goes exactly so: what is a pixel
        off is wrong along all its outlines."""
        away = (self.flow - background).view(len(self.flow), 2, 2, *self.flow.shape[-2:])
        own = away.norm(dim=2, keepdim=True) > STEADIED
        return Plan(background + (away * own).flatten(1, 2), self.source, self.paint)

    def at(self, side: int) -> Plan:
        """The same for square pictures of another size."""
        return self._of_size(side, side)

    def _of_size(self, height: int, width: int) -> Plan:
        if self.flow.shape[-2:] == (height, width):
            return self
        smaller = height < self.flow.shape[-2]
        fitting = F.interpolate(
            self.channels(), (height, width), mode="bilinear", antialias=smaller
        )
        return Plan.of(fitting)

    def drawn(self, first: Tensor, last: Tensor) -> Tensor:
        """The frames, from both panels `(frames, 3, height, width)` of any size."""
        plan = self._of_size(*first.shape[-2:])
        one, two = plan.warped(first, last)
        share = plan.source.softmax(1)
        drawn: Tensor = share[:, :1] * one + share[:, 1:2] * two + share[:, 2:] * plan.paint
        return drawn

    def between(self, first: Tensor, last: Tensor) -> Tensor:
        """The frames of one motion as large as its panels `(1, 3, height, width)`; the ends are
        themselves."""
        frames = len(self.flow)
        made = self.drawn(first.expand(frames, -1, -1, -1), last.expand(frames, -1, -1, -1))
        return torch.cat([first, made[1:-1], last])

    def warped(self, first: Tensor, last: Tensor) -> tuple[Tensor, Tensor]:
        """What comes from each panel, or from anything else that is laid out like it."""
        return _moved(first, self.flow[:, :2]), _moved(last, self.flow[:, 2:])


@dataclass(frozen=True)
class Drafted:
    """Where everything in both panels goes, and plans of all frames, each better than the one
    before; `plan` is the last one, and whatever goes about as the camera does goes exactly so."""

    displaced: Displaced
    plans: tuple[Plan, ...]
    plan: Plan


class Drafter(nn.Module):
    """Both panels and what is foreseen of each frame, to a plan: what goes where is turned round to
    what comes from where, and bettered from coarse to fine, each time with a look at what the plan
    gives so far."""

    def __init__(self, shape: SemanticShape) -> None:
        super().__init__()
        near, far = FEATURES
        self.cells = SIDE // 4 // math.isqrt(shape.tokens)  # places of a token, each way
        self.near = nn.Sequential(_conv(3, near, stride=2), _conv(near, near))
        self.far = nn.Sequential(_conv(near, far, stride=2), _conv(far, far))
        self.hint = nn.Linear(shape.width, HINT * self.cells**2)
        self.guess = _zero(nn.Linear(shape.width, GUESS * self.cells**2))
        self.known = nn.Linear(shape.width, KNOWN * self.cells**2)
        self.displacer = Displacer(far, KNOWN, HINT)
        coarse, middle, fine = HIDDEN
        self.levels = nn.ModuleList(
            [
                _Level(HINT, far, coarse, TOLD[0]),
                _Level(TOLD[0], near, middle, TOLD[1]),
                _Level(TOLD[1], 0, fine, 0),
            ]
        )

    def forward(
        self, panels: Tensor, tokens: Tensor, camera: CameraMove, foreseen: Tensor, times: Tensor
    ) -> Drafted:
        """Panels `(motions, 2, 3, SIDE, SIDE)` and their `tokens` `(motions, 2, tokens, width)`,
        how the `camera` moves, `foreseen` `(motions, frames, tokens, width)` at `times`
        `(frames,)`; of all frames `(motions * frames, ...)`."""
        motions, frames = foreseen.shape[:2]
        first, last = panels.unbind(1)
        near = [self.near(one) for one in (first, last)]
        far = [self.far(one) for one in near]
        known = [self._laid(self.known(one)) for one in tokens.unbind(1)]
        told = self._laid(self.hint(foreseen.flatten(0, 1)))
        displaced = self.displacer((far[0], far[1]), (known[0], known[1]), camera, told, times)
        plan = self._begun(displaced, foreseen.flatten(0, 1), times.repeat(motions))
        plans: list[Plan] = []
        for level, side, seen in zip(self.levels, SIDES, (far, near, None), strict=True):
            ends = [sized(one, side) for one in (first, last)]
            if seen is not None:
                ends = [torch.cat(parts, 1) for parts in zip(ends, seen, strict=True)]
            told, plan = level(told, plan, *(end.repeat_interleave(frames, 0) for end in ends))
            plans.append(plan)
        background = camera.back(self.displacer.eased(times), SIDE).flatten(0, 1)
        return Drafted(displaced, tuple(plans), plan.steadied(background))

    def _begun(self, displaced: Displaced, foreseen: Tensor, times: Tensor) -> Plan:
        """What has arrived at each place, from where, and how likely it is seen there: the nearer
        in time the likelier."""
        side = SIDE // 2
        near = torch.stack([1 - times, times]).clamp(min=1e-3).log()[:, :, None, None, None]
        pairs = zip(displaced.ways, displaced.weights, strict=True)
        came = [arrived(sized(ways, side), sized(weights, side)) for ways, weights in pairs]
        likely = torch.stack([much.clamp(min=LEAST).log() for _, much in came]) + near
        guess = sized(self._laid(self.guess(foreseen)), side)
        source = F.pad(likely[:, :, 0].transpose(0, 1), (0, 0, 0, 0, 0, 1), value=UNLIKELY)
        return Plan(torch.cat([ways for ways, _ in came], 1), source + guess[:, :3], guess[:, 3:])

    def _laid(self, told: Tensor) -> Tensor:
        """What tokens tell, each as a patch of a picture."""
        side = math.isqrt(told.shape[1])
        cells = told.transpose(1, 2).reshape(len(told), -1, side, side)
        return F.pixel_shuffle(cells, self.cells)


class _Level(nn.Module):
    """Betters a plan at one size."""

    def __init__(self, told: int, seen: int, hidden: int, tells: int) -> None:
        super().__init__()
        self.take = _conv(told + 2 * (seen + 3) + 3 + PLAN, hidden)
        self.body = _conv(hidden, hidden)
        self.tell = nn.Conv2d(hidden, tells, 1) if tells else None
        self.off = _zero(nn.Conv2d(hidden, PLAN, 3, padding=1))

    def forward(
        self, told: Tensor, plan: Plan, one: Tensor, two: Tensor
    ) -> tuple[Tensor | None, Plan]:
        side = one.shape[-1]
        seen = plan.at(side)
        drawn = seen.drawn(one[:, :3], two[:, :3])
        known = [sized(told, side), *seen.warped(one, two), drawn, seen.channels()]
        hidden = self.body(self.take(torch.cat(known, 1)))
        tells = None if self.tell is None else self.tell(hidden)
        size = max(side, plan.flow.shape[-1])
        return tells, Plan.of(plan.at(size).channels() + sized(self.off(hidden), size))


def _zero(layer: Any) -> Any:
    """The same layer, which says nothing yet."""
    nn.init.zeros_(layer.weight)
    nn.init.zeros_(layer.bias)
    return layer


def _conv(before: int, after: int, stride: int = 1) -> nn.Module:
    return nn.Sequential(nn.Conv2d(before, after, 3, stride, padding=1), nn.SiLU())


def _moved(pictures: Tensor, flow: Tensor) -> Tensor:
    """Every place from where the flow points to; beyond the edge the edge goes on."""
    where = places(*pictures.shape[-2:]).to(flow) + flow.permute(0, 2, 3, 1)
    return F.grid_sample(pictures, where, padding_mode="border", align_corners=False)
