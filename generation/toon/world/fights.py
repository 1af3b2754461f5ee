"""Draws the cloud that those who fight are in: dust, papers, stars."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence

from generation.toon.world.pen import Colour, Pen, Point, shade
from generation.toon.world.stances import Stance

DUST: Colour = (226, 220, 228)
PAPER: Colour = (252, 250, 244)
STAR: Colour = (252, 212, 74)
HALF = 92.0  # units to each side of the middle between two, at scale 1


def draw_dust(pen: Pen, fighters: Sequence[Stance]) -> None:
    """What is behind the fighters."""
    cloud = _between(pen, fighters)
    _puffs(cloud, _ring(HALF, 88, 16, 27), shade(DUST, 0.88))
    stars = [(-86.0, -66.0, 0.3), (88.0, -74.0, 0.0)]
    if len(fighters) > 1:
        stars.append((2.0, -112.0, 0.6))  # between their heads
    for x, y, turned in stars:
        cloud.shape(_star(x, y, 19, turned), STAR, 2.6)


def draw_cloud(pen: Pen, fighters: Sequence[Stance], chance: random.Random) -> None:
    """What is before them: only their heads and fists look out of it."""
    cloud = _between(pen, fighters)
    low = [(x, abs(y) * 0.5 + 26, r) for x, y, r in _ring(HALF - 8, 60, 18, 27)]
    _puffs(cloud, [*low, (-44, 40, 30), (0, 34, 30), (44, 40, 30), (0, 66, 34)], DUST)
    for x, y, size in ((-40.0, 44.0, 15.0), (34.0, 56.0, 18.0), (-4.0, 72.0, 12.0)):
        cloud.line(_spiral(x, y, size), 3)
    for i in range(8):
        angle = math.radians(i * 45 + chance.uniform(-14, 14))
        x, y = (HALF + 16) * math.cos(angle), 20 + 92 * math.sin(angle)
        if y < 0:  # between are the heads
            x = math.copysign(106, x)
        _sheet(cloud.moved(x, y), chance)
    for x, y, turned in ((-64.0, 22.0, 0.0), (58.0, 14.0, 0.5)):
        cloud.shape(_star(x, y, 14, turned), STAR, 2.4)


def _between(pen: Pen, fighters: Sequence[Stance]) -> Pen:
    """A pen in the middle of the fight, a bit below the necks."""
    count = len(fighters)
    x, neck, scale = (
        sum(values) / count
        for values in zip(*((one.x, one.neck, one.scale) for one in fighters), strict=True)
    )
    return pen.moved(x, neck + 26 * scale, scale)


def _ring(wide: float, high: float, count: int, radius: float) -> list[tuple[float, float, float]]:
    """Puffs on an ellipse, large and small by turns."""
    angles = [2 * math.pi * i / count for i in range(count)]
    return [
        (wide * math.cos(a), high * math.sin(a), radius * (1.0 if i % 2 else 0.78))
        for i, a in enumerate(angles)
    ]


def _puffs(pen: Pen, puffs: Sequence[tuple[float, float, float]], colour: Colour) -> None:
    """One cloud: the puffs' fillings hide the outlines between them."""
    for x, y, r in puffs:
        pen.oval(x, y, r, r, colour, 3.4)
    pen.shape([(x, y) for x, y, _ in puffs], colour, 0)
    for x, y, r in puffs:
        pen.oval(x, y, r - 1.6, r - 1.6, colour, 0)


def _sheet(pen: Pen, chance: random.Random) -> None:
    a, b = chance.uniform(-7, 7), chance.uniform(-7, 7)
    pen.shape([(-12, -15 + a), (12, -15 + b), (12 + b, 15), (-12 + b, 15 + a)], PAPER, 2.6)
    for dy in (-6, 0, 6):
        pen.line([(-6, dy), (7, dy)], 1.6, (120, 120, 140))


def _star(x: float, y: float, size: float, turned: float) -> list[Point]:
    angles = [turned + math.pi * i / 5 for i in range(10)]
    return [
        (x + size * part * math.sin(a), y - size * part * math.cos(a))
        for a, part in zip(angles, (1.0, 0.48) * 5, strict=True)
    ]


def _spiral(x: float, y: float, size: float) -> list[Point]:
    turns = [i / 16 for i in range(33)]
    return [
        (
            x + size * (1 - t / 2.2) * math.cos(2 * math.pi * t),
            y + size * (1 - t / 2.2) * math.sin(2 * math.pi * t) * 0.8,
        )
        for t in turns
    ]
