"""Draws wild places: desert, mountain, snow and space; and a fire to sit by."""

from __future__ import annotations

import math
import random

from generation.toon.world.pen import INK, Colour, Pen, Point, shade
from generation.toon.world.places import WHITE, WOOD, sky

SAND: Colour = (244, 204, 122)
CACTUS: Colour = (72, 158, 92)
ROCK: Colour = (142, 138, 158)
MEADOW: Colour = (134, 196, 96)
PINE: Colour = (46, 124, 96)
ICE: Colour = (236, 244, 252)
SPACE: Colour = (30, 26, 66)
MOON: Colour = (188, 186, 200)


def draw_desert(pen: Pen, night: bool, chance: random.Random) -> None:
    sky(pen, night, chance, 150)
    dim = 0.5 if night else 1.0
    for x in (chance.uniform(20, 60), chance.uniform(150, 200)):
        half, top = chance.uniform(40, 58), chance.uniform(84, 104)
        pen.shape([(x - half, 152), (x, top), (x + half, 152)], shade((226, 162, 88), dim), 2.4)
        pen.shape([(x, top), (x + half, 152), (x + half * 0.2, 152)], shade((190, 126, 66), dim), 0)
    pen.shape(_hill(132, 18, chance), shade((250, 222, 150), dim), 2.4)
    pen.shape(_hill(162, 12, chance), shade(SAND, dim), 2.4)
    for y in (206.0, 228.0, 246.0):
        x = chance.uniform(10, 190)
        pen.arc(x, y, 26, 5, 190, 350, 2)
    for x, y in ((chance.uniform(16, 32), 178.0), (chance.uniform(222, 242), 192.0)):
        _cactus(pen.moved(x, y), shade(CACTUS, dim))


def _hill(y: float, high: float, chance: random.Random) -> list[Point]:
    """A wavy ground from its upper edge to the bottom of the picture."""
    start = chance.uniform(0, 2 * math.pi)
    edge = [(x, y - high * math.sin(start + x / 62)) for x in range(-8, 272, 8)]
    return [*edge, (264.0, 264.0), (-8.0, 264.0)]


def _cactus(pen: Pen, green: Colour) -> None:
    for side, low, top in ((-1, -30, -58), (1, -42, -76)):
        pen.limb([(0, low), (side * 20, low), (side * 20, top)], 9, green)
    pen.limb([(0, 0), (0, -92)], 16, green)
    for x in (-4.0, 4.0):
        pen.line([(x, -4), (x, -88)], 2, shade(green, 0.72))
    pen.oval(0, -100, 6, 6, (246, 110, 150), 2)


def draw_mountain(pen: Pen, night: bool, chance: random.Random) -> None:
    sky(pen, night, chance, 150)
    dim = 0.5 if night else 1.0
    middle = chance.uniform(108, 148)
    _peak(pen, middle, 84, 22, 190, shade(ROCK, dim * 0.92), dim)
    for side in (-1, 1):
        x = 128 + side * chance.uniform(80, 104)
        _peak(pen, x, 78, chance.uniform(42, 66), 190, shade(ROCK, dim), dim)
    pen.shape(_hill(174, 10, chance), shade(MEADOW, dim), 2.4)
    for x in (chance.uniform(4, 22), chance.uniform(34, 50), chance.uniform(222, 250)):
        _pine(pen.moved(x, chance.uniform(186, 204)), shade(PINE, dim))
    for _ in range(4):
        x, y = chance.uniform(10, 246), chance.uniform(212, 250)
        pen.oval(x, y, 9, 6, shade(ROCK, dim), 2)


def _peak(
    pen: Pen, x: float, half: float, top: float, low: float, rock: Colour, dim: float
) -> None:
    """A mountain with a cap of snow; its right side lies in shade."""
    steep = half / (low - top)
    cap = top + (low - top) * 0.3
    pen.shape([(x - half, low), (x, top), (x + half, low)], rock, 2.4)
    pen.shape([(x, top), (x + half, low), (x + half * 0.15, low)], shade(rock, 0.8), 0)
    edge = (cap - top) * steep
    jags = [(x + edge * part, cap + high) for part, high in ((0.5, -9), (0, 6), (-0.5, -9))]
    pen.shape([(x - edge, cap), (x, top), (x + edge, cap), *jags], shade(WHITE, dim + 0.1), 2.4)
    pen.line([(x - half, low), (x, top), (x + half, low)], 2.8)


def _pine(pen: Pen, green: Colour) -> None:
    pen.box(-4, -14, 8, 14, shade(WOOD, 0.7), 2)
    for low, half in ((-12, 22), (-32, 18), (-52, 13)):
        pen.shape([(-half, low), (0, low - 34), (half, low)], green, 2.4)


