"""Draws what is on a person's shirt: stripes, dots, checks."""

from __future__ import annotations

from generation.toon.world.pen import Colour, Pen, along
from generation.toon.world.scene import Look

LIGHT: Colour = (252, 248, 238)
DEEP: Colour = (74, 72, 132)  # on shirts too light for LIGHT
SHOULDER, HEM = 10.0, 62.0  # units below the neck, between which a torso's sides are straight
BAND = 8.0  # units; narrower ones are a blur at 128 pixels
DOT = 4.6


def draw_pattern(pen: Pen, look: Look, top: float, low: float) -> None:
    """Draw it on a torso that is half `top` wide at its shoulders and half `low` at its hem."""
    colour = DEEP if look.shirt in ("white", "yellow", "orange") else LIGHT
    if look.pattern == "stripes":
        for y in (14.0, 30.0, 46.0):
            _band(pen, y, top, low, colour)
    elif look.pattern == "dots":
        for y, xs in ((15.0, (-12.0, 6.0)), (30.0, (-20.0, -3.0, 14.0)), (45.0, (-12.0, 6.0))):
            for x in xs:
                pen.oval(x * low / 25 + 1, y, DOT, DOT, colour, 0)
    elif look.pattern == "checks":
        _checks(pen, top, low, colour)


def _band(pen: Pen, y: float, top: float, low: float, colour: Colour) -> None:
    upper, lower = _half(y, top, low), _half(y + BAND, top, low)
    pen.shape([(-upper, y), (upper, y), (lower, y + BAND), (-lower, y + BAND)], colour, 0)


def _checks(pen: Pen, top: float, low: float, colour: Colour) -> None:
    """A chessboard of five columns."""
    high = (HEM - SHOULDER) / 5
    for row in range(5):
        y = SHOULDER + row * high
        for column in range(row % 2, 5, 2):
            at = [(x, _half(y, top, low)) for x in (column, column + 1)]
            under = [(x, _half(y + high, top, low)) for x in (column + 1, column)]
            corners = [((2 * x / 5 - 1) * half, y) for x, half in at]
            corners += [((2 * x / 5 - 1) * half, y + high) for x, half in under]
            pen.shape(corners, colour, 0)


def _half(y: float, top: float, low: float) -> float:
    """Half the width of the torso so far below the neck."""
    return along(top, low, (y - SHOULDER) / (HEM - SHOULDER))
