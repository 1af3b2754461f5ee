"""The sliding window over long stories."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from generation.script.errors import PlanError
from generation.script.graph import batches
from generation.script.plan import RenderPlan
from generation.script.window import windowed


def test_blocks_look_at_each_other_and_back_over_the_window(
    plan_of: Callable[..., RenderPlan],
) -> None:
    plan = windowed(plan_of([()] * 10), 2)
    assert plan.panels[1].references == (0, 2, 3)
    assert plan.panels[5].references == (2, 3, 4, 6, 7)
    assert plan.panels[9].references == (6, 7, 8)
    assert batches(plan) == ((0, 1, 2, 3), (4, 5, 6, 7), (8, 9))


def test_only_panels_with_someone_in_common_look_at_each_other(
    plan_of: Callable[..., RenderPlan],
) -> None:
    plan = plan_of([()] * 4)
    cast = [("Tom",), ("Lisa",), (), ("Lisa", "Tom")]
    panels = [replace(one, characters=names) for one, names in zip(plan.panels, cast, strict=True)]
    plan = windowed(replace(plan, panels=(*panels, replace(panels[0], number=None))), 8)
    assert [panel.references for panel in plan.panels] == [(3,), (3,), (), (0, 1)]


def test_a_window_never_reaches_forward(plan_of: Callable[..., RenderPlan]) -> None:
    with pytest.raises(PlanError, match="0 panels or more"):
        windowed(plan_of([()]), -1)
