"""Draws small things: held in a hand, carried over the head, or beside the feet."""

from __future__ import annotations

import math
from collections.abc import Callable

from generation.toon.world.pen import INK, Colour, Pen, Point, shade
from generation.toon.world.scene import Prop

WHITE: Colour = (252, 250, 244)
RED: Colour = (226, 70, 70)
GOLD: Colour = (252, 206, 78)
SEA: Colour = (84, 156, 228)
LEAF: Colour = (84, 170, 92)
CARD: Colour = (206, 160, 104)


def draw_behind(pen: Pen, prop: Prop, hand: Point) -> None:
    """Draw what a head would hide half of: the pen's origin is the neck."""
    if prop == "umbrella":
        _umbrella(pen, hand)
    elif prop == "balloon":
        _balloon(pen, hand)


def draw_held(pen: Pen, prop: Prop) -> None:
    """Draw what is in a hand, which is at the pen's origin."""
    painters: dict[Prop, Callable[[Pen], None]] = {
        "book": _closed_book,
        "newspaper": _folded_paper,
        "cup": draw_cup,
        "phone": _phone,
        "flower": _flower,
    }
    if prop in painters:
        painters[prop](pen.moved(0, -5))


def draw_beside(pen: Pen, prop: Prop) -> None:
    """Draw what lies beside the feet of a figure with its neck at the pen's origin."""
    if prop == "ball":
        _ball(pen.moved(56, 98))
    elif prop == "box":
        _box(pen.moved(57, 116))


def draw_open_book(pen: Pen) -> None:
    """A book that is read, seen from outside; the pen's origin is its middle."""
    pen.shape([(-35, -20), (35, -20), (35, 24), (-35, 24)], WHITE, 3)
    for side in (-1, 1):
        cover = [(side * 2, -16), (side * 37, -22), (side * 37, 22), (side * 2, 28)]
        pen.shape([(float(x), float(y)) for x, y in cover], RED, 3)
        pen.line([(side * 10, -6), (side * 29, -9)], 4, GOLD)
        pen.line([(side * 10, 3), (side * 29, 0)], 4, GOLD)
    pen.box(-3, -17, 6, 45, shade(RED, 0.75), 2.4)


def draw_open_paper(pen: Pen) -> None:
    """A newspaper that is read, seen from outside; the pen's origin is its middle."""
    for side in (-1, 1):
        page = [(0, -26), (side * 46, -30), (side * 46, 32), (0, 36)]
        pen.shape([(float(x), float(y)) for x, y in page], (240, 238, 228), 3)
        pen.line([(side * 9, -17), (side * 38, -20)], 6)
        for y in (-7, 16, 24):
            pen.line([(side * 9, y), (side * 38, y - 3)], 2.2, (120, 118, 130))
        pen.shape([(side * 9, 0), (side * 38, -2), (side * 38, 9), (side * 9, 11)], GREY, 1.6)


GREY: Colour = (170, 176, 190)


def draw_cup(pen: Pen) -> None:
    """A steaming mug on the pen's origin."""
    pen.ring(11, -10, 7.5, 3.4)
    pen.shape([(-10, -20), (10, -20), (9, 2), (-9, 2)], WHITE, 2.8)
    pen.box(-9.4, -13, 18.8, 6, SEA, 0)
    for x in (-4.0, 4.0):
        pen.line([(x, -26), (x + 3, -30), (x - 1, -35), (x + 2, -40)], 2.4)


def _closed_book(pen: Pen) -> None:
    pen.box(-10, -28, 27, 36, WHITE, 2.6)
    pen.box(-12, -30, 25, 37, RED, 2.8)
    pen.box(-12, -30, 6, 37, shade(RED, 0.75), 0)
    pen.line([(-2, -20), (8, -20)], 4, GOLD)
    pen.line([(-2, -12), (8, -12)], 4, GOLD)


def _folded_paper(pen: Pen) -> None:
    pen.shape([(-12, -36), (14, -40), (16, 6), (-10, 10)], (240, 238, 228), 2.8)
    pen.line([(-6, -29), (9, -31)], 5)
    for y in (-20, -13, -6, 1):
        pen.line([(-5, y), (10, y - 2)], 2.2, (120, 118, 130))


def _phone(pen: Pen) -> None:
    pen.box(-9, -30, 18, 36, (58, 60, 76), 2.8)
    pen.box(-6, -26, 12, 22, (126, 220, 250), 0)
    pen.line([(-4, -22), (4, -22)], 2.4, WHITE)


def _flower(pen: Pen) -> None:
    pen.line([(0, 6), (1, -28)], 6)
    pen.line([(0, 6), (1, -28)], 3, LEAF)
    pen.shape([(1, -8), (12, -18), (14, -8)], LEAF, 2)
    for i in range(6):
        angle = math.radians(60 * i)
        pen.oval(1 + 9.5 * math.cos(angle), -38 + 9.5 * math.sin(angle), 7, 7, (250, 128, 176), 2)
    pen.oval(1, -38, 6.5, 6.5, GOLD, 2)


def _umbrella(pen: Pen, hand: Point) -> None:
    """Its stick leans on the shoulder, its canopy is behind the head."""
    x, y = hand
    top: Point = (22, -104)
    pen.line([(x, y + 16), top], 7)
    pen.line([(x, y + 16), top], 3, CARD)
    canopy = pen.moved(24, -46)
    dome = _arch(66, 58)
    canopy.shape([*dome, (33, -8), (0, 0), (-33, -8)], RED)
    canopy.shape([*_arch(26, 58), (0, 0)], GOLD, 2.6)
    canopy.line([*dome, (33, -8), (0, 0), (-33, -8), dome[0]], 3)


def _arch(wide: float, high: float) -> list[Point]:
    """The upper half of an ellipse, from left to right."""
    angles = [math.radians(180 + i * 15) for i in range(13)]
    return [(wide * math.cos(a), high * math.sin(a)) for a in angles]


def _balloon(pen: Pen, hand: Point) -> None:
    x, y = hand
    pen.line([(x, y), (x - 3, y - 20), (x + 3, y - 44), (x, y - 66)], 2.4)
    pen.shape([(x - 6, y - 58), (x + 6, y - 58), (x, y - 68)], RED, 2.4)
    pen.oval(x, y - 92, 24, 29, RED)
    pen.oval(x - 9, y - 103, 5, 8, (250, 170, 160), 0)


def _ball(pen: Pen) -> None:
    pen.oval(0, 0, 19, 19, WHITE)
    for start, colour in ((0, RED), (120, GOLD), (240, SEA)):
        angles = [math.radians(start + 10 * i) for i in range(7)]
        pen.shape([(0, 0), *((17 * math.cos(a), 17 * math.sin(a)) for a in angles)], colour, 1.6)
    pen.ring(0, 0, 20, 3)


def _box(pen: Pen) -> None:
    """A cardboard box on the pen's origin."""
    pen.box(-22, -34, 44, 34, CARD, 3)
    pen.box(-22, -34, 10, 34, shade(CARD, 0.82), 0)
    pen.box(-22, -34, 44, 9, shade(CARD, 1.14), 2.4)
    pen.box(-5, -34, 10, 18, (240, 220, 170), 1.8)
    pen.line([(-22, 0), (-22, -34), (22, -34), (22, 0), (-22, 0), (-22, -8)], 3, INK)
