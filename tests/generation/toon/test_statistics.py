"""The benchmark's arithmetic, on cases whose answer is known."""

from __future__ import annotations

import math
import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generation.toon.evaluation.statistics import (
    Agreement,
    Tally,
    agreement,
    difference,
    figure,
    following,
    share,
)

LETTERS = st.sampled_from("abc")
TAKES = st.lists(st.lists(LETTERS, min_size=3, max_size=3), min_size=2, max_size=4)


def drawn(stories: int, same: float, chance: random.Random) -> list[Tally]:
    """kappa's tallies of stories whose panels keep their take's value with probability `same`."""
    tallies = []
    for _ in range(stories):
        takes = []
        for _ in range(2):
            kept = chance.choice("abcd")
            takes.append(
                [kept if chance.random() < same else chance.choice("abcd") for _ in range(4)]
            )
        tallies.append(agreement(takes).kappa)
    return tallies


@given(st.integers(2, 5), st.integers(2, 6))
def test_takes_that_differ_and_panels_that_agree_give_one(takes: int, panels: int) -> None:
    table = [[take] * panels for take in range(takes)]
    assert figure([agreement(table).kappa], 0).value == 1.0


def test_independent_draws_give_about_zero() -> None:
    measured = figure(drawn(600, 0.0, random.Random(1)), 0)
    assert abs(measured.value) < 0.05
    assert measured.low < 0 < measured.high


def test_kappa_is_what_was_put_in() -> None:
    """Two panels both keep their take's value with probability 0.8 ** 2."""
    assert figure(drawn(800, 0.8, random.Random(2)), 0).value == pytest.approx(0.64, abs=0.05)


def test_a_world_where_everybody_looks_the_same_proves_nothing() -> None:
    assert math.isnan(figure([agreement([["a"] * 4] * 3).kappa], 0).value)


@given(TAKES, st.randoms(use_true_random=False))
def test_the_order_of_takes_means_nothing(takes: list[list[str]], chance: random.Random) -> None:
    shuffled = chance.sample(takes, len(takes))
    one, other = agreement(takes), agreement(shuffled)
    assert one.inside == pytest.approx(other.inside)
    assert one.chance == pytest.approx(other.chance)


@given(TAKES)
def test_agreement_is_counted_as_by_hand(takes: list[list[str]]) -> None:
    inside, chance = [], []
    for t, one in enumerate(takes):
        for u, other in enumerate(takes):
            for a in range(3):
                for b in range(3):
                    if a < b and t == u:
                        inside.append(one[a] == one[b])
                    elif a < b:
                        chance.append(one[a] == other[b])
    found = agreement(takes)
    assert found.inside == pytest.approx(np.mean(inside))
    assert found.chance == pytest.approx(np.mean(chance))


def test_what_is_unreadable_agrees_with_nothing() -> None:
    assert agreement([[None, None], [None, None]]) == Agreement(0.0, 0.0, 1.0)
    assert agreement([["a", None], ["b", "b"]]).inside == 0.5


def test_a_lone_panel_or_take_weighs_nothing() -> None:
    assert agreement([["a"], ["b"]]).weight == 0
    assert agreement([["a", "a"]]).weight == 0
    assert agreement([]).weight == 0


def test_following_is_one_for_those_who_follow_and_zero_for_those_who_don_t() -> None:
    assert figure([following([["a", "a"], ["b"]], [["a"], ["b", "b"]]).kappa], 0).value == 1.0
    strays = [following([["c"], ["d"]], [["a"], ["b"]]).kappa]
    assert figure(strays, 0).value == 0.0
    assert following([[], []], [[], []]).weight == 0


def test_the_interval_covers_the_truth() -> None:
    """Nineteen times in twenty, give or take what 120 repetitions allow."""
    chance = np.random.default_rng(0)
    covered = 0
    for repetition in range(120):
        asked = chance.integers(1, 12, size=60)
        hits = chance.binomial(asked, 0.7)
        tallies = [Tally(float(h), float(n)) for h, n in zip(hits, asked, strict=True)]
        one = figure(tallies, repetition, rounds=300)
        covered += one.low <= 0.7 <= one.high
    assert 106 <= covered <= 120


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(9, 12)), min_size=1, max_size=20))
def test_the_figure_lies_between_the_lowest_and_the_highest_story(
    pairs: list[tuple[int, int]],
) -> None:
    tallies = [Tally(float(h), float(n)) for h, n in pairs]
    one = figure(tallies, 3, rounds=50)
    ratios = [h / n for h, n in pairs]
    assert min(ratios) - 1e-9 <= one.low <= one.high <= max(ratios) + 1e-9
    assert one.value == pytest.approx(sum(h for h, _ in pairs) / sum(n for _, n in pairs))


def test_the_same_seed_gives_the_same_interval() -> None:
    tallies = drawn(20, 0.5, random.Random(4))
    assert figure(tallies, 7) == figure(tallies, 7)
    assert figure(tallies, 7) != figure(tallies, 8)


def test_a_mode_is_all_of_itself_and_no_better_than_itself() -> None:
    tallies = drawn(30, 0.7, random.Random(5))
    whole, more = share(tallies, tallies, 0), difference(tallies, tallies, 0)
    assert (whole.value, whole.low, whole.high) == (1.0, 1.0, 1.0)
    assert (more.value, more.low, more.high) == (0.0, 0.0, 0.0)


def test_nothing_measured_is_no_number() -> None:
    assert str(figure([], 0)) == "-"
    assert str(figure([Tally()], 0)) == "-"
