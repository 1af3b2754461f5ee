"""`inkthread evaluate --masks`: what each use of the subject masks does, beside none of them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

from generation.consistency.separation import WHOLE, Separation
from generation.goals import Goal
from generation.script.plan import RenderPlan
from generation.toon.evaluation.benchmark import Mode
from generation.toon.evaluation.measure import BACKGROUND, KAPPA
from generation.toon.evaluation.mixing import MIXED
from generation.toon.evaluation.report import Line
from generation.toon.evaluation.story import Story

COMPARED = PLAIN, NONE, ALL = "plain", "no masks", "all"  # by the goals
HALF = 0.5  # of the looks swapped, blended or leaked without masks, at most
KAPPA_LOST = 0.02  # at most


def _for_itself(own: RenderPlan, _: RenderPlan) -> RenderPlan:
    """The sheets are drawn too: their places are what the others might copy."""
    panels = tuple(replace(panel, references=()) for panel in own.panels)
    return replace(own, panels=panels, shared_noise=0.0)


def _unmasked(own: RenderPlan, _: RenderPlan) -> RenderPlan:
    return replace(own, masks=False)


def _masked(own: RenderPlan, _: RenderPlan) -> RenderPlan:
    return replace(own, masks=True)


def _mode(name: str, about: str, separation: Separation) -> Mode:
    return Mode(name, about, _masked, separation=separation)


SEPARATED: dict[str, Mode] = {
    mode.name: mode
    for mode in (
        Mode(PLAIN, "every panel for itself, sheets too", _for_itself),
        Mode(NONE, "ours without subject masks", _unmasked),
        _mode("bank", "only subjects are shown", Separation(True, False, False)),
        _mode("queries", "each looks at its own", Separation(False, True, False)),
        _mode("within", "apart within the panel", Separation(False, False, True)),
        _mode(ALL, "all three", WHOLE),
    )
}


def with_two(stories: Sequence[Story]) -> tuple[Story, ...]:
    """Those with a panel of two characters, which alone can be mixed up."""
    return tuple(
        story for story in stories if any(len(panel.figures) == 2 for panel in story.panels)
    )


def goals(lines: Sequence[Line]) -> list[Goal]:
    """What masks have to do, and whether they did."""
    by_name = {line.mode: line for line in lines}
    none, all_three, plain = (_values(by_name[name]) for name in (NONE, ALL, PLAIN))
    return [
        Goal("looks mixed up, of those without masks", _ratio(all_three, none, MIXED), HALF),
        Goal("kappa lost to masks", none[KAPPA] - all_three[KAPPA], KAPPA_LOST),
        Goal("places copied beyond plain's", all_three[BACKGROUND] - plain[BACKGROUND], 0.0),
    ]


def _values(line: Line) -> Mapping[str, float]:
    names = (MIXED, KAPPA, BACKGROUND)
    return {name: line.figures[name].value if name in line.figures else math.nan for name in names}


def _ratio(one: Mapping[str, float], other: Mapping[str, float], name: str) -> float:
    """Of faults; none of none is none."""
    if other[name] == 0:
        return 0.0 if one[name] == 0 else math.inf
    return one[name] / other[name]
