"""The benchmark's arithmetic: chance-corrected agreement, shares, and intervals by story.

Every figure is a ratio of two sums over stories, so one bootstrap serves all: stories are drawn
with replacement, both sums made anew. kappa too is such a ratio, (A - A0) / (1 - A0).
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np

ROUNDS = 1000  # of the bootstrap
COVERED = 95.0  # per cent
LEAST_ROOM = 1e-9  # where agreement by chance is certain, nothing is left to measure


@dataclass(frozen=True)
class Tally:
    """What one story adds to a figure: the figure is the sum of `hits` by the sum of `of`."""

    hits: float = 0.0
    of: float = 0.0

    def __add__(self, other: Tally) -> Tally:
        return Tally(self.hits + other.hits, self.of + other.of)


@dataclass(frozen=True)
class Agreement:
    """Of `weight` looks' fields: how much panels agree `inside` a take, and by `chance`."""

    inside: float = 0.0
    chance: float = 0.0
    weight: float = 0.0

    def __add__(self, other: Agreement) -> Agreement:
        return Agreement(
            self.inside + other.inside, self.chance + other.chance, self.weight + other.weight
        )

    @property
    def kappa(self) -> Tally:
        """Its part of kappa = (A - A0) / (1 - A0)."""
        return Tally(self.inside - self.chance, self.weight - self.chance)

    @property
    def variety(self) -> Tally:
        """Its part of 1 - A0: how different the same words look in different takes."""
        return Tally(self.weight - self.chance, self.weight)


@dataclass(frozen=True)
class Figure:
    """A measured figure with its 95 % interval; NaN where there was nothing to measure."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return (
            "-" if math.isnan(self.value) else f"{self.value:.2f} [{self.low:.2f}, {self.high:.2f}]"
        )


def agreement(takes: Sequence[Sequence[Hashable | None]]) -> Agreement:
    """Of one field of one character: `takes[t][p]` is what was read in panel p of take t.

    Takes are drawings of the same story, so of the same wording, with unrelated seeds. Panels agree
    by chance as often as a panel of one take agrees with another panel of another take. What is
    unreadable (None) agrees with nothing, not even with the unreadable. Less than two takes or two
    panels weigh nothing.
    """
    panels = len(takes[0]) if takes else 0
    if len(takes) < 2 or panels < 2:
        return Agreement()
    pairs = list(itertools.combinations(range(panels), 2))
    inside = [_same(take[a], take[b]) for take in takes for a, b in pairs]
    chance = [
        _same(one[a], other[b]) for one, other in itertools.permutations(takes, 2) for a, b in pairs
    ]
    return Agreement(sum(inside) / len(inside), sum(chance) / len(chance), 1.0)


def following(
    panels: Sequence[Sequence[Hashable | None]], shown: Sequence[Sequence[Hashable | None]]
) -> Agreement:
    """As `agreement`, between a take's panels and what was `shown` to them: `shown[t][s]`.

    By chance is what a take's panels have in common with what another take was shown.
    """
    if len(panels) < 2 or not panels[0] or not shown[0]:
        return Agreement()
    table = [
        [_mean([_same(a, b) for a in take for b in bank]) for bank in shown] for take in panels
    ]
    count = len(panels)
    inside = _mean([table[t][t] for t in range(count)])
    chance = _mean([table[a][b] for a in range(count) for b in range(count) if a != b])
    return Agreement(inside, chance, 1.0)


def figure(tallies: Sequence[Tally], seed: int, rounds: int = ROUNDS) -> Figure:
    """The ratio over all stories; `tallies` has one entry for each."""
    return _figure(_ratios(_array(tallies), _draws(len(tallies), seed, rounds)))


def share(
    tallies: Sequence[Tally], whole: Sequence[Tally], seed: int, rounds: int = ROUNDS
) -> Figure:
    """One ratio as a share of another, on the same stories in the same order."""
    draws = _draws(len(tallies), seed, rounds)
    return _figure(_over(_ratios(_array(tallies), draws), _ratios(_array(whole), draws)))


def difference(
    tallies: Sequence[Tally], other: Sequence[Tally], seed: int, rounds: int = ROUNDS
) -> Figure:
    """One ratio less another, on the same stories in the same order."""
    draws = _draws(len(tallies), seed, rounds)
    return _figure(_ratios(_array(tallies), draws) - _ratios(_array(other), draws))


def _same(one: Hashable | None, other: Hashable | None) -> float:
    return float(one is not None and one == other)


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def _array(tallies: Sequence[Tally]) -> np.ndarray:
    return np.array([(one.hits, one.of) for one in tallies], dtype=float).reshape(-1, 2)


def _draws(stories: int, seed: int, rounds: int) -> np.ndarray:
    """How often each story counts `(1 + rounds, stories)`: once each, then by lot."""
    once = np.ones((1, stories))
    if not stories:
        return np.ones((1 + rounds, 0))
    chances = np.full(stories, 1 / stories)
    lots = np.random.default_rng(seed).multinomial(stories, chances, size=rounds)
    return np.concatenate([once, lots])


def _ratios(tallies: np.ndarray, draws: np.ndarray) -> np.ndarray:
    sums = draws @ tallies
    return _over(sums[:, 0], sums[:, 1])


def _over(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    room = np.abs(whole) > LEAST_ROOM
    return np.where(room, part / np.where(room, whole, 1.0), np.nan)


def _figure(values: np.ndarray) -> Figure:
    """The first value is the figure, the others say how far it could be off."""
    others = values[1:][~np.isnan(values[1:])]
    if math.isnan(values[0]) or not len(others):
        return Figure(float(values[0]), math.nan, math.nan)
    edge = (100 - COVERED) / 2
    low, high = np.percentile(others, [edge, 100 - edge])
    return Figure(float(values[0]), float(low), float(high))
