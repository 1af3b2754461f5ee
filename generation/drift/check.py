"""Find panels that have drifted from their characters' sheets, and draw them once more."""

import itertools
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from PIL import Image

from generation.consistency.sampling import counter_seed
from generation.diffusion.lockstep import LockStep
from generation.diffusion.memory import Developing
from generation.drift.eyes import Eye, Glimpse
from generation.script.plan import RenderPlan
from generation.script.redo import redo_panels, sheet_of

SEEDS = 1 << 32
# A story of which more panels drift has another problem than a bad seed, and its members wait.
MOST_REDRAWN = 3

# A run of that plan, with the same pictures at hand. Its hidden panels are at these places of the
# story's stack, where they have been drawn.
Redraw = Callable[[RenderPlan, Sequence[int]], LockStep]


@dataclass(frozen=True)
class Judged:
    """The picture of a panel that is kept, and its seed where that is another than the plan's."""

    picture: Image.Image
    seed: int | None = None


@dataclass(frozen=True)
class Score:
    """How like its sheet the least like character of a panel is."""

    likeness: float
    name: str


class DriftCheck:
    """Judges the pictures of a run. `notes` say what it found, `seconds` what drawing again took,
    by phase.

        again = check.begin(pictures)
        if again is not None:
            with again:
                ...  # until it is done
                judged = check.choose(pictures, again)
    """

    def __init__(self, plan: RenderPlan, eye: Eye, least: float, redraw: Redraw) -> None:
        """`least` is the likeness that is still good."""
        self._plan = plan
        self._eye = eye
        self._least = least
        self._redraw = redraw
        self._notes: list[str] = []
        self._anchors = anchors(plan)
        self._sheets: dict[str, Any] = {}
        self._drifted: dict[int, Score] = {}
        self._seeds: dict[int, int] = {}  # of the panels that are drawn again, by stack position
        self.seconds: Counter[str] = Counter()

    @property
    def notes(self) -> tuple[str, ...]:
        return tuple(self._notes)

    def begin(self, pictures: Sequence[Image.Image]) -> LockStep | None:
        """The run that draws again what has drifted most in these pictures of the whole stack; None
        where nothing has."""
        for name, at in self._anchors.items():
            self._sheets[name] = self._eye.see(glimpse(self._plan, at, name, pictures[at]))
        for at, panel in enumerate(self._plan.panels):
            score = None if panel.number is None else self._score(at, pictures[at])
            if score is not None and score.likeness < self._least:
                self._drifted[at] = score
        worst = sorted(self._drifted, key=lambda at: self._drifted[at].likeness)[:MOST_REDRAWN]
        self._seeds = {at: another_seed(self._plan, at) for at in sorted(worst)}
        if not worst:
            return None
        anew = [replace(self._plan.panels[at], seed=seed) for at, seed in self._seeds.items()]
        return self._redraw(redo_panels(self._plan, anew), sheet_of(self._plan, anew))

    def choose(self, pictures: Sequence[Image.Image], again: LockStep) -> list[Judged]:
        """These pictures, or better ones that were drawn `again`."""
        developing = Developing(again)
        first = len(again.plan.panels) - len(self._seeds)
        drawn = {
            at: Judged(developing.picture(first + i), seed)
            for i, (at, seed) in enumerate(self._seeds.items())
        }
        self.seconds.update(again.seconds)
        judged = [Judged(picture) for picture in pictures]
        for at in self._drifted:
            judged[at] = self._better(at, judged[at], drawn.get(at))
        return judged

    def _better(self, at: int, before: Judged, again: Judged | None) -> Judged:
        """Of the picture of a panel that had drifted and of what was drawn in its place."""
        first, number = self._drifted[at], self._plan.panels[at].number
        drifted = f"Panel {number}: {first.name} had drifted ({_told(first)} of 1)"
        if again is None:
            self._notes.append(f"{drifted}; it was left, since others had drifted more.")
            return before
        second = self._score(at, again.picture)
        if second is None or second.likeness <= first.likeness:
            self._notes.append(f"{drifted}; another seed was no better.")
            return before
        self._notes.append(f"{drifted}; it was drawn with another seed ({_told(second)}).")
        return again

    def _score(self, position: int, picture: Image.Image) -> Score | None:
        """None where nobody in it can be compared."""
        found = []
        for name in self._plan.panels[position].characters:
            if self._anchors.get(name, position) != position:
                here = self._eye.see(glimpse(self._plan, position, name, picture))
                likeness = self._eye.likeness(self._sheets[name], here)
                if likeness is not None:
                    found.append(Score(likeness, name))
        return min(found, key=lambda score: score.likeness, default=None)


def another_seed(plan: RenderPlan, position: int) -> int:
    """For a panel to be drawn once more: none that the story has."""
    used = {plan.seed, *(panel.seed for panel in plan.panels)}
    own = plan.panels[position].seed
    tries = (counter_seed("drift", own, number) % SEEDS for number in itertools.count())
    return next(seed for seed in tries if seed not in used)


def anchors(plan: RenderPlan) -> Mapping[str, int]:
    """For each character the stack position that shows how it looks: its first hidden sheet, or
    else the first panel that shows it alone. Those that have neither aren't compared."""
    alone = [
        (panel.number is not None, at, panel.characters[0])
        for at, panel in enumerate(plan.panels)
        if len(panel.characters) == 1
    ]
    found: dict[str, int] = {}
    for _, at, name in sorted(alone):  # hidden ones first
        found.setdefault(name, at)
    return found


def glimpse(plan: RenderPlan, position: int, name: str, picture: Image.Image) -> Glimpse:
    """A character in a panel, where the plan expects it."""
    panel = plan.panels[position]
    strips = {subject.name: subject.strip for subject in panel.subjects}
    if len(panel.characters) == 1 or name not in strips:
        return Glimpse(picture)
    in_order = sorted(strips, key=lambda one: strips[one])
    left, right = strips[name]
    return Glimpse(picture, in_order.index(name), len(panel.characters), left, right)


def _told(score: Score) -> str:
    return f"{score.likeness:.2f}"
