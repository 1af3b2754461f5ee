"""A story of two characters for tests of subject masks."""

from collections.abc import Callable
from dataclasses import replace

from generation.script.plan import RenderPlan, Subject

Planner = Callable[..., RenderPlan]
WORDS = {"Tom": "a cat", "Lisa": "the dog"}
CAST = [("Tom",), ("Tom",), ("Lisa",), ("Tom", "Lisa"), ("Lisa", "Tom"), (), ("Tom", "Lisa")]
GRAPH = [(1,), (0,), (), (0, 1, 2), (2, 3), (0,), ()]


def cast_plan(plan_of: Planner, **changes: object) -> RenderPlan:
    """Two of Tom, one of Lisa, both twice, once looking at a panel of both, one that shows nobody
    and looks at Tom, and both once more, looking at nobody."""
    plan = plan_of(GRAPH, **{"steps": 4, "masks": True, **changes})
    panels = []
    for panel, names in zip(plan.panels, CAST, strict=True):
        strips = [(at / len(names), (at + 1) / len(names)) for at in range(len(names))]
        panels.append(
            replace(
                panel,
                prompt=" and ".join([WORDS[name] for name in names] + [f"scene {panel.number}"]),
                characters=names,
                subjects=tuple(
                    Subject(name, WORDS[name], strip)
                    for name, strip in zip(names, strips, strict=True)
                ),
            )
        )
    return replace(plan, panels=tuple(panels))
