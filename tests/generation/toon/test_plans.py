"""Plans of the benchmark's modes: graphs that can be drawn, and who looks at whom."""

from __future__ import annotations

import pytest

from generation.script.catalogue import Model, Style
from generation.script.graph import batches
from generation.script.plan import RenderPlan
from generation.script.planning import plan_story
from generation.toon.evaluation.plans import alone, with_fewer, with_strangers
from generation.toon.evaluation.story import Story, read_stories

ENTRY = Model("toon", "Toon", "nowhere", "sd15", 128, 128, 8, 3.0, shared_noise=0.5)
STYLE = Style("comic", "Comic", "comic, {scene}", "")
STORIES = read_stories()


def plan_of(story: Story, seed: int = 1, wanted: int = 2) -> RenderPlan:
    return plan_story(
        story.script, ENTRY, STYLE, title=story.name, seed=seed, identity_wanted=wanted
    )


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name)
def test_every_story_can_be_drawn_in_every_mode(story: Story) -> None:
    own, other = plan_of(story), plan_of(story, 2)
    for plan in (own, alone(own), with_strangers(own, other), with_fewer(plan_of(story, 1, 4), 1)):
        batches(plan)  # raises where somebody looks at nobody's panel, or too many at each other
        shown = [panel for panel in plan.panels if panel.number is not None]
        assert [panel.number for panel in shown] == list(range(1, len(story.panels) + 1))
        assert plan.panels[: len(shown)] == tuple(shown)


def test_alone_nobody_looks_and_noise_is_as_said() -> None:
    plan = alone(plan_of(STORIES[0]))
    assert not any(panel.references for panel in plan.panels)
    assert all(panel.number for panel in plan.panels)
    assert plan.shared_noise == 0.0
    assert alone(plan, 1.0).shared_noise == 1.0


@pytest.mark.parametrize("identity", [1, 2, 3, 4])
def test_no_panel_looks_at_more_identity_panels_than_said(identity: int) -> None:
    for story in STORIES:
        plan = with_fewer(plan_of(story, wanted=4), identity)
        for name in story.looks:
            looked_at = {
                to
                for panel in plan.panels
                for to in panel.references
                if name in plan.panels[to].characters
            }
            assert len(looked_at) <= identity
        hidden = {at for at, panel in enumerate(plan.panels) if panel.number is None}
        assert hidden <= {to for panel in plan.panels for to in panel.references}


def test_all_who_look_look_at_strangers_of_the_same_words() -> None:
    for story in STORIES:
        own, other = plan_of(story), plan_of(story, 2)
        plan = with_strangers(own, other)
        count = len(story.panels)
        strangers = plan.panels[count:]
        assert {panel.seed for panel in strangers} <= {panel.seed for panel in other.panels}
        assert not {panel.seed for panel in strangers} & {panel.seed for panel in own.panels}
        for panel, before in zip(plan.panels[:count], own.panels, strict=False):
            assert panel.prompt == before.prompt
            assert all(to >= count for to in panel.references)
            assert bool(panel.references) == bool(before.references)
            for to in panel.references:
                assert set(plan.panels[to].characters) <= set(panel.characters)
