"""How like its sheet a character has to be, found out for a model instead of guessed.

Stories are drawn as ever. Each character is compared with its own sheet, and with the sheets of
all others: the likeness from which on a picture is good is the one that parts the two best.
"""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from PIL import Image

from generation.drift.check import anchors, glimpse
from generation.drift.eyes import Eye, Glimpse
from generation.script.plan import RenderPlan


@dataclass(frozen=True)
class Calibration:
    """`redrawn` is the share of a character's own pictures that are less like its sheet than
    `least`, `caught` that of other characters' pictures, out of so many."""

    least: float
    redrawn: float
    caught: float
    own: int
    others: int

    def __str__(self) -> str:
        return (
            f"likeness_least = {self.least:.2f}\n"
            f"{self.caught:.0%} of {self.others} pictures of somebody else are less like a sheet "
            f"than that, and {self.redrawn:.0%} of {self.own} pictures of the character itself"
        )


class Lineup:
    """Everybody that was drawn so far."""

    def __init__(self, eye: Eye) -> None:
        self._eye = eye
        self._sheets: list[Any] = []
        self.own: list[float] = []
        self.others: list[float] = []

    def add(self, plan: RenderPlan, pictures: Sequence[Image.Image]) -> None:
        """A drawn story: pictures by stack position. Its characters are others than before."""
        shown = anchors(plan)
        sheets = {
            name: self._eye.see(glimpse(plan, at, name, pictures[at])) for name, at in shown.items()
        }
        for name, picture in _seen(plan, pictures, list(shown.values())):
            here = self._eye.see(picture)
            if name in sheets:
                self._compare(sheets[name], here, self.own)
            for sheet in (*self._sheets, *(one for of, one in sheets.items() if of != name)):
                self._compare(sheet, here, self.others)
        self._sheets += sheets.values()

    def _compare(self, sheet: Any, here: Any, found: list[float]) -> None:
        likeness = self._eye.likeness(sheet, here)
        if likeness is not None:
            found.append(likeness)


def calibrate(own: Sequence[float], others: Sequence[float]) -> Calibration:
    """The least likeness with the most of `others` and the fewest of `own` below it.

    Raises:
        ValueError: one of them is empty: nothing could be compared.
    """
    if not own or not others:
        raise ValueError("no character could be compared with its own sheet and with another's")

    def below(found: Sequence[float], least: float) -> float:
        return sum(one < least for one in found) / len(found)

    # between two neighbours, so that it doesn't hang on the last digit of one of them
    known = sorted({*own, *others})
    between = [known[0], *((a + b) / 2 for a, b in itertools.pairwise(known))]
    least = max(between, key=lambda one: below(others, one) - below(own, one))
    return Calibration(least, below(own, least), below(others, least), len(own), len(others))


def _seen(
    plan: RenderPlan, pictures: Sequence[Image.Image], sheets: Sequence[int]
) -> Iterator[tuple[str, Glimpse]]:
    """Each character in each picture but those that are sheets."""
    for at, panel in enumerate(plan.panels):
        if at not in sheets:
            for name in panel.characters:
                yield name, glimpse(plan, at, name, pictures[at])
