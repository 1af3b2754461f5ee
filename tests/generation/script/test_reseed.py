"""A plan with another seed is the plan that the story would have had with it."""

from dataclasses import replace

import pytest

from generation.script.catalogue import Model, Style
from generation.script.open_looks import OpenLook, Portraits
from generation.script.parse import parse_script
from generation.script.plan import RenderPlan
from generation.script.planning import plan_story
from generation.script.reseed import reseed

MODEL = Model("toon", "Toon", "nowhere", "sd15", 128, 128, 8, 5.0)
STYLE = Style("plain", "Plain", "{scene}", "")
BUTTONS = OpenLook("buttons", f"with {{{'|'.join(map(str, range(99)))}}} buttons")
BY_LOT = replace(MODEL, portraits=Portraits("bowing", looks=(BUTTONS,)))
STORY = """[Tom] a baker
[Lisa] his sister
[Zoë] a cat

[Tom] and [Lisa] argue
[Tom] leaves with [Zoë]
[Lisa] cries #Tom!
[NC] rain
"""


def planned(model: Model, seed: int) -> RenderPlan:
    return plan_story(parse_script(STORY), model, STYLE, title="Rain", seed=seed)


@pytest.mark.parametrize("model", [MODEL, BY_LOT])
def test_a_plan_with_another_seed_is_the_one_the_story_would_have_had(model: Model) -> None:
    first, second = planned(model, 1), planned(model, 2)
    assert any(panel.number is None for panel in first.panels)
    assert first != second
    assert reseed(first, 2, model, STYLE) == second


def test_a_plan_of_an_earlier_version_keeps_the_words_of_its_sheets() -> None:
    first = planned(MODEL, 1)
    old = replace(first, panels=tuple(replace(one, portrait=False) for one in first.panels))
    later = reseed(old, 2, BY_LOT, STYLE)
    assert [one.prompt for one in later.panels] == [one.prompt for one in first.panels]
    assert [one.seed for one in later.panels] == [one.seed for one in planned(MODEL, 2).panels]


def test_where_lots_have_changed_since_the_new_ones_count() -> None:
    assert reseed(planned(MODEL, 1), 2, BY_LOT, STYLE) == planned(BY_LOT, 2)
