"""A supersampled pen: bold outlines, flat colours, coordinates in picture units."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PIL import Image, ImageDraw

Colour = tuple[int, int, int]
Point = tuple[float, float]

INK: Colour = (32, 26, 38)
UNITS = 256  # the picture is 256 x 256 units, whatever its size in pixels
SUPERSAMPLING = 3  # pixels drawn per pixel kept: outlines come out smooth


def along(start: float, end: float, part: float) -> float:
    """The number at `part` (0 to 1) of the way from `start` to `end`; exact at both ends."""
    return (1 - part) * start + part * end


def shade(colour: Colour, amount: float) -> Colour:
    """Darken (`amount` < 1) or lighten (> 1) a colour."""
    r, g, b = (min(255, round(c * amount)) for c in colour)
    return r, g, b


class Pen:
    """Draws on its own canvas. Points are (right, down) in units; `moved` gives a local frame."""

    def __init__(
        self,
        draw: ImageDraw.ImageDraw,
        scale: float,
        x: float,
        y: float,
        flip: float,
        weight: float = 1.0,
    ):
        self._draw, self._scale, self._x, self._y, self._flip = draw, scale, x, y, flip
        self._weight = weight

    def moved(self, x: float, y: float, scale: float = 1.0, flip: float = 1) -> Pen:
        """A pen whose origin is at (x, y) of this one; `flip` -1 mirrors left and right, numbers
        between -1 and 1 are on the way: narrower."""
        cx, cy = self._at((x, y))
        return Pen(self._draw, self._scale * scale, cx, cy, self._flip * flip, self._weight)

    def weighing(self, weight: float) -> Pen:
        """A pen whose ink lines are so many times as thick; what it fills stays as large."""
        return Pen(self._draw, self._scale, self._x, self._y, self._flip, weight)

    def _at(self, point: Point) -> Point:
        x, y = point
        return self._x + x * self._scale * self._flip, self._y + y * self._scale

    def shape(self, points: Sequence[Point], fill: Colour, outline: float = 3.0) -> None:
        """A filled polygon with an outline of so many units (0: none)."""
        at = [self._at(p) for p in points]
        self._draw.polygon(at, fill=fill)
        if outline:
            self._stroke([*at, at[0], at[1]], INK, outline * self._weight * self._scale)

    def oval(
        self, x: float, y: float, rx: float, ry: float, fill: Colour, outline: float = 3.0
    ) -> None:
        cx, cy = self._at((x, y))
        half, narrow = outline * self._weight / 2, abs(self._flip)
        if outline:
            w, h = (rx + half) * self._scale * narrow, (ry + half) * self._scale
            self._draw.ellipse((cx - w, cy - h, cx + w, cy + h), fill=INK)
        w, h = (rx - half) * self._scale * narrow, (ry - half) * self._scale
        if w > 0 and h > 0:
            self._draw.ellipse((cx - w, cy - h, cx + w, cy + h), fill=fill)

    def ring(self, x: float, y: float, r: float, width: float, colour: Colour = INK) -> None:
        cx, cy = self._at((x, y))
        r *= self._scale
        w = r * abs(self._flip)
        self._draw.ellipse(
            (cx - w, cy - r, cx + w, cy + r),
            outline=colour,
            width=max(1, round(width * self._weight * self._scale)),
        )

    def box(
        self, x: float, y: float, w: float, h: float, fill: Colour, outline: float = 2.0
    ) -> None:
        """A rectangle with its upper left corner at (x, y)."""
        self.shape([(x, y), (x + w, y), (x + w, y + h), (x, y + h)], fill, outline)

    def line(self, points: Sequence[Point], width: float, colour: Colour = INK) -> None:
        inked = width * self._weight if colour == INK else width
        self._stroke([self._at(p) for p in points], colour, inked * self._scale)

    def limb(self, points: Sequence[Point], width: float, fill: Colour) -> None:
        """A thick rounded line with an outline: an arm or a leg."""
        at = [self._at(p) for p in points]
        self._stroke(at, INK, (width + 6 * self._weight) * self._scale)
        self.line(points, width, fill)

    def arc(
        self, x: float, y: float, rx: float, ry: float, start: float, end: float, width: float
    ) -> None:
        """Part of an ellipse's edge; angles in degrees, clockwise from the right."""
        steps = [math.radians(start + (end - start) * i / 12) for i in range(13)]
        self.line([(x + rx * math.cos(a), y + ry * math.sin(a)) for a in steps], width)

    def _stroke(self, at: Sequence[Point], colour: Colour, width: float) -> None:
        self._draw.line(list(at), fill=colour, width=max(1, round(width)), joint="curve")
        r = width / 2
        for x, y in (at[0], at[-1]):
            self._draw.ellipse((x - r, y - r, x + r, y + r), fill=colour)


def pen_on(canvas: Image.Image) -> Pen:
    """A pen on a canvas of `blank`'s size."""
    return Pen(ImageDraw.Draw(canvas), canvas.width / UNITS, 0.0, 0.0, 1)


def blank(size: int, colour: Colour) -> tuple[Image.Image, Pen]:
    """An empty canvas for a picture of `size` pixels, and a pen on it."""
    pixels = size * SUPERSAMPLING
    canvas = Image.new("RGB", (pixels, pixels), colour)
    return canvas, pen_on(canvas)


def finish(canvas: Image.Image) -> Image.Image:
    """The picture without its supersampling."""
    return canvas.reduce(SUPERSAMPLING)
