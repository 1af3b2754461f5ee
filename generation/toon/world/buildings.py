"""Draws a castle, a shop and a bus from within."""

from __future__ import annotations

import random

from generation.toon.world.pen import Colour, Pen, shade
from generation.toon.world.places import DAY, NIGHT, WHITE, WOOD, room, sky

STONE: Colour = (186, 182, 190)
MEADOW: Colour = (134, 200, 96)
ROOFS: tuple[Colour, ...] = ((94, 110, 190), (196, 84, 84))
GOODS: tuple[Colour, ...] = (
    (226, 84, 76),
    (250, 200, 80),
    (96, 176, 110),
    (86, 140, 216),
    (240, 140, 180),
    (246, 156, 70),
)
LIT: Colour = (255, 222, 110)


def draw_castle(pen: Pen, night: bool, chance: random.Random) -> None:
    sky(pen, night, chance, 180)
    dim = 0.52 if night else 1.0
    meadow = shade(MEADOW, dim)
    stone, roof = shade(STONE, dim), shade(chance.choice(ROOFS), dim)
    pen.shape([(-6, 176), (64, 150), (192, 150), (262, 176), (262, 200), (-6, 200)], meadow)
    _tower(pen.moved(86, 0), 34, 26, 176, stone, roof, night)
    _tower(pen.moved(170, 0), 34, 26, 176, stone, roof, night)
    _wall(pen, 40, 216, 100, stone)
    _tower(pen.moved(36, 0), 48, 58, 192, stone, roof, night)
    _tower(pen.moved(220, 0), 48, 58, 192, stone, roof, night)
    _gate(pen.moved(128, 188), dim)
    pen.box(-6, 186, 268, 78, meadow, 2.6)
    path = [(104, 188), (152, 188), (190, 264), (66, 264)]
    pen.shape(path, shade((228, 202, 150), dim), 2.4)


def _tower(
    pen: Pen, wide: float, top: float, low: float, stone: Colour, roof: Colour, night: bool
) -> None:
    """A round tower around the pen's origin, with a pointed roof and a flag."""
    half = wide / 2
    pen.line([(0, top - 2), (0, top - 22)], 3)
    pen.shape([(0, top - 22), (18, top - 16), (0, top - 10)], (236, 84, 76), 2)
    pen.box(-half, top + 30, wide, low - top - 30, stone, 2.8)
    pen.box(half * 0.35, top + 30, half * 0.65, low - top - 30, shade(stone, 0.84), 0)
    pen.shape([(-half - 6, top + 34), (0, top), (half + 6, top + 34)], roof, 2.8)
    pen.shape([(0, top + 3), (half + 3, top + 33), (half * 0.3, top + 33)], shade(roof, 0.8), 0)
    glass = LIT if night else (74, 82, 110)
    for y in (top + 46, top + 76):
        pen.oval(0, y, 5, 8, glass, 2.2)


def _wall(pen: Pen, left: float, right: float, top: float, stone: Colour) -> None:
    pen.box(left, top, right - left, 92, stone, 2.8)
    for i in range(int((right - left) / 16)):
        pen.box(left + i * 16 + 3, top - 11, 10, 13, stone, 2.4)
    for x, y in ((70, 118), (88, 140), (168, 120), (180, 144), (76, 160), (172, 168)):
        pen.line([(x - 6, y), (x + 6, y)], 2.4, shade(stone, 0.74))


def _gate(pen: Pen, dim: float) -> None:
    wood = shade(WOOD, dim * 0.9)
    pen.oval(0, -48, 25, 25, wood, 3)
    pen.box(-25, -48, 50, 52, wood, 3)
    pen.box(-22, -52, 44, 20, wood, 0)
    for x in (-12.0, 0.0, 12.0):
        pen.line([(x, -68), (x, 0)], 2, shade(wood, 0.66))


def draw_shop(pen: Pen, night: bool, chance: random.Random) -> None:
    """Shelves full of goods under a striped awning, a counter with a till."""
    room(pen, (250, 226, 196), (196, 158, 128), night)
    dim = 0.64 if night else 1.0
    for y in (68.0, 110.0, 152.0):
        _shelf(pen, y, dim, chance)
    for i in range(10):
        stripe = (226, 76, 72) if i % 2 else (250, 246, 240)
        x = i * 28 - 12
        pen.box(x, -4, 28, 28, shade(stripe, dim), 2)
        pen.oval(x + 14, 25, 14, 8, shade(stripe, dim), 2)
        pen.box(x + 1, 10, 26, 15, shade(stripe, dim), 0)
    flip = chance.random() < 0.5
    counter = pen.moved(256, 0, flip=-1) if flip else pen
    counter.box(-6, 160, 84, 66, shade(WOOD, dim), 3)
    counter.box(-6, 152, 92, 11, shade(WOOD, dim * 1.2), 2.6)
    _till(counter.moved(36, 152), dim)


