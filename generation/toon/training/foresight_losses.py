"""How far what is foreseen of a motion is from the truth: its path, its drafts, and their plans."""

from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor

from generation.clips.displacing import Displaced
from generation.clips.drafting import Plan
from generation.clips.foresight import Foresight
from generation.clips.places import sized
from generation.toon.training.matching import MOVES, NO_MATTER, both_means, unmatched
from generation.toon.training.motions import Frames, Paths, Traces

SEEN = 10.0  # weight of what the tokens tell of the picture against themselves
DRAFTED = 10.0  # weight of drafts, of the finest level; half of it for each coarser one
FLOWED = 5.0  # weight of flows, in halves of the picture's side
ROUGH = 0.02  # of them: below, errors count by their square
CHOSEN = 0.2  # weight of which way is taken against how far it is off
MATCHED = 0.2  # weight of matches between both ends
SOURCED = 0.5  # weight of where places come from


def loss(foresight: Foresight, paths: Paths, told: Tensor, at: Sequence[int]) -> Tensor:
    """Of paths, and of drafts and plans of the frames `at` these numbers; `told` `(numbers, width)`
    tells small pictures from tokens, which is linear."""
    path, drafted = foresight(paths.ends, paths.times, at, paths.camera)
    frames = paths.some(at)
    off = path_error(path, paths, told) + ways_off(drafted.displaced, frames.traces)
    off = off + MATCHED * unmatched(drafted.displaced.alike, paths.traces)
    off = off + DRAFTED * drafts_off(frames, drafted.plan).mean()
    for coarser, plan in enumerate(reversed(drafted.plans)):
        off = off + DRAFTED * drafts_off(frames, plan).mean() / 2**coarser
        off = off + plan_off(plan, frames.traces)
    return off


def path_error(path: Tensor, paths: Paths, told: Tensor) -> Tensor:
    """Squared error of the tokens between the ends, and of the small pictures that they tell."""
    off = (path - paths.tokens)[:, 1:-1]
    return off.square().mean() + SEEN * F.linear(off, told).square().mean()


def drafts_off(frames: Frames, plan: Plan) -> Tensor:
    """Squared errors of drafts, `(motions, frames)`."""
    motions, count = frames.pictures.shape[:2]
    side = plan.flow.shape[-1]
    first, last = (sized(one, side).repeat_interleave(count, 0) for one in frames.ends.unbind(1))
    off: Tensor = plan.drawn(first, last) - sized(frames.pictures.flatten(0, 1), side)
    return off.square().mean((1, 2, 3)).view(motions, count)


def ways_off(displaced: Displaced, traces: Traces) -> Tensor:
    """How far ways of what both ends show are from the true ones."""
    ways = traces.ahead.flatten(0, 1).transpose(0, 1)
    known = traces.known.flatten(0, 1).transpose(0, 1)
    return FLOWED * (_apart(displaced.ways, ways, known) + _unchosen(displaced, ways, known))


def _unchosen(displaced: Displaced, true: Tensor, known: Tensor) -> Tensor:
    """How far the best of all ways is from the true one, and how little likely it is taken."""
    away = F.smooth_l1_loss(
        displaced.choices,
        true[:, :, None].expand_as(displaced.choices),
        beta=ROUGH,
        reduction="none",
    ).sum(3)
    best = away.detach().argmin(2)
    wrong = F.cross_entropy(displaced.gates.flatten(0, 1), best.flatten(0, 1), reduction="none")
    off = away.amin(2) + CHOSEN * wrong.view_as(best)
    return both_means(off, known, true.abs().sum(2) > MOVES)


def _apart(ways: Tensor, true: Tensor, counts: Tensor) -> Tensor:
    """The distance of ways `(..., 2, side, side)` from the true ones, where it counts `(..., side,
    side)`."""
    away = F.smooth_l1_loss(ways, true, beta=ROUGH, reduction="none").sum(-3)
    return both_means(away, counts, true.abs().sum(-3) > MOVES)


def plan_off(plan: Plan, traces: Traces) -> Tensor:
    """How far flows are from the truth where there is one; and how little likely the one source is
    that shows a place, or painting, where neither does. A draft's own error can teach neither: what
    is many places away says nothing of the way there."""
    flow, visible = traces.flow.flatten(0, 1), traces.visible.flatten(0, 1)
    coarse = plan.at(flow.shape[-1])
    pairs = (len(flow), 2, 2, *flow.shape[-2:])
    away = _apart(coarse.flow.reshape(pairs), flow.reshape(pairs), visible)
    first, last = visible.unbind(1)
    single = torch.where(first, 0, torch.where(last, 1, 2))  # which source, where it is one
    single = single.masked_fill(first & last, NO_MATTER)
    wrong = F.cross_entropy(coarse.source, single, ignore_index=NO_MATTER, reduction="none")
    return FLOWED * away + SOURCED * wrong.mean()  # often there is no such place
