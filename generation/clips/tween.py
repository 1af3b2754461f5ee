"""What every way to set two panels in motion looks like, and what all of them promise."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from PIL import Image

FRAMES = 16  # of a transition, both ends included: what AnimateDiff's modules are trained on


@dataclass(frozen=True)
class Halfway:
    """A transition after some of its steps, as long as the next one hasn't begun: `look` gives all
    frames as they are then, of any size; `keep` what the same way goes on from, in `begun`."""

    look: Callable[[], list[Image.Image]]
    keep: Callable[[], bytes]


class Watch(Protocol):
    """Told the step that is done, how many there are, and, by ways that can say it, more."""

    def __call__(self, step: int, steps: int, halfway: Halfway | None = None, /) -> None: ...


class Stopped(Exception):
    """Whoever watches wants no more: raised by it, passed on by every way."""


@dataclass(frozen=True)
class Between:
    """Two panels of one size, what is drawn in them, and how many frames their transition has,
    both included. The same values give the same frames."""

    first: Image.Image
    last: Image.Image
    prompts: tuple[str, str] = ("", "")
    frames: int = FRAMES
    steps: int = 12
    seed: int = 0
    begun: bytes = b""  # what was kept of the same request when it was put aside

    def __post_init__(self) -> None:
        """Raises:
        ValueError: the panels differ in size, or there is no room between them.
        """
        if self.first.size != self.last.size:
            raise ValueError(f"panels of {self.first.size} and {self.last.size}")
        if self.frames < 2:
            raise ValueError(f"{self.frames} frames; two panels are two at least")


class Tweener(Protocol):
    """A way to make the frames between two panels."""

    def frames(self, request: Between, watch: Watch) -> list[Image.Image]:
        """`request.frames` pictures of the panels' size."""


def unwatched(step: int, steps: int, halfway: Halfway | None = None) -> None:
    """Nobody looks."""


def tween(tweener: Tweener, request: Between, watch: Watch = unwatched) -> list[Image.Image]:
    """The frames of a transition; the first and the last are the panels, to the pixel, so clips
    that share a panel have no seam.

    Raises:
        ValueError: the way broke its promise.
        Stopped: `watch` did.
    """
    made = tweener.frames(request, watch)
    if len(made) != request.frames or {one.size for one in made} != {request.first.size}:
        raise ValueError(f"{len(made)} frames of {sorted({one.size for one in made})}")
    return [request.first.convert("RGB"), *made[1:-1], request.last.convert("RGB")]
