"""Clips as plans: which panels, and how long they take."""

from dataclasses import replace

import pytest

from generation.script.clips import MOST_PANELS, Wish, default_wish, plan_clip, read_range
from generation.script.estimating import clip_seconds, measured, speed_key
from generation.script.graph import timesteps
from generation.script.motions import Mover
from generation.script.plan import PlannedPanel, RenderPlan


def comic(panels: int, side: int = 256) -> RenderPlan:
    shown = tuple(
        PlannedPanel(f"scene {n}", "", n, (0,), ("Tom",), n, (), f"Scene {n}.")
        for n in range(1, panels + 1)
    )
    return RenderPlan(
        title="Tabs",
        model="toon",
        style="comic",
        width=side,
        height=side,
        steps=25,
        guidance=5.0,
        seed=1,
        rate=0.5,
        shared_noise=0.0,
        micro_batch=2,
        panels=(*shown, replace(shown[0], number=None)),
    )


def clip(first: int, last: int, steps: int = 12) -> RenderPlan:
    pictures = {number: f"key {number}" for number in range(1, 10)}
    return plan_clip(comic(9), pictures, Wish(first, last, 12, True), Mover("toon", steps), 1000)


def test_a_clip_has_the_chosen_panels_their_pictures_and_nothing_to_look_at() -> None:
    plan = clip(3, 6)
    assert [panel.number for panel in plan.panels] == [3, 4, 5, 6]
    assert plan.pictures == ("key 3", "key 4", "key 5", "key 6")
    assert not any(panel.references for panel in plan.panels)
    assert timesteps(plan) == 3 * 12
    assert RenderPlan.from_json(plan.to_json()) == plan


def test_what_a_clip_takes_is_known_from_one_that_was_made() -> None:
    short, long = clip(1, 2), clip(1, 7)
    assert clip_seconds(long, None) is None
    speed = measured(short, {"load": 90.0, "frames": 24.0, "film": 4.0}, timesteps(short))
    assert speed is not None
    assert clip_seconds(short, speed) == pytest.approx(28.0)
    assert clip_seconds(long, speed) == pytest.approx(6 * 24.0 + 7 * 2.0)
    assert measured(short, {"film": 4.0}, 0) is None, "one that only put the film together"
    assert speed_key(short) == "clip toon"
    assert speed_key(comic(2)) == "toon"


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("2-5", (2, 5)),
        ("5 to 2", (2, 5)),
        ("2–3", (2, 3)),
        ("3", (3, 4)),
        ("9", None),
        ("0-4", None),
        ("2-10", None),
        ("4-4", None),
        ("1,2,3", None),
        ("all", None),
    ],
)
def test_panels_are_read_as_people_type_them(typed: str, found: tuple[int, int] | None) -> None:
    assert read_range(typed, 9) == found


def test_a_long_story_is_filmed_from_its_beginning() -> None:
    assert default_wish(4, 12) == Wish(1, 4, 12, burnt_in=True)
    assert default_wish(60, 12).last == MOST_PANELS
    assert read_range("10-60", 60) is None
    assert read_range("36-60", 60) == (36, 60)
