"""Long stories by a sliding window: each panel looks at its neighbours, as in the paper.

Zhou et al., arXiv 2405.01434, section 3.1, share tokens among all panels of a batch and slide a
window over stories that are longer. Here the story falls into blocks that look at each other, each
of which also looks back over the panels just before it. So nothing is kept for longer than a
window, and memory doesn't grow with the story.
"""

from dataclasses import replace

from generation.script.errors import PlanError
from generation.script.graph import GROUP_LIMIT
from generation.script.plan import RenderPlan


def windowed(plan: RenderPlan, reach: int) -> RenderPlan:
    """The plan of the same story in which panels look at their block and at `reach` panels before
    it, as far as these show one of the same characters. Hidden sheet panels are left out: with
    neighbours to look at, nobody needs them.

    Raises:
        PlanError: the reach is negative.
    """
    if reach < 0:
        raise PlanError(f"a window reaches back over 0 panels or more, not {reach}")
    story = [panel for panel in plan.panels if panel.number is not None]

    def seen(at: int) -> tuple[int, ...]:
        first = at - at % GROUP_LIMIT
        near = range(max(0, first - reach), min(first + GROUP_LIMIT, len(story)))
        mine = set(story[at].characters)
        return tuple(to for to in near if to != at and mine & set(story[to].characters))

    panels = tuple(replace(panel, references=seen(at)) for at, panel in enumerate(story))
    note = f"Panels look at their neighbours, up to {reach} before their block of {GROUP_LIMIT}."
    return replace(plan, panels=panels, notes=(note,))
