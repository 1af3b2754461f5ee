"""Find panels that have drifted from their characters' sheets, and draw each once more."""

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from PIL import Image

from generation.consistency.sampling import counter_seed
from generation.diffusion.lockstep import LockStep
from generation.diffusion.memory import Developing, advance
from generation.drift.eyes import Eye, Glimpse
from generation.script.plan import RenderPlan
from generation.script.redo import redo_panel, sheet_of

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
    """Judges the pictures of one run as they are developed. `notes` say what it found."""

    def __init__(
        self,
        plan: RenderPlan,
        eye: Eye,
        least: float,
        picture: Callable[[int], Image.Image],
        redraw: Redraw,
    ) -> None:
        """`least` is the likeness that is still good, `picture` develops a stack position."""
        self._plan = plan
        self._eye = eye
        self._least = least
        self._picture = picture
        self._redraw = redraw
        self._redrawn = 0
        self._notes: list[str] = []
        self._anchors = anchors(plan)
        self._sheets: dict[str, Glimpse] = {}

    @property
    def notes(self) -> tuple[str, ...]:
        return tuple(self._notes)

    def judge(self, position: int, picture: Image.Image, stopped: Callable[[], bool]) -> Judged:
        """The picture itself, or a better one. `stopped` is asked before each step of it."""
        panel = self._plan.panels[position]
        first = self._score(position, picture)
        number = panel.number
        if first is None or first.likeness >= self._least or number is None:
            return Judged(picture)
        drifted = f"Panel {number}: {first.name} had drifted ({_told(first)} of 1)"
        if self._redrawn >= MOST_REDRAWN:
            self._notes.append(f"{drifted}, as had others before.")
            return Judged(picture)
        self._redrawn += 1
        seed = another_seed(self._plan, position)
        again = self._drawn_again(position, seed, stopped)
        second = None if again is None else self._score(position, again)
        if again is None or second is None or second.likeness <= first.likeness:
            self._notes.append(f"{drifted}; another seed was no better.")
            return Judged(picture)
        self._notes.append(f"{drifted}; it was drawn with another seed ({_told(second)}).")
        return Judged(again, seed)

    def _drawn_again(
        self, position: int, seed: int, stopped: Callable[[], bool]
    ) -> Image.Image | None:
        """None: it was stopped."""
        panel = self._plan.panels[position]
        assert panel.number is not None
        plan = redo_panel(self._plan, panel.number, seed)
        with self._redraw(plan, sheet_of(self._plan, panel)) as run:
            while not run.done:
                if stopped():
                    return None
                advance(run)
            return Developing(run).picture(len(plan.panels) - 1)

    def _score(self, position: int, picture: Image.Image) -> Score | None:
        """None where nobody in it can be compared."""
        found = []
        for name in self._plan.panels[position].characters:
            anchor = self._anchors.get(name, position)
            if anchor != position:
                here = glimpse(self._plan, position, name, picture)
                likeness = self._eye.likeness(self._sheet(name), here)
                if likeness is not None:
                    found.append(Score(likeness, name))
        return min(found, key=lambda score: score.likeness, default=None)

    def _sheet(self, name: str) -> Glimpse:
        if name not in self._sheets:
            at = self._anchors[name]
            self._sheets[name] = glimpse(self._plan, at, name, self._picture(at))
        return self._sheets[name]


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
