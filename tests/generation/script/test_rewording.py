"""Other words for a story that is drawn already."""

from dataclasses import replace

import pytest

from generation.script.catalogue import Model, Style
from generation.script.errors import PlanError, ScriptErrors
from generation.script.parse import parse_script
from generation.script.plan import RenderPlan
from generation.script.planning import plan_story
from generation.script.redo import redo_panel
from generation.script.rewording import redescribe, reletter, written
from generation.script.story import Lettering

STORY = """[Tom] a man with glasses
[Lisa] a woman with short hair

[Tom] in the office #Tom: Tabs!
[Lisa] at the window
[Tom] sleeps #Later...
[Lisa] laughs
"""
MODEL = Model("toon", "Toon", "nowhere", "sd15", 64, 64, 4, 3.0)
STYLE = Style("comic", "Comic book", "comic of {scene}, ink", "photo")


@pytest.fixture
def plan() -> RenderPlan:
    return plan_story(parse_script(STORY), MODEL, STYLE, title="Tabs", seed=7)


def test_new_captions_change_lettering_alt_text_and_script_and_nothing_to_draw(
    plan: RenderPlan,
) -> None:
    other = reletter(plan, {1: "Lisa: Spaces! | No...", 3: ""})
    assert other.panels[0].lettering == (Lettering("Spaces!", "Lisa"), Lettering("No..."))
    assert "Lisa says" in other.panels[0].alt_text
    assert other.panels[2].lettering == ()
    assert other.script.splitlines()[3:6] == [
        "[Tom] in the office #Lisa: Spaces! | No...",
        "[Lisa] at the window",
        "[Tom] sleeps",
    ]
    drawn = [(one.prompt, one.seed, one.references) for one in plan.panels]
    assert [(one.prompt, one.seed, one.references) for one in other.panels] == drawn


def test_no_captions_change_nothing(plan: RenderPlan) -> None:
    captions = {number: one.caption for number, one in enumerate(written(plan).panels, 1)}
    assert reletter(plan, captions) == plan


def test_a_panel_described_anew_is_as_if_it_had_been_planned_so(plan: RenderPlan) -> None:
    other = redescribe(plan, 3, "[Tom] in a boat", STYLE)
    anew = parse_script(STORY.replace("[Tom] sleeps", "[Tom] in a boat"))
    assert other == plan_story(anew, MODEL, STYLE, title="Tabs", seed=7)


def test_somebody_new_in_a_panel_looks_as_where_they_are_alone(plan: RenderPlan) -> None:
    other = redescribe(plan, 3, "[Tom] and [Lisa] in a boat", STYLE)
    assert other.panels[2].characters == ("Tom", "Lisa")
    assert other.panels[2].references == (0, 1, 3)
    redone = redo_panel(plan, 3, 99, other.panels[2])
    assert [one.number for one in redone.panels][-1] == 3
    assert {one.number for one in redone.panels[:-1]} == {None}
    assert redone.panels[-1].prompt == other.panels[2].prompt


def test_nobody_in_a_panel_looks_at_nobody(plan: RenderPlan) -> None:
    other = redescribe(plan, 3, "[NC] rain", STYLE)
    assert other.panels[2].references == ()
    assert "people" in other.panels[2].negative_prompt


def test_mistakes_are_told_as_in_any_line(plan: RenderPlan) -> None:
    with pytest.raises(ScriptErrors, match="Tim"):
        redescribe(plan, 3, "[Tim] in a boat", STYLE)
    with pytest.raises(ScriptErrors):
        reletter(plan, {1: "a" * 1001})


def test_a_plan_without_its_story_says_so(plan: RenderPlan) -> None:
    with pytest.raises(PlanError, match="older version"):
        reletter(replace(plan, script=""), {1: "x"})
