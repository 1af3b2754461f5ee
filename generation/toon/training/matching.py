"""Trains what the drafter sees by: which place of the one end is which place of the other.

By itself it costs little, as nothing between the ends is drawn, and learns fast; within the whole
foresight the few motions of a step would take hours for it. The drawn world knows the matches
(contrastive, as van den Oord et al. 2018, arXiv 1807.03748: every other place is a wrong one).
"""

from __future__ import annotations

import random
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor

from generation.clips.drafting import Drafter
from generation.clips.places import places
from generation.clips.semantics import SemanticShape
from generation.toon.training.course import Course, teach
from generation.toon.training.motion_pool import MotionPool
from generation.toon.training.motions import Paths, Traces
from generation.toon.training.parallel import Team

CHECKPOINT = "motion/matches.pt"
PAIRS = 64  # of ends in a step of one process
RATE = 1e-3  # learning rate
HELD = 128  # motions
NO_MATTER = -100  # the match of a place that has none
MOVES = 0.01  # halves of the picture's side: less stands still
SEES = ("near", "far", "displacer.match", "displacer.stays")
OUTER = ("near.0", "stays")


def train_matches(folder: Path, minutes: float, team: Team) -> None:
    """Train for `minutes` in all.

    Raises:
        FileNotFoundError: there are no motions in `folder`.
    """
    torch.manual_seed(0)
    drafter = Drafter(SemanticShape())
    for name, parameter in drafter.named_parameters():
        parameter.requires_grad_(name.startswith(SEES))
    pool, held = MotionPool(folder, "paths"), MotionPool(folder, "held paths")
    pool.refresh()
    held.refresh()

    def lesson(step: int) -> Tensor:
        paths = pool.some_paths(PAIRS, random.Random(f"matches {step}"))
        return unmatched(likeness(drafter, paths), paths.traces)

    def measure() -> str:
        paths = held.first_paths(HELD)
        with torch.no_grad():
            alike = likeness(drafter, paths)
            told = unmatched(alike, paths.traces)
        right = found(alike, paths.traces)
        return f"held out: {told:.3f}; {right:.3f} of what moves is found within a place"

    course = Course(CHECKPOINT, drafter, RATE, lesson, measure, OUTER, averaging=0.998)
    teach(course, folder, minutes, team)


def likeness(drafter: Drafter, paths: Paths) -> Tensor:
    """Logits `(motions, places, places)` of which place of the last frame is which of the first."""
    far = [drafter.far(drafter.near(one)) for one in paths.ends.pictures.unbind(1)]
    alike: Tensor = drafter.displacer.alike(far[0], far[1])
    return alike


def unmatched(alike: Tensor, traces: Traces) -> Tensor:
    """Cross entropy of the true matches, from either end to the other."""
    there, back = _matches(traces, 0, -1), _matches(traces, 1, 0)
    return (_mismatch(alike, *there) + _mismatch(alike.transpose(1, 2), *back)) / 2


@torch.no_grad()
def found(alike: Tensor, traces: Traces) -> float:
    """The share of what moves whose likeliest match is right, or beside it."""
    target, moves = _matches(traces, 0, -1)
    side = traces.ahead.shape[-1]
    guess = alike.argmax(2)
    near = ((guess // side - target // side).abs() <= 1) & (
        (guess % side - target % side).abs() <= 1
    )
    return float(near[moves & (target >= 0)].float().mean())


def both_means(errors: Tensor, counts: Tensor, moves: Tensor) -> Tensor:
    """Of those that count: the mean of the mean of what moves and that of what stands still, which
    is most."""
    halves = (counts & moves, counts & ~moves)
    parts = [(errors * half).sum() / half.sum().clamp(min=1) for half in halves]
    return torch.stack(parts).mean()


def _mismatch(alike: Tensor, target: Tensor, moves: Tensor) -> Tensor:
    wrong = F.cross_entropy(alike.transpose(1, 2), target, ignore_index=NO_MATTER, reduction="none")
    return both_means(wrong, target >= 0, moves)


def _matches(traces: Traces, end: int, at: int) -> tuple[Tensor, Tensor]:
    """Of every place of one end, `(motions, places)`: which place it is in frame `at`, NO_MATTER
    where it is in none; whether it has moved."""
    side = traces.ahead.shape[-1]
    ways, known = traces.ahead[:, at, end], traces.known[:, at, end]
    grid = places(side, side).permute(2, 0, 1)
    place = ((grid + ways + 1) / 2 * side).floor().long()
    inside = known & ((place >= 0) & (place < side)).all(1)
    target = (place[:, 1] * side + place[:, 0]).masked_fill(~inside, NO_MATTER)
    return target.flatten(1), (ways.abs().sum(1) > MOVES).flatten(1)
