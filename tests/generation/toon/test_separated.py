"""Each use of the subject masks apart: what is drawn, and what is said about it."""

import math
from dataclasses import replace

import pytest

from generation.consistency.separation import WHOLE
from generation.toon.evaluation.benchmark import Settings
from generation.toon.evaluation.measure import BACKGROUND, KAPPA, places_copied
from generation.toon.evaluation.mixing import MIXED
from generation.toon.evaluation.report import Line, summarise, table
from generation.toon.evaluation.separated import SEPARATED, goals, with_two
from generation.toon.evaluation.statistics import Figure, Tally
from generation.toon.evaluation.story import Story, read_stories, spread, story_from
from generation.toon.reader import Reading, Sight
from tests.generation.toon.test_benchmark import ENTRY, SIDE, STYLE, Knowing, Truthful

SETTINGS = Settings(ENTRY, STYLE, SIDE, 4)


class AllByTheWorld(Knowing):
    """The world needs no masks to keep its characters apart."""

    def _artist(self, mode):  # type: ignore[no-untyped-def]
        return self.engine


@pytest.fixture(scope="module")
def of_two() -> tuple[Story, ...]:
    return spread(with_two(read_stories()), 6)


def test_stories_have_a_panel_in_which_characters_can_be_mixed_up(
    of_two: tuple[Story, ...],
) -> None:
    assert len(of_two) == 6
    assert all(any(len(one.figures) == 2 for one in story.panels) for story in of_two)


def test_only_what_masks_are_used_for_differs(of_two: tuple[Story, ...]) -> None:
    own = SETTINGS.plan(of_two[0], 1)
    plans = {name: mode.plan(own, own) for name, mode in SEPARATED.items()}
    plain = plans.pop("plain")
    assert len(plain.panels) == len(own.panels)  # with the sheets
    assert not any(panel.references for panel in plain.panels)
    assert {name for name, plan in plans.items() if not plan.masks} == {"no masks"}
    assert all(replace(plan, masks=own.masks) == own for plan in plans.values())
    used = {
        (mode.separation.bank, mode.separation.queries, mode.separation.within): name
        for name, mode in SEPARATED.items()
        if name in plans and name != "no masks"
    }
    assert used == {
        (True, False, False): "bank",
        (False, True, False): "queries",
        (False, False, True): "within",
        (True, True, True): "all",
    }
    assert SEPARATED["all"].separation == WHOLE


def test_the_world_reaches_all_goals(of_two: tuple[Story, ...]) -> None:
    truthful = Truthful()
    bench = AllByTheWorld(SETTINGS, truthful, truthful)
    lines = summarise({name: bench.run(mode, of_two) for name, mode in SEPARATED.items()})
    assert goals(lines)[0].found == 0.0
    assert all(goal.reached for goal in goals(lines))
    assert BACKGROUND in table(lines)
    assert "no masks" in table(lines)


def line(mode: str, **values: float) -> Line:
    figures = {name: Figure(value, value, value) for name, value in values.items()}
    return Line(mode, 1, 1, 1.0, 1, figures, None, None, None)


def test_goals_compare_all_masks_with_none_and_with_plain() -> None:
    def said(mixed: float, kappa: float, copied: float) -> list[bool]:
        found = {MIXED: mixed, KAPPA: kappa, BACKGROUND: copied}
        lines = [
            line("plain", **{MIXED: 0.0, KAPPA: 0.0, BACKGROUND: 0.1}),
            line("no masks", **{MIXED: 0.2, KAPPA: 0.5, BACKGROUND: 0.3}),
            line("all", **found),
        ]
        return [goal.reached for goal in goals(lines)]

    assert said(0.1, 0.485, 0.1) == [True, True, True]
    assert said(0.11, 0.47, 0.11) == [False, False, False]


def test_what_was_not_measured_is_not_reached() -> None:
    lines = [line(mode, **{KAPPA: 0.5}) for mode in ("plain", "no masks", "all")]
    found = goals(lines)
    assert [goal.reached for goal in found] == [False, True, False]
    assert math.isnan(found[0].found)
    assert str(found[0]).startswith("not measured: looks mixed up")


def test_a_place_is_copied_where_another_was_asked_for() -> None:
    story = story_from(
        "two",
        "[Tom] A young man.\n\n[Tom] in the office\n[Tom] in the kitchen\n[Tom] waving\n",
    )
    places = [panel.panel.get("place") for panel in story.panels]
    assert places == ["office", "kitchen", None]

    def shown(*read: str | None) -> list[Reading]:
        return [Reading(Sight({"figures": 1, "place": one, "night": False}), ()) for one in read]

    sheet = [(3,), (3,), (3,)]  # all look at a hidden panel
    assert places_copied(story, shown("office", "park", "park", "park"), sheet) == Tally(1.0, 2.0)
    # what is asked for is no copy, and what can't be read can't be copied
    assert places_copied(story, shown("office", "office", "office", "office"), sheet) == Tally(1, 1)
    assert places_copied(story, shown("office", "park", "park", None), sheet) == Tally()
    assert places_copied(story, shown("office", "park", "park"), sheet) == Tally()
