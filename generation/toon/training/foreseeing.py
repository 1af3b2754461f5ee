"""Trains the motion predictor and the drafter: from both ends to the tokens of the frames between,
and to drafts of them."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor

from generation.clips.displacing import Displaced
from generation.clips.drafting import Plan, sized
from generation.clips.foresight import Foresight
from generation.clips.semantics import SemanticShape, straight
from generation.toon.sheet import load_pipeline
from generation.toon.training import matching
from generation.toon.training.course import Course, taught, teach
from generation.toon.training.matching import MOVES, NO_MATTER, both_means, unmatched
from generation.toon.training.motion_data import (
    HELD_SEED,
    SHARD,
    MotionPool,
    Paths,
    Traces,
    taught_seeing,
)
from generation.toon.training.parallel import Team
from generation.toon.world.moving import MotionKind, moving

CHECKPOINT = "motion/predictor.pt"
FRAMES = 64  # in a step of one process, over all motions
RATE = 1e-3  # learning rate
SEEN = 10.0  # weight of what the tokens tell of the picture against themselves
DRAFTED = 10.0  # weight of drafts, of the finest level; half of it for each coarser one
FLOWED = 5.0  # weight of flows, in halves of the picture's side
ROUGH = 0.02  # of them: below, errors count by their square
CHOSEN = 0.2  # weight of which way is taken against how far it is off
MATCHED = 0.2  # weight of matches between both ends
SOURCED = 0.5  # weight of where places come from
REFRESH_EVERY = 50  # steps between looks for new files
HELD = 64  # motions


def loss(foresight: Foresight, paths: Paths, told: Tensor) -> Tensor:
    """Of paths, drafts and plans; `told` `(numbers, width)` tells small pictures from tokens, which
    is linear."""
    path, drafted = foresight(paths.ends, paths.times)
    off = path_error(path, paths, told) + ways_off(drafted.displaced, paths.traces)
    for coarser, plan in enumerate(reversed(drafted.plans)):
        off = off + DRAFTED * drafts_off(paths, plan).mean() / 2**coarser
        off = off + plan_off(plan, paths.traces)
    return off


def train_predictor(model: Path, folder: Path, minutes: float, team: Team) -> None:
    """Train for `minutes` in all.

    Raises:
        FileNotFoundError: there are no motions or no image encoder in `folder`, or, where it
            begins, no matches.
    """
    torch.manual_seed(0)
    foresight = Foresight(SemanticShape())
    if not (folder / CHECKPOINT).exists():
        taught(foresight.drafter, folder / matching.CHECKPOINT)
    text_width = load_pipeline(model).text_encoder.config.hidden_size
    told = taught_seeing(folder, text_width).encoder.tell.weight
    pool, held = MotionPool(folder, "paths"), MotionPool(folder, "held paths")
    pool.refresh()
    held.refresh()

    def lesson(step: int) -> Tensor:
        if step % REFRESH_EVERY < team.size:
            pool.refresh()
        chance = random.Random(f"predictor {step}")
        paths = pool.draw_paths(FRAMES, chance)
        if chance.random() < 0.5:
            paths = paths.backwards()
        return loss(foresight, paths, told)

    kinds = [moving(HELD_SEED + SHARD + row).kind for row in range(HELD)]

    def measure() -> str:
        paths = held.first_paths(HELD)
        return f"{progress(foresight, paths, told)}\n{by_kind(foresight, paths, kinds)}"

    outer = ("places", "times", "hint", "guess", "off", "near.0", "still")
    course = Course(CHECKPOINT, foresight, RATE, lesson, measure, outer)
    teach(course, folder, minutes, team)


def path_error(path: Tensor, paths: Paths, told: Tensor) -> Tensor:
    """Squared error of the tokens between the ends, and of the small pictures that they tell."""
    off = (path - paths.tokens)[:, 1:-1]
    return off.square().mean() + SEEN * F.linear(off, told).square().mean()


def drafts_off(paths: Paths, plan: Plan) -> Tensor:
    """Squared errors of drafts between the ends, `(motions, frames - 2)`."""
    motions, frames = paths.pictures.shape[:2]
    small = sized(paths.pictures.flatten(0, 1), plan.flow.shape[-1])
    small = small.view(motions, frames, *small.shape[1:])
    first, last = (small[:, at].repeat_interleave(frames, 0) for at in (0, -1))
    off: Tensor = plan.drawn(first, last).view_as(small) - small
    return off[:, 1:-1].square().mean((2, 3, 4))


def ways_off(displaced: Displaced, traces: Traces) -> Tensor:
    """How far ways of what both ends show are from the true ones."""
    ways = traces.ahead.flatten(0, 1).transpose(0, 1)
    known = traces.known.flatten(0, 1).transpose(0, 1)
    off = _apart(displaced.ways, ways, known) + _unchosen(displaced, ways, known)
    return FLOWED * off + MATCHED * unmatched(displaced.alike, traces)


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


@torch.no_grad()
def progress(foresight: Foresight, paths: Paths, told: Tensor) -> str:
    """Errors of held-out tokens as a share of a straight line's, of the small pictures that they
    tell and of drafts as shares of a cross-fade's, of flows as a share of no motion's."""
    path, drafted = foresight(paths.ends, paths.times)
    share = share_of_straight(path, paths)
    fade = share_of_straight(path, paths, told)
    draft = share_of_fade(paths, drafted.plan)
    flows = share_of_stillness(drafted.plan, paths.traces)
    return (
        f"held out: {share:.3f} of a line's error; of a cross-fade's: thumbnails {fade:.3f}, "
        f"drafts {draft:.3f}; flows {flows:.3f} of no motion's"
    )


@torch.no_grad()
def by_kind(foresight: Foresight, paths: Paths, kinds: Sequence[MotionKind]) -> str:
    """Errors of drafts as shares of a cross-fade's, of motions of each kind."""
    drafted = foresight(paths.ends, paths.times)[1]
    off, faded = drafts_off(paths, drafted.plan).mean(1), fade_off(paths).mean(1)
    told: list[str] = []
    for kind in sorted(set(kinds)):
        rows = [row for row, one in enumerate(kinds) if one == kind]
        told.append(f"{kind} {float(off[rows].sum() / faded[rows].sum()):.3f}")
    return "held out, drafts: " + "  ".join(told)


