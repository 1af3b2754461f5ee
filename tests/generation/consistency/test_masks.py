"""From maps of attention to regions: the arithmetic, on maps that people can check."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from generation.consistency.masks import (
    BACKGROUND,
    PanelMasks,
    grid_of,
    otsu,
    smooth,
    stretched,
)
from generation.consistency.parts import part_places
from generation.consistency.sampling import sample_size, sample_tokens
from generation.consistency.subjects import LAST_STEPS, PanelSubjects, Subjects


def bumps(*boxes: tuple[slice, slice], height: int = 12, width: int = 16) -> torch.Tensor:
    """A map for each box: much attention inside, little outside, with noise."""
    generator = torch.Generator().manual_seed(4)
    maps = 0.02 * torch.rand(len(boxes), height, width, generator=generator, dtype=torch.float64)
    for number, box in enumerate(boxes):
        maps[number][box] += 0.1 * (number + 1)  # some words are attended to more than others
    return maps


LEFT, RIGHT = (slice(3, 9), slice(1, 6)), (slice(3, 9), slice(10, 15))


def test_regions_are_where_the_attention_is_whatever_its_strength() -> None:
    masks = PanelMasks.seen(bumps(LEFT, RIGHT))
    truth = torch.full((12, 16), BACKGROUND)
    truth[LEFT], truth[RIGHT] = 0, 1
    assert (masks.regions == truth).double().mean() > 0.9  # smoothing rounds the corners
    inner = torch.nn.functional.avg_pool2d((truth >= 0).double()[None, None], 3, 1, 1)[0, 0] > 0.99
    assert torch.equal(masks.regions[inner], truth[inner])
    assert torch.equal(masks.certain[inner], truth[inner])


def test_parts_hold_every_place_once_with_what_it_may_see() -> None:
    masks = PanelMasks.seen(bumps(LEFT, RIGHT))
    regions, certain = masks.regions.flatten(), masks.certain.flatten()
    parts = list(part_places(masks, 3, [(4, 0), (5, 1), (6, 1), (7, None)]))
    assert sorted(torch.cat([part.places for part in parts]).tolist()) == list(range(192))
    slots = {BACKGROUND: [7], 0: [4, 7], 1: [5, 6, 7]}
    for part in parts:
        (region,) = set(regions[part.places].tolist())
        assert part.slots.tolist() == slots[region]
        assert (part.row, part.last) == (3, 7)
        seen = set(range(192) if part.own is None else part.own.tolist())
        for place in part.places.tolist():
            barred = {
                other
                for other in range(192)
                if certain[place] >= 0 and certain[other] >= 0 and certain[other] != certain[place]
            }
            assert seen == set(range(192)) - barred


def test_where_two_are_nearly_as_likely_nothing_is_certain() -> None:
    masks = PanelMasks.seen(bumps(LEFT, LEFT))
    assert (masks.regions >= 0).any()
    assert (masks.certain == BACKGROUND).all()


def test_nothing_is_certain_before_it_is_seen() -> None:
    masks = PanelMasks.expected(torch.tensor([(0.0, 0.5), (0.5, 1.0)]), 4, 6)
    assert masks.regions.tolist() == [[0, 0, 0, 1, 1, 1]] * 4
    assert (masks.certain == BACKGROUND).all()
    wider = masks.resized(8, 12)
    assert wider.regions.tolist() == [[0] * 6 + [1] * 6] * 8


def test_the_draw_takes_a_subject_s_own_tokens_first() -> None:
    masks = PanelMasks.seen(bumps(LEFT, RIGHT))
    for subject in (0, 1):
        weights = masks.weights(subject).flatten()
        own = (masks.regions == subject).flatten()
        few = sample_tokens(1, 2, 192, 3, 0.1, weights)
        assert len(few) == sample_size(192, 0.1)
        assert own[few].all()
        many = sample_tokens(1, 2, 192, 3, 0.5, weights)
        assert set(own.nonzero().flatten().tolist()) <= set(many.tolist())
        assert many.tolist() == sorted(set(many.tolist()))


def test_the_draw_follows_the_weights() -> None:
    weights = torch.tensor([1.0, 2.0, 4.0, 8.0])
    shown = torch.zeros(4)
    for step in range(3000):
        shown[sample_tokens(5, step, 4, 1, 0.25, weights)] += 1
    assert (shown / 3000 - weights / weights.sum()).abs().max() < 0.04  # four deviations


@given(st.lists(st.integers(0, 50), min_size=2, max_size=12))
def test_otsu_s_threshold_is_the_best_of_all(values: list[int]) -> None:
    """Against every cut tried by hand."""
    numbers = torch.tensor(values, dtype=torch.float64)
    found = float(otsu(numbers.view(1, 1, -1)))

    def between(threshold: float) -> float:
        low, high = numbers[numbers < threshold], numbers[numbers >= threshold]
        if not len(low) or not len(high):
            return 0.0
        return len(low) * len(high) * float(high.mean() - low.mean()) ** 2

    best = max(between(value) for value in values)
    assert between(found) == pytest.approx(best)
    if best == 0:
        assert found == 1


def test_a_flat_map_is_background() -> None:
    masks = PanelMasks.seen(torch.full((1, 6, 6), 0.3))
    assert (masks.regions == BACKGROUND).all()
    assert (masks.weights(0) > 0).all()


def test_smoothing_keeps_a_flat_map_and_the_sum_of_an_inner_one() -> None:
    flat = torch.full((2, 5, 7), 0.25)
    assert torch.allclose(smooth(flat), flat)
    point = torch.zeros(1, 5, 5)
    point[0, 2, 2] = 1
    assert smooth(point)[0, 1:4, 1:4].tolist() == [
        [1 / 16, 2 / 16, 1 / 16],
        [2 / 16, 4 / 16, 2 / 16],
        [1 / 16, 2 / 16, 1 / 16],
    ]
    assert stretched(point).max() == 1


@pytest.mark.parametrize(
    ("tokens", "grid"), [(96, (8, 12)), (24, (4, 6)), (6, (2, 3)), (2, (1, 2)), (1, (1, 1))]
)
def test_tokens_have_their_grid(tokens: int, grid: tuple[int, int]) -> None:
    assert grid_of(tokens, 8, 12) == grid


def test_odd_sizes_are_rounded_up_as_the_network_does() -> None:
    assert grid_of(35, 9, 13) == (5, 7)
    with pytest.raises(ValueError, match="no level"):
        grid_of(36, 9, 13)


def test_the_average_forgets_what_is_long_past() -> None:
    words = (torch.tensor([1]),)
    subjects = Subjects([PanelSubjects(("A",), ((0.0, 1.0),), words)], (4, 4), steps=40)
    early, late = torch.zeros(1, 4), torch.zeros(1, 4)
    early[0, 0] = late[0, 3] = 1

    def steps(maps: torch.Tensor, count: int) -> torch.Tensor:
        for _ in range(count):
            subjects.begin()
            subjects.hear(0, maps)
            subjects.hear(0, maps)  # two layers
            subjects.settle()
        return subjects.state()["panel 0"].flatten()

    assert steps(early, 2).tolist() == [1, 0, 0, 0]
    kept = steps(late, LAST_STEPS)
    assert kept[3] > 0.6
    assert float(kept.sum()) == pytest.approx(1)
    assert steps(late, 4 * LAST_STEPS)[0] < 0.02


def test_a_failed_timestep_leaves_nothing() -> None:
    words = (torch.tensor([1]),)
    subjects = Subjects([PanelSubjects(("A",), ((0.0, 1.0),), words)], (4, 4), steps=1)
    subjects.hear(0, torch.ones(1, 4))
    subjects.begin()
    subjects.settle()
    assert subjects.state() == {}


def test_a_box_is_around_where_a_subject_was_seen() -> None:
    maps = torch.zeros(2, 10, 10)
    maps[0, 2:10, 1:4] = 1.0
    maps[1, 5:10, 6:10] = 1.0
    masks = PanelMasks(maps, torch.full((2,), 0.5), True)
    assert masks.box(0) == (0.1, 0.2, 0.4, 1.0)
    assert masks.box(1) == (0.6, 0.5, 1.0, 1.0)
    stray = maps.clone()
    stray[0, 0, 9] = 1.0  # a single place far away
    assert PanelMasks(stray, masks.thresholds, True).box(0) == masks.box(0)
    assert PanelMasks(maps, masks.thresholds, False).box(0) is None
    assert PanelMasks(torch.zeros(1, 4, 4), torch.ones(1), True).box(0) is None