def draw_snow(pen: Pen, night: bool, chance: random.Random) -> None:
    sky(pen, night, chance, 160)
    pen.shape(_hill(138, 12, chance), _cold((214, 230, 246), night), 2.4)
    for x in (chance.uniform(12, 30), chance.uniform(58, 76), chance.uniform(228, 250)):
        _snowy_pine(pen.moved(x, chance.uniform(162, 182)), night)
    pen.shape(_hill(176, 8, chance), _cold(ICE, night), 2.4)
    _snowman(pen.moved(chance.uniform(202, 222), 214), night)
    for y in (222.0, 244.0):
        pen.arc(chance.uniform(40, 170), y, 24, 5, 190, 350, 1.8)
    for _ in range(38):
        x, y = chance.uniform(2, 254), chance.uniform(2, 170)
        pen.oval(x, y, 3.4, 3.4, WHITE, 0)


def _snowy_pine(pen: Pen, night: bool) -> None:
    _pine(pen, _cold(PINE, night))
    for low, half in ((-12, 22), (-32, 18), (-52, 13)):
        top = low - 34
        cap = [(-half * 0.55, top + 19), (0, top), (half * 0.55, top + 19)]
        pen.shape([*cap, (half * 0.2, top + 14), (-half * 0.1, top + 21)], _cold(WHITE, night), 2)


def _cold(colour: Colour, night: bool) -> Colour:
    """Snow is blue by moonlight."""
    r, g, b = colour
    return (round(r * 0.52), round(g * 0.6), round(b * 0.84)) if night else colour


def _snowman(pen: Pen, night: bool) -> None:
    for y, r in ((0.0, 25.0), (-34.0, 18.0), (-60.0, 13.0)):
        pen.oval(0, y, r, r, _cold(WHITE, night), 2.6)
    pen.shape([(-3, -60), (-20, -56), (-3, -55)], (244, 140, 50), 2)
    for x in (-6.0, 4.0):
        pen.oval(x, -65, 2, 2, INK, 0)
    for y in (-40.0, -30.0):
        pen.oval(0, y, 2.4, 2.4, INK, 0)
    pen.box(-15, -76, 30, 5, (70, 66, 84), 2)
    pen.box(-9, -94, 18, 18, (70, 66, 84), 2.2)
    pen.line([(-16, -36), (-36, -50)], 3.4, shade(WOOD, 0.7))
    pen.line([(16, -36), (34, -54)], 3.4, shade(WOOD, 0.7))


def draw_space(pen: Pen, night: bool, chance: random.Random) -> None:
    """The moon's ground under stars; at night it lies in the dark."""
    dim = 0.5 if night else 1.0
    pen.box(-2, -2, 260, 260, shade(SPACE, 0.55 if night else 1.0), 0)
    for _ in range(46):
        x, y, r = chance.uniform(2, 254), chance.uniform(2, 180), chance.uniform(1.0, 2.4)
        pen.oval(x, y, r, r, WHITE, 0)
    sides = [44.0, 212.0]
    chance.shuffle(sides)
    _ringed_planet(pen.moved(sides[0], chance.uniform(40, 64)))
    _earth(pen.moved(sides[1], chance.uniform(44, 70)))
    pen.shape(_hill(184, 7, chance), shade(MOON, dim), 2.6)
    for _ in range(6):
        x, y, r = chance.uniform(6, 250), chance.uniform(200, 246), chance.uniform(8, 17)
        pen.oval(x, y, r, r * 0.42, shade(MOON, dim * 0.78), 2)
        pen.oval(x + r * 0.1, y + r * 0.1, r * 0.7, r * 0.24, shade(MOON, dim * 0.64), 0)


def _ringed_planet(pen: Pen) -> None:
    planet: Colour = (244, 170, 96)
    pen.oval(0, 0, 24, 24, planet)
    pen.oval(-2, -10, 17, 4, shade(planet, 1.15), 0)
    pen.oval(2, 12, 16, 4, shade(planet, 0.82), 0)
    ring = [(40 * math.cos(a), 11 * math.sin(a) + 2) for a in _angles(-25, 205)]
    pen.line(ring, 9)
    pen.line(ring, 4.4, (250, 222, 160))


def _earth(pen: Pen) -> None:
    sea: Colour = (72, 146, 226)
    land: Colour = (104, 188, 100)
    pen.oval(0, 0, 22, 22, sea)
    pen.shape([(-14, -12), (-2, -17), (4, -8), (-5, -2), (-6, 8), (-14, 2)], land, 0)
    pen.shape([(6, 2), (16, -2), (17, 8), (8, 15)], land, 0)


def _angles(start: float, end: float) -> list[float]:
    return [math.radians(start + (end - start) * i / 20) for i in range(21)]


_FLAME: tuple[Point, ...] = (
    *((-22, -8), (-24, -34), (-13, -26), (-2, -68)),
    *((9, -36), (19, -44), (22, -8), (0, 2)),
)


def draw_fire(pen: Pen) -> None:
    """A campfire on the ground, with its middle at the pen's origin."""
    for side in (-1, 1):
        pen.limb([(side * -24, 2), (side * 24, -8)], 7, WOOD)
    flames: tuple[tuple[float, Colour, float], ...] = (
        (1.0, (238, 92, 40), 2.8),
        (0.66, (250, 160, 50), 0),
        (0.36, (255, 226, 110), 0),
    )
    for size, colour, outline in flames:
        pen.shape([(x * size, y * size - 5 * (1 - size)) for x, y in _FLAME], colour, outline)
