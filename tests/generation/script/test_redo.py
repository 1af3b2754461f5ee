"""Drawing one panel again: what is in the stack, and who looks at whom."""

from dataclasses import replace

import pytest

from generation.script.plan import PlannedPanel, RenderPlan
from generation.script.redo import redo_panel


def plan(*references: tuple[int, ...]) -> RenderPlan:
    """Panels 1, 2, ... of a story; the last of the stack is a hidden sheet."""
    panels = tuple(
        PlannedPanel(
            prompt=f"scene {place}",
            negative_prompt="",
            seed=place,
            references=seen,
            characters=("Tom",),
            number=place + 1 if place < len(references) - 1 else None,
            lettering=(),
            alt_text="",
        )
        for place, seen in enumerate(references)
    )
    return RenderPlan("T", "tiny", "comic", 64, 64, 4, 3.0, 7, 0.5, 0.0, 4, panels)


def test_a_panel_that_looks_at_nobody_is_drawn_alone() -> None:
    redone = redo_panel(plan((2,), (), (0,)), 2, seed=99)
    assert [(one.number, one.seed, one.references) for one in redone.panels] == [(2, 99, ())]


def test_a_later_panel_brings_the_sheet_that_it_looked_at() -> None:
    story = plan((2,), (0, 2), (0,))
    redone = redo_panel(story, 2, 99, replace(story.panels[1], prompt="in the park"))
    assert [(one.number, one.seed) for one in redone.panels] == [(None, 0), (None, 2), (2, 99)]
    assert [one.references for one in redone.panels] == [(1,), (0,), (0, 1)]
    assert [one.prompt for one in redone.panels] == ["scene 0", "scene 2", "in the park"]


def test_an_identity_panel_stays_in_its_own_sheet() -> None:
    redone = redo_panel(plan((2,), (0, 2), (0,)), 1, seed=99)
    assert [(one.number, one.seed) for one in redone.panels] == [(None, 0), (None, 2), (1, 99)]
    assert [one.references for one in redone.panels] == [(1,), (0,), (1,)]


def test_a_number_that_is_not_there_is_an_error() -> None:
    with pytest.raises(LookupError, match="no panel 9"):
        redo_panel(plan((1,), (0,)), 9, seed=1)
