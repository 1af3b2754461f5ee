"""Curves with their intervals, as plain pictures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image, ImageDraw, ImageFont

from generation.toon.evaluation.statistics import Figure

SIZE = (720, 480)  # pixels
LEFT, TOP, RIGHT, BOTTOM = 70, 46, 150, 56  # room around the axes
INK, FAINT, PAPER = (40, 40, 40), (225, 225, 225), (255, 255, 255)
COLOURS = ((31, 90, 180), (210, 90, 30), (50, 140, 70), (150, 60, 150), (120, 120, 120))
LETTERS = 14  # pixels
TICKS = 5


@dataclass(frozen=True)
class Curve:
    """One line: a figure at each x, from left to right."""

    name: str
    points: Sequence[tuple[float, Figure]]


def plot(title: str, x_name: str, curves: Sequence[Curve]) -> Image.Image:
    """Lines through the figures, their intervals as bars; y from 0 (or less) to 1 (or more).

    Points that could not be measured are left out.
    """
    picture = Image.new("RGB", SIZE, PAPER)
    pen, font = ImageDraw.Draw(picture), ImageFont.load_default(LETTERS)
    axes = _Axes.around(curves)
    pen.text((LEFT, 14), title, INK, font)
    pen.text((LEFT, SIZE[1] - 24), x_name, INK, font)
    for share in range(TICKS + 1):
        level = axes.bottom + (axes.top - axes.bottom) * share / TICKS
        y = axes.y(level)
        pen.line([(LEFT, y), (SIZE[0] - RIGHT, y)], FAINT)
        pen.text((LEFT - 44, y - 8), f"{level:.2f}", INK, font)
    for x in sorted({x for curve in curves for x, _ in curve.points}):
        pen.text((axes.x(x) - 10, SIZE[1] - BOTTOM + 6), f"{x:g}", INK, font)
    for number, curve in enumerate(curves):
        colour = COLOURS[number % len(COLOURS)]
        _draw(pen, axes, curve, colour)
        pen.text((SIZE[0] - RIGHT + 12, TOP + 22 * number), curve.name, colour, font)
    return picture


@dataclass(frozen=True)
class _Axes:
    left: float
    right: float
    bottom: float
    top: float

    @staticmethod
    def around(curves: Sequence[Curve]) -> _Axes:
        points = [point for curve in curves for point in curve.points]
        levels = [level for _, one in points for level in (one.low, one.high) if level == level]
        return _Axes(
            left=min(x for x, _ in points),
            right=max(x for x, _ in points),
            bottom=min([0.0, *levels]),
            top=max([1.0, *levels]),
        )

    def x(self, value: float) -> float:
        """Pixels from the left; a single x is drawn in the middle."""
        share = (value - self.left) / (self.right - self.left) if self.right > self.left else 0.5
        return LEFT + 14 + share * (SIZE[0] - LEFT - RIGHT - 28)

    def y(self, value: float) -> float:
        share = (value - self.bottom) / (self.top - self.bottom)
        return SIZE[1] - BOTTOM - share * (SIZE[1] - TOP - BOTTOM)


def _draw(
    pen: ImageDraw.ImageDraw, axes: _Axes, curve: Curve, colour: tuple[int, int, int]
) -> None:
    known = [(axes.x(x), one) for x, one in curve.points if one.value == one.value]
    pen.line([(x, axes.y(one.value)) for x, one in known], colour, 2)
    for x, one in known:
        y = axes.y(one.value)
        pen.ellipse([x - 3, y - 3, x + 3, y + 3], colour)
        if one.low == one.low:
            pen.line([(x, axes.y(one.low)), (x, axes.y(one.high))], colour, 1)
