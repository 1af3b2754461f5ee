"""Drafts of a plan: the same pictures with fewer steps, and its beginning from several seeds."""

from collections.abc import Collection, Sequence
from dataclasses import replace

from generation.script.catalogue import Model, Style
from generation.script.plan import PlannedPanel, RenderPlan
from generation.script.redo import looked_at
from generation.script.reseed import reseed

SHOWN = 4  # panels of a variation: enough to choose by, and four of them fit a phone's screen


def draft(plan: RenderPlan, steps: int) -> RenderPlan:
    """The plan in that many steps, if they are fewer: the same pictures, less finished."""
    return replace(plan, steps=min(plan.steps, steps))


def variants(
    plan: RenderPlan,
    seeds: Sequence[int],
    model: Model,
    style: Style,
    keep: Collection[str] = (),
) -> RenderPlan:
    """The first panels of the story once for each seed, as `reseed` would draw them, with what they
    look at. Panels are numbered through; hidden ones stay hidden, and so do later ones."""
    shown = [at for at, one in enumerate(plan.panels) if one.number and one.number <= SHOWN]
    seen = looked_at(plan, tuple(to for at in shown for to in plan.panels[at].references))
    stack = [*shown, *sorted(seen - set(shown))]
    panels: list[PlannedPanel] = []
    for part, seed in enumerate(seeds):
        place = {at: part * len(stack) + index for index, at in enumerate(stack)}
        other = reseed(plan, seed, model, style, keep)
        panels += [
            replace(
                other.panels[at],
                number=part * len(shown) + index + 1 if index < len(shown) else None,
                references=tuple(place[to] for to in other.panels[at].references),
            )
            for index, at in enumerate(stack)
        ]
    return replace(plan, panels=tuple(panels), variants=tuple(seeds))