@torch.no_grad()
def share_of_stillness(plan: Plan, traces: Traces) -> float:
    """How far flows are off, as a share of how far things move."""
    seen = traces.visible.flatten(0, 1).repeat_interleave(2, dim=1)
    true = traces.flow.flatten(0, 1)
    away = (plan.at(true.shape[-1]).flow - true).abs()[seen]
    return float(away.mean() / true.abs()[seen].mean())


@torch.no_grad()
def share_of_straight(path: Tensor, paths: Paths, told: Tensor | None = None) -> float:
    """The path's squared error as a share of the straight line's; with `told` that of the small
    pictures: a line between tokens is a cross-fade of what they tell."""
    true = paths.tokens[:, 1:-1]
    line = straight(paths.tokens[:, 0], paths.tokens[:, -1], paths.times)[:, 1:-1]
    offs = [path[:, 1:-1] - true, line - true]
    if told is not None:
        offs = [F.linear(off, told) for off in offs]
    mine, worst = (float(off.square().mean()) for off in offs)
    return mine / worst


@torch.no_grad()
def share_of_fade(paths: Paths, plan: Plan) -> float:
    """The drafts' squared error as a share of a cross-fade's."""
    return float(drafts_off(paths, plan).mean() / fade_off(paths).mean())


def fade_off(paths: Paths) -> Tensor:
    """Squared errors of a cross-fade between the ends, `(motions, frames - 2)`."""
    parts = paths.times.view(1, -1, 1, 1, 1)
    fade = (1 - parts) * paths.pictures[:, :1] + parts * paths.pictures[:, -1:]
    return (fade - paths.pictures)[:, 1:-1].square().mean((2, 3, 4))
