"""A character that was drawn before looks the same in later stories."""

from dataclasses import replace

import pytest

from generation.script.casting import Sheet, drawn_again, renamed, sheets_of
from generation.script.catalogue import Model, Style
from generation.script.parse import parse_script
from generation.script.plan import PlannedPanel, RenderPlan
from generation.script.planning import plan_story
from generation.script.portrait import portrait_plan, portrait_sheet
from generation.script.reseed import reseed
from generation.script.story import Character

MODEL = Model("toon", "Toon", "nowhere", "sd15", 128, 128, 8, 5.0)
AHEAD, OTHER = replace(MODEL, ahead=True), replace(MODEL, name="other")
STYLE, NOIR = Style("plain", "Plain", "{scene}", ""), Style("noir", "Noir", "dark, {scene}", "")
FIRST = "[A] a baker\n[B] a cook\n\n[A] bakes\n[A] sleeps\n[B] cooks\n[A] and [B] eat"
LATER = "[A] a baker\n[B] a cook\n\n[B] waits\n[A] and [B] meet\nnight [NC]"


def plan(text: str, model: Model, seed: int, cast: dict[str, Sheet] | None = None) -> RenderPlan:
    script = parse_script(text)
    return plan_story(script, model, STYLE, title="", seed=seed, cast=cast or {})


def looks(drawn: RenderPlan, at: int) -> list[tuple[str, int]]:
    """What the panel at that position looks at."""
    return [(drawn.panels[to].prompt, drawn.panels[to].seed) for to in drawn.panels[at].references]


@pytest.mark.parametrize("model", [MODEL, AHEAD])
def test_a_later_story_looks_at_the_pictures_by_which_its_cast_was_known(model: Model) -> None:
    first = plan(FIRST, model, 1)
    later = plan(LATER, model, 2, sheets_of(first))
    assert sorted(looks(later, 1)) == sorted(looks(first, 3))
    assert [panel.number for panel in later.panels[3:]] == [None] * (len(later.panels) - 3)
    assert later.panels[2].references == ()
    assert all(word not in note for note in later.notes for word in ("panel 1", "hidden"))


@pytest.mark.parametrize("model", [MODEL, AHEAD])
def test_a_sheet_lasts_through_any_number_of_stories(model: Model) -> None:
    cast = first = sheets_of(plan(FIRST, model, 1))
    for seed in range(2, 5):
        cast = sheets_of(plan(LATER, model, seed, cast))
        assert cast == first
        assert all(Sheet.from_json(one.to_json()) == one for one in cast.values())


def test_panels_of_a_sheet_look_at_each_other_wherever_they_stand() -> None:
    first = plan(FIRST, MODEL, 1)
    later = plan(LATER, MODEL, 2, sheets_of(first))
    for at, panel in enumerate(later.panels):
        if panel.number is None:
            alike = [
                to for to, one in enumerate(later.panels) if one.characters == panel.characters
            ]
            alike = [to for to in alike if later.panels[to].number is None and to != at]
            assert list(panel.references) == alike


def test_who_comes_once_is_known_by_that_panel_unless_others_are_in_it() -> None:
    story = "[A] a baker\n[B] a cook\n[C] a cat\n\n[A] bakes\n[B] and [C] eat"
    first = plan(story, AHEAD, 1)
    sheets = sheets_of(first)
    assert list(sheets) == ["A"]
    assert [(one.prompt, one.seed) for one in sheets["A"].panels] == [
        (first.panels[0].prompt, first.panels[0].seed)
    ]


def test_nobody_is_known_from_a_story_without_consistency() -> None:
    script = parse_script(FIRST)
    apart = plan_story(script, AHEAD, STYLE, title="", seed=1, consistency=False)
    assert list(sheets_of(apart)) == []
    assert sheets_of(replace(apart, script="")) == {}


def test_other_looks_or_another_style_begin_from_the_same_noise() -> None:
    sheet = sheets_of(plan(FIRST, MODEL, 1))["A"]
    seeds = [panel.seed for panel in sheet.panels]
    older = Character("A", "an old baker")
    for character, style in ((older, STYLE), (Character("A", "a baker"), NOIR)):
        again = drawn_again(sheet, character, MODEL, style, 2)
        assert [panel.seed for panel in again] == seeds
        assert [panel.references for panel in again] == [(1,), (0,)]
        assert prompts(again) != prompts(sheet.panels)
    assert "an old baker" in prompts(drawn_again(sheet, older, MODEL, STYLE, 2))[0]
    assert len(drawn_again(sheet, older, OTHER, STYLE, 1)) == 1


def prompts(panels: tuple[PlannedPanel, ...]) -> list[str]:
    return [panel.prompt for panel in panels]


def test_a_new_name_is_a_new_name_and_the_same_looks() -> None:
    sheet = renamed(sheets_of(plan(FIRST, AHEAD, 1))["A"], "Z")
    story = "[Z] a baker\n\n[Z] bakes"
    assert [one.characters for one in sheet.panels] == [("Z",)]
    assert looks(plan(story, AHEAD, 9, {"Z": sheet}), 0) == looks(plan(FIRST, AHEAD, 1), 0)


def test_a_character_looks_in_stories_as_in_its_portrait_and_the_other_way_round() -> None:
    baker = Character("A", "a baker")
    portrait = portrait_plan(baker, AHEAD, STYLE, 5)
    story = plan(
        "[A] a baker\n\n[A] bakes", AHEAD, 1, {"A": portrait_sheet(baker, AHEAD, STYLE, 5)}
    )
    shown = (portrait.panels[0].prompt, portrait.panels[0].seed)
    assert looks(story, 0) == [shown]
    drawn = portrait_plan(baker, AHEAD, STYLE, 6, sheets_of(story)["A"])
    assert (drawn.panels[0].prompt, drawn.panels[0].seed) == shown


def test_another_seed_leaves_those_alone_who_are_to_keep_their_looks() -> None:
    first = plan(FIRST, AHEAD, 1)
    other = reseed(first, 2, AHEAD, STYLE, ["A"])
    sheets = [at for at, panel in enumerate(first.panels) if panel.number is None]
    kept = [first.panels[at] == other.panels[at] for at in sheets]
    assert kept == [True, False]
    assert all(a.seed != b.seed for a, b in zip(first.panels[:4], other.panels[:4], strict=True))
