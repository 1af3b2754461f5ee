"""Drawing panels again, the others left as they are.

A new picture looks at what the old one looked at. Those panels are drawn once more as hidden
ones, with their own prompts and seeds: the stored sheet. A panel that others look at is part of
that sheet itself, so its old self is drawn too, hidden, and whoever looked at it still would.
"""

from collections.abc import Sequence
from dataclasses import replace

from generation.script.plan import PlannedPanel, RenderPlan


def redo_panel(
    plan: RenderPlan,
    number: int,
    seed: int,
    changed: PlannedPanel | None = None,
) -> RenderPlan:
    """The plan that draws story panel `number` anew from `seed`, as planned or as `changed`, whose
    references are positions in `plan`.

    Its stack is the sheet in the old order, hidden, and the new panel last: the one that is shown.

    Raises:
        LookupError: the story has no panel of that number.
    """
    new = changed or plan.panels[position_of(plan, number)]
    return redo_panels(plan, [replace(new, number=number, seed=seed)])


def redo_panels(plan: RenderPlan, anew: Sequence[PlannedPanel]) -> RenderPlan:
    """The plan that draws these story panels anew, whose references are positions in `plan`: its
    stack is their sheet, hidden, then they."""
    sheet = sheet_of(plan, anew)
    place = {position: at for at, position in enumerate(sheet)}

    def moved(panel: PlannedPanel) -> PlannedPanel:
        return replace(panel, references=tuple(place[seen] for seen in panel.references))

    hidden = (moved(replace(plan.panels[position], number=None)) for position in sheet)
    return replace(plan, panels=(*hidden, *(moved(panel) for panel in anew)))


def sheet_of(plan: RenderPlan, anew: Sequence[PlannedPanel]) -> tuple[int, ...]:
    """Where the hidden panels of the plan that draws `anew` are in `plan`, in their order."""
    references = tuple(seen for panel in anew for seen in panel.references)
    return tuple(sorted(looked_at(plan, references)))


def draw_on(plan: RenderPlan, start: str, strength: float) -> RenderPlan:
    """The plan of a panel drawn again, from the picture under the key `start`, of whose drawing a
    share of `strength` is done anew (see `PlannedPanel`)."""
    *sheet, shown = plan.panels
    return replace(plan, panels=(*sheet, replace(shown, start=start, strength=strength)))


def position_of(plan: RenderPlan, number: int) -> int:
    """Where story panel `number` is in the stack.

    Raises:
        LookupError: the story has no panel of that number.
    """
    for position, panel in enumerate(plan.panels):
        if panel.number == number:
            return position
    raise LookupError(f"the story has no panel {number}")


def looked_at(plan: RenderPlan, references: tuple[int, ...]) -> set[int]:
    """All that these panels and those they look at, and so on, look at."""
    seen: set[int] = set()
    waiting = list(references)
    while waiting:
        position = waiting.pop()
        if position not in seen:
            seen.add(position)
            waiting += plan.panels[position].references
    return seen
