"""The written stories: enough of every kind, clear, and never telling everything."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from generation.script.prompts import looks_like
from generation.toon.evaluation.held_out import HELD_OUT, is_held_out
from generation.toon.evaluation.story import Story, read_stories, spread
from generation.toon.world.sampler import random_look


@pytest.fixture(scope="module")
def stories() -> tuple[Story, ...]:
    return read_stories()


def test_there_are_120_of_3_to_10_panels(stories: tuple[Story, ...]) -> None:
    assert len(stories) == 120
    assert {len(story.panels) for story in stories} <= set(range(3, 11))
    assert max(len(story.panels) for story in stories) == 10
    assert len({str(story.script) for story in stories}) == 120


def test_every_kind_of_story_is_there(stories: tuple[Story, ...]) -> None:
    people = Counter(len(panel.figures) for story in stories for panel in story.panels)
    assert people[0] >= 15  # [NC]
    assert people[2] >= 35
    assert people[3] >= 4
    kinds = {kind for story in stories for look in story.looks.values() for kind in look.kinds}
    assert kinds == {"man", "woman", "boy", "girl", "cat", "dog", "rabbit", "robot"}
    assert sum(len(story.looks) == 1 for story in stories) >= 60


def test_rule_and_parser_agree_on_who_is_in_a_panel(stories: tuple[Story, ...]) -> None:
    for story in stories:
        assert [panel.figures for panel in story.panels] == [
            panel.names for panel in story.script.panels
        ]


def test_every_panel_says_where_and_what(stories: tuple[Story, ...]) -> None:
    for story in stories:
        for panel in story.panels:
            assert "place" in panel.panel, (story.name, panel)
            assert all(panel.deeds[name] for name in panel.figures), (story.name, panel)


def test_every_character_leaves_something_unsaid(stories: tuple[Story, ...]) -> None:
    for story in stories:
        for name in story.looks:
            assert len(story.unsaid(name)) >= 2, (story.name, name)
            assert looks_like(story.script.characters[0].description)


def test_what_is_unsaid_is_seen_on_every_kind_that_is_left_open(
    stories: tuple[Story, ...],
) -> None:
    by_name = {story.name: story for story in stories}
    (pet,) = by_name["animals-17"].looks
    assert set(by_name["animals-17"].unsaid(pet)) == {"kind", "fur", "glasses", "hat"}
    assert "shirt" in by_name["animals-04"].unsaid("Bolt")
    assert "hair" not in by_name["animals-04"].unsaid("Bolt")


def test_two_in_a_panel_can_be_told_apart_in_most_stories(stories: tuple[Story, ...]) -> None:
    apart = total = 0
    for story in stories:
        for panel in story.panels:
            if len(panel.figures) != 2:
                continue
            one, other = (story.looks[name] for name in panel.figures)
            total += 1
            apart += one.kinds != other.kinds or any(
                other.fields.get(field, value) != value for field, value in one.fields.items()
            )
    assert apart / total > 0.9


def test_stories_state_the_held_out_combinations(stories: tuple[Story, ...]) -> None:
    told = [
        {"kind": story.looks[name].kinds[0], **story.looks[name].fields}
        for story in stories
        for name in story.looks
        if story.held_out(name)
    ]
    for combination in HELD_OUT:
        assert any(combination.items() <= look.items() for look in told), combination


def test_the_world_s_sampler_still_draws_what_is_held_out() -> None:
    """As `held_out` and the stories' README say; whoever changes the sampler changes them too."""
    chance = random.Random(0)
    looks = [random_look(chance) for _ in range(4000)]
    assert any(
        is_held_out({field: getattr(look, field) for field in look.visible()}) for look in looks
    )


def test_a_selection_is_spread_over_all_kinds(stories: tuple[Story, ...]) -> None:
    some = spread(stories, 30)
    assert len({story.name for story in some}) == 30
    assert len({story.name.split("-")[0] for story in some}) >= 4
    assert spread(stories, 500) == stories
