"""Looks that get to the wrong one of two characters: stories and readings made by hand."""

import pytest

from generation.toon.evaluation.mixing import leaked
from generation.toon.evaluation.statistics import Tally
from generation.toon.evaluation.story import Story, story_from
from generation.toon.reader import FIGURE_FIELDS, Reading, Sight

TEXT = """[Tom] A man in a red shirt
[Lisa] A woman

[Tom] in the park
[Lisa] in the park
[Tom] and [Lisa] in the park
"""


@pytest.fixture
def story() -> Story:
    found = story_from("pair", TEXT)
    assert [panel.figures for panel in found.panels] == [("Tom",), ("Lisa",), ("Tom", "Lisa")]
    assert "shirt" not in found.unsaid("Tom")
    assert {"shirt", "hair"} <= set(found.unsaid("Lisa"))
    return found


def shown(*figures: dict[str, object]) -> Reading:
    seen = tuple(Sight({**dict.fromkeys(FIGURE_FIELDS), **one}) for one in figures)
    return Reading(Sight({"figures": len(figures), "place": "park", "night": False}), seen)


TOM, LISA = {"hair": "black", "shirt": "red"}, {"hair": "blond", "shirt": "blue"}


def test_a_look_of_the_other_s_is_a_leak(story: Story) -> None:
    alone = [shown(TOM), shown(LISA)]
    # of three: Tom's hair, Lisa's hair and her shirt; his shirt is stated
    assert leaked(story, [*alone, shown(TOM, LISA)]) == Tally(0.0, 3.0)
    assert leaked(story, [*alone, shown(LISA, TOM)]) == Tally(3.0, 3.0)
    assert leaked(story, [*alone, shown(TOM, TOM)]) == Tally(2.0, 3.0)
    assert leaked(story, [*alone, shown({"hair": "red"}, {"hair": "grey"})]) == Tally(0.0, 3.0)
    assert leaked(story, [*alone, shown(LISA)]) == Tally(0.0, 3.0)  # nobody to tell them from


def test_where_both_have_the_same_or_nothing_is_known_nothing_is_told(story: Story) -> None:
    alike = {**LISA, "hair": "black"}
    assert leaked(story, [shown(TOM), shown(alike), shown(TOM, alike)]) == Tally(0.0, 1.0)
    assert leaked(story, [shown(TOM), shown({}), shown(TOM, LISA)]) == Tally()


def test_what_is_one_s_own_is_what_most_panels_show() -> None:
    story = story_from("pair", TEXT.replace("[Lisa] in", "[Lisa] in the park\n[Lisa] in", 1))
    once = {"hair": "grey"}
    panels = [shown(TOM), shown(once), shown(LISA), shown(TOM, {"hair": "black"})]
    assert leaked(story, panels).of == 1.0  # her hair is not known: her shirt alone is
