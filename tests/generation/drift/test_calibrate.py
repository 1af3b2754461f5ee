"""The least likeness of a good picture, found out from pictures."""

from collections.abc import Callable

import pytest
from PIL import Image

from generation.drift.calibrate import Lineup, calibrate
from generation.drift.eyes import Glimpse
from generation.script.plan import RenderPlan
from tests.generation.consistency.casting import cast_plan

Planner = Callable[..., RenderPlan]


class GreyEye:
    """Sees how bright a picture is, of 255 levels; black shows nothing."""

    def see(self, glimpse: Glimpse) -> int:
        level = glimpse.picture.getpixel((0, 0))
        assert isinstance(level, int)
        return level

    def likeness(self, one: int, other: int) -> float | None:
        return None if 0 in (one, other) else 1 - abs(one - other) / 255


def test_it_parts_what_can_be_parted() -> None:
    found = calibrate([0.9, 0.8, 0.7], [0.1, 0.5, 0.2, 0.3])
    assert found.least == pytest.approx(0.6)
    assert (found.redrawn, found.caught, found.own, found.others) == (0.0, 1.0, 3, 4)
    assert str(found).startswith("likeness_least = 0.60\n100% of 4 pictures of somebody else")


def test_where_they_overlap_it_loses_as_little_as_can_be() -> None:
    own, others = [0.3, 0.7, 0.8, 0.9], [0.1, 0.2, 0.4, 0.45, 0.75]
    found = calibrate(own, others)
    assert found.least == pytest.approx(0.575)
    assert (found.redrawn, found.caught) == (0.25, 0.8)
    for least in (0.0, 0.25, 0.35, 0.5, 0.72, 0.78, 0.85, 1.0):  # no other is better
        redrawn, caught = (sum(x < least for x in xs) / len(xs) for xs in (own, others))
        assert caught - redrawn <= found.caught - found.redrawn


def test_where_nothing_can_be_parted_nothing_is_drawn_again() -> None:
    found = calibrate([0.5, 0.5], [0.5])
    assert (found.redrawn, found.caught) == (0.0, 0.0)
    with pytest.raises(ValueError, match="no character could be compared"):
        calibrate([0.5], [])


def test_everybody_is_compared_with_their_own_sheet_and_with_everybody_else_s(
    plan_of: Planner,
) -> None:
    plan = cast_plan(plan_of)  # Tom and Lisa; their sheets are panels 0 and 2
    # Tom's sheet and Tom, Lisa's sheet, then both: once in the dark
    pictures = [Image.new("L", (8, 8), level) for level in (100, 100, 200, 150, 0, 150, 150)]
    lineup = Lineup(GreyEye())
    lineup.add(plan, pictures)
    half = 1 - 50 / 255
    assert lineup.own == [1.0, half, half, half, half]
    assert lineup.others == [1 - 100 / 255, half, half, half, half]
    before = len(lineup.others)
    lineup.add(plan, pictures)  # two more people, who are compared with the first two as well
    assert len(lineup.others) - before == 3 * before
