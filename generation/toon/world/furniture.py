"""Draws what comes with a pose: a bed, a laid table, the Zs of sleep, the dust of a run."""

from __future__ import annotations

from generation.toon.world.pen import Colour, Pen, shade
from generation.toon.world.props import draw_cup

WOOD: Colour = (150, 100, 62)
TABLE: Colour = (178, 124, 78)
LINEN: Colour = (252, 250, 244)
BLANKET: Colour = (104, 148, 222)
DUST: Colour = (238, 230, 214)


def draw_bed(pen: Pen) -> None:
    """What is behind a sleeper whose neck is at the pen's origin: headboard and pillow."""
    pen.box(-58, -64, 116, 130, WOOD, 3)
    pen.box(-50, -56, 100, 60, shade(WOOD, 1.2), 2.4)
    for x in (-70.0, 58.0):
        pen.box(x, 2, 12, 112, shade(WOOD, 0.85), 3)
    corners = [(-50, -40), (-42, -48), (42, -48), (50, -40), (56, 6), (48, 14), (-48, 14), (-56, 6)]
    pen.shape([(float(x), float(y)) for x, y in corners], LINEN)


def draw_blanket(pen: Pen) -> None:
    """What is in front of them, with the body under it."""
    pen.shape([(-62, 12), (62, 12), (70, 104), (-70, 104)], BLANKET, 3)
    pen.shape([(-62, 12), (-44, 12), (-50, 104), (-70, 104)], shade(BLANKET, 0.82), 0)
    for x, y in ((-22, 50), (16, 44), (2, 76), (38, 70)):
        pen.oval(x, y, 6, 6, shade(BLANKET, 1.3), 0)
    pen.shape([(-62, 8), (62, 8), (64, 28), (-64, 28)], LINEN, 3)
    pen.box(-76, 96, 152, 19, WOOD, 3)
    pen.box(-76, 96, 152, 7, shade(WOOD, 1.2), 2)


def draw_meal(pen: Pen) -> None:
    """A table in front of the figure, with a burger on a plate and a cup."""
    pen.box(-74, 78, 148, 13, TABLE, 3)
    for x in (-64.0, 56.0):
        pen.box(x, 91, 9, 26, WOOD, 3)
    pen.oval(0, 75, 36, 6, LINEN, 2.6)
    pen.box(-23, 60, 46, 13, (236, 172, 92), 2.4)
    pen.box(-26, 58, 52, 7, (122, 70, 48), 2.2)
    pen.box(-27, 53, 54, 6, (112, 190, 92), 2)
    half = [(25.0, 53.0), (22.0, 40.0), (10.0, 34.0)]
    pen.shape([*half, *((-x, y) for x, y in reversed(half))], (240, 178, 98), 2.6)
    for x, y in ((-10, 42), (2, 40), (12, 45)):
        pen.oval(x, y, 2.2, 1.6, LINEN, 0)
    draw_cup(pen.moved(56, 75))


def draw_fork(pen: Pen) -> None:
    """In a hand at the pen's origin."""
    pen.line([(0, 10), (0, -20)], 6)
    pen.line([(0, 10), (0, -20)], 2.6, (206, 212, 222))
    for x in (-6.0, 0.0, 6.0):
        pen.line([(x, -20), (x, -32)], 3)
    pen.line([(-6, -20), (6, -20)], 3.4)


def draw_snoring(pen: Pen, side: int) -> None:
    """Zs that rise beside a sleeper's head; they read the same on both sides."""
    for x, y, size in ((54.0, -58.0, 6.0), (67.0, -76.0, 8.0), (84.0, -97.0, 10.5)):
        letter = [(-size, -size), (size, -size), (-size, size), (size, size)]
        at = pen.moved(side * x, y)
        at.line(letter, 8.5)
        at.line(letter, 3.6, LINEN)


def draw_speed(pen: Pen) -> None:
    """Lines and dust behind a runner."""
    for y, start, end in ((-10, -98, -66), (18, -112, -70), (46, -100, -72)):
        pen.line([(start, y), (end, y)], 7)
        pen.line([(start, y), (end, y)], 2.6, LINEN)
    for x, y, r in ((-92, 108, 8), (-74, 104, 12), (-56, 110, 8)):
        pen.oval(x, y, r + 3, r, DUST, 2.6)
