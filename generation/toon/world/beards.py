"""Draws beards: what hangs below a man's mouth, and what is above it."""

from __future__ import annotations

import math

from generation.toon.world.palette import HAIR, SKIN
from generation.toon.world.pen import Pen, Point, shade
from generation.toon.world.scene import Look

MOUTH = (6.0, 27.0, 21.0, 12.0)  # skin that is left open, so that the mouth can be read


def draw_beard(pen: Pen, look: Look) -> None:
    """Draw it under the mouth that is drawn later; the pen as for a head without its turn."""
    hair = shade(HAIR[look.hair], 0.92)
    if look.beard == "full":
        pen.shape([*_jaw(), (34, 12), (27, 10), (6, 13), (-16, 10), (-26, 12)], hair)
        pen.oval(*MOUTH, SKIN[look.skin], 0)
    elif look.beard == "goatee":
        pen.shape([(-7, 35), (19, 35), (17, 48), (6, 58), (-5, 48)], hair, 2.8)


def draw_moustache(pen: Pen, look: Look) -> None:
    """Draw it over the mouth's upper edge."""
    hair = shade(HAIR[look.hair], 0.92)
    if look.beard == "moustache":
        side: list[Point] = [(6, 13), (14, 11), (23, 14), (33, 9), (31, 18), (20, 23), (6, 19)]
        pen.shape([*side, *((12 - x, y) for x, y in reversed(side[1:-1]))], hair, 2.6)


def _jaw() -> list[Point]:
    """The lower edge of the head, from the left ear round the chin to the right one."""
    angles = [math.radians(180 - i * 15) for i in range(13)]
    return [(44 * math.cos(a), 6 + 46 * math.sin(a)) for a in angles]
