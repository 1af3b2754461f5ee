"""Plans of the benchmark's modes, made from the product's own plan of a story."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from generation.script.plan import PlannedPanel, RenderPlan


def alone(plan: RenderPlan, shared_noise: float = 0.0) -> RenderPlan:
    """Nobody looks at anybody, and there are no sheets."""
    panels = tuple(
        replace(panel, references=()) for panel in plan.panels if panel.number is not None
    )
    return replace(plan, panels=panels, shared_noise=shared_noise)


def with_fewer(plan: RenderPlan, identity: int) -> RenderPlan:
    """Each panel looks at no more than the first `identity` identity panels of a character.

    Sheets that nobody looks at any more are left out.
    """
    order = {
        name: [at for at in sorted(_looked_at(plan)) if name in plan.panels[at].characters]
        for panel in plan.panels
        for name in panel.characters
    }
    kept = {at for places in order.values() for at in places[:identity]}
    panels = [
        replace(panel, references=tuple(to for to in panel.references if to in kept))
        for panel in plan.panels
    ]
    staying = [at for at, panel in enumerate(panels) if panel.number is not None or at in kept]
    return replace(plan, panels=_restacked(panels, staying))


def with_strangers(plan: RenderPlan, strangers: RenderPlan) -> RenderPlan:
    """The wrong bank: panels look at identity panels of other people with the same description.

    `strangers` is the plan of the same story with another seed. Its identity panels come after the
    story's, hidden, and look at each other; the story's panels look at those only.
    """
    identity = sorted(_looked_at(plan))
    story = [panel for panel in plan.panels if panel.number is not None]
    place = {at: len(story) + number for number, at in enumerate(identity)}
    own = [
        replace(
            panel,
            references=tuple(
                place[to] for to in (*panel.references, *((at,) if at in place else ()))
            ),
        )
        for at, panel in enumerate(story)
    ]
    others = [
        replace(
            strangers.panels[at],
            number=None,
            lettering=(),
            references=tuple(place[to] for to in strangers.panels[at].references),
        )
        for at in identity
    ]
    return replace(plan, panels=(*own, *others))


def _looked_at(plan: RenderPlan) -> set[int]:
    return {to for panel in plan.panels for to in panel.references}


def _restacked(panels: Sequence[PlannedPanel], staying: Sequence[int]) -> tuple[PlannedPanel, ...]:
    place = {at: new for new, at in enumerate(staying)}
    return tuple(
        replace(panels[at], references=tuple(place[to] for to in panels[at].references))
        for at in staying
    )
