"""A comic that is drawn, planned as a film: which of its panels, and how it is made."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from generation.script.errors import PlanError
from generation.script.motions import Mover
from generation.script.plan import ClipPlan, RenderPlan

FRAMES = 16  # of a transition, both panels included: what motion modules are trained on
MOST_PANELS = 25  # of a clip: a film of two minutes, whose frames still fit into memory

_NUMBER = re.compile(r"[0-9]{1,3}")


@dataclass(frozen=True, slots=True)
class Wish:
    """Panels from `first` to `last`, both by number; `burnt_in`: with their words."""

    first: int
    last: int
    fps: int
    burnt_in: bool


def plan_clip(
    plan: RenderPlan, pictures: Mapping[int, str], wish: Wish, mover: Mover, limit: int
) -> RenderPlan:
    """A film of some panels of a comic. `pictures` are the keys of what its panels show, by number;
    `limit` are the bytes it may have.

    Raises:
        PlanError: there are not two panels, too many, or one that has no picture.
    """
    shown = [
        panel for panel in plan.panels if panel.number and wish.first <= panel.number <= wish.last
    ]
    if not 2 <= len(shown) <= MOST_PANELS:
        raise PlanError(f"a clip has 2 to {MOST_PANELS} panels, not {len(shown)}")
    missing = [str(panel.number) for panel in shown if panel.number not in pictures]
    if missing:
        raise PlanError(f"the pictures of these panels are gone: {', '.join(missing)}")
    clip = ClipPlan(
        pictures=tuple(pictures[panel.number or 0] for panel in shown),
        motion=mover.name,
        steps=mover.steps,
        frames=FRAMES,
        fps=wish.fps,
        burnt_in=wish.burnt_in,
        limit=limit,
    )
    alone = (replace(panel, references=(), subjects=(), start="", strength=1.0) for panel in shown)
    return replace(
        plan, panels=tuple(alone), notes=(), strange=(), masks=False, ahead=False, clip=clip
    )


def default_wish(count: int, fps: int) -> Wish:
    """The whole story of so many panels, or as much of its beginning as a clip takes."""
    return Wish(1, min(count, MOST_PANELS), fps, burnt_in=True)


def read_range(text: str, count: int) -> tuple[int, int] | None:
    """The first and the last panel of a text like "2-5" or "2 to 5"; "3" is that panel and the next
    one. None where these are no two panels of so many, or more than a clip takes."""
    numbers = [int(one) for one in _NUMBER.findall(text)]
    if len(numbers) == 1:
        numbers.append(numbers[0] + 1)
    if len(numbers) != 2:
        return None
    first, last = sorted(numbers)
    if 1 <= first < last <= count and last - first < MOST_PANELS:
        return first, last
    return None