def _shelf(pen: Pen, y: float, dim: float, chance: random.Random) -> None:
    x = 2.0
    while x < 250:
        wide, high = chance.uniform(12, 18), chance.uniform(17, 28)
        colour = shade(chance.choice(GOODS), dim)
        if chance.random() < 0.4:  # a bottle
            pen.box(x + wide / 2 - 3, y - high - 5, 6, 8, shade(colour, 0.8), 1.8)
        pen.box(x, y - high, wide, high, colour, 2)
        pen.box(x + 2, y - high * 0.6, wide - 4, high * 0.26, shade(WHITE, dim), 0)
        x += wide + chance.uniform(2, 6)
    pen.box(-6, y, 268, 7, shade(WOOD, dim * 0.9), 2.4)


def _till(pen: Pen, dim: float) -> None:
    grey = shade((120, 130, 150), dim)
    pen.box(-5, -36, 10, 14, grey, 2)
    pen.box(-18, -50, 36, 16, shade((150, 230, 180), dim), 2.4)
    pen.shape([(-20, -24), (20, -24), (27, 0), (-27, 0)], grey, 2.6)
    for x in (-12.0, 0.0, 12.0):
        for y in (-17.0, -9.0):
            pen.oval(x, y, 3, 3, shade(WHITE, dim), 1.2)


def draw_bus(pen: Pen, night: bool, chance: random.Random) -> None:
    """Inside: windows on the town, seats below them, straps and poles to hold on to."""
    dim = 0.66 if night else 1.0
    shell, seat = shade((244, 206, 86), dim), shade((62, 120, 190), dim)
    pen.box(-2, -2, 260, 260, shell, 0)
    pen.box(-6, -6, 268, 28, shade((250, 246, 236), dim), 2.4)
    for x in (8.0, 92.0, 176.0):
        _bus_window(pen.moved(x, 44), night, chance)
    pen.box(-6, 208, 268, 58, shade((150, 152, 164), dim), 2.6)
    for x in (-20.0, 64.0, 148.0, 232.0):
        _seat(pen.moved(x, 138), seat)
    pen.line([(-4, 30), (260, 30)], 8)
    pen.line([(-4, 30), (260, 30)], 3.4, (226, 230, 236))
    for x in (30.0, 72.0, 184.0, 226.0):
        _strap(pen.moved(x + chance.uniform(-5, 5), 32), dim)
    for x in (6.0, 250.0):
        pen.line([(x, -4), (x, 230)], 9)
        pen.line([(x, -4), (x, 229)], 4, (250, 120, 60))


def _bus_window(pen: Pen, night: bool, chance: random.Random) -> None:
    dim = 0.5 if night else 1.0
    pen.box(0, 0, 74, 82, NIGHT if night else DAY, 0)
    for left, wide in ((0, 26), (27, 20), (48, 26)):
        top = chance.uniform(20, 46)
        house = shade(chance.choice(((214, 120, 96), (160, 170, 200), (190, 150, 170))), dim)
        pen.box(left, top, wide, 82 - top, house, 2)
        for y in (top + 8, top + 24):
            pen.box(left + wide / 2 - 4, y, 8, 9, LIT if night else (206, 234, 244), 1.4)
    frame = [(0, 0), (74, 0), (74, 82), (0, 82), (0, 0), (8, 0)]
    pen.line([(float(x), float(y)) for x, y in frame], 5)
    pen.line([(10, 60), (30, 12)], 3, shade(WHITE, dim * 0.9 + 0.1))


def _seat(pen: Pen, colour: Colour) -> None:
    pen.shape([(4, 0), (40, 0), (44, 6), (44, 62), (0, 62), (0, 6)], colour, 2.8)
    pen.shape([(7, 8), (37, 8), (37, 30), (7, 30)], shade(colour, 1.22), 2)
    pen.box(-4, 58, 52, 18, shade(colour, 0.84), 2.8)


def _strap(pen: Pen, dim: float) -> None:
    pen.line([(0, 0), (0, 22)], 4)
    pen.ring(0, 31, 11, 6.4)
    pen.ring(0, 31, 9.2, 2.8, shade((250, 246, 236), dim))
