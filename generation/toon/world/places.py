"""Draws the eight places, by day and by night, and what lies or flies about in them."""

from __future__ import annotations

import random
from collections.abc import Callable

from generation.toon.world.pen import INK, Colour, Pen, shade
from generation.toon.world.scene import Place

WHITE: Colour = (252, 250, 244)
DAY: Colour = (150, 212, 246)
NIGHT: Colour = (34, 42, 92)
WOOD: Colour = (170, 116, 70)


def draw_place(pen: Pen, place: Place, night: bool, chance: random.Random) -> None:
    """Fill the whole picture with `place`."""
    painters: dict[Place, Callable[[Pen, bool, random.Random], None]] = {
        "office": _office,
        "park": _park,
        "beach": _beach,
        "street": _street,
        "kitchen": _kitchen,
        "bedroom": _bedroom,
        "classroom": _classroom,
        "forest": _forest,
    }
    painters[place](pen, night, chance)


def draw_papers(pen: Pen, chance: random.Random) -> None:
    """Sheets of paper and notebooks flying about."""
    for i in range(9):
        x, y = 14 + (i * 57 + chance.uniform(0, 24)) % 228, chance.uniform(8, 215)
        if 75 < x < 180 and 40 < y < 200:  # the middle belongs to the figures
            x = 20 if x < 128 else 236
        sheet = pen.moved(x, y)
        a, b = chance.uniform(-6, 6), chance.uniform(-6, 6)
        colour = WHITE if i % 3 else (240, 120, 96)
        sheet.shape([(-11, -14 + a), (11, -14 + b), (11 + b, 14), (-11 + b, 14 + a)], colour, 2.4)
        for dy in (-5, 0, 5):
            sheet.line([(-6, dy), (6, dy)], 1.4, (120, 120, 140))


def draw_house(pen: Pen, night: bool) -> None:
    """A house in the middle of the picture."""
    wall: Colour = (176, 132, 110) if night else (246, 206, 158)
    pen.box(76, 112, 104, 92, wall, 3.4)
    pen.box(150, 62, 18, 40, shade(wall, 0.7), 3)
    pen.shape(
        [(62, 116), (128, 56), (194, 116)], (176, 62, 58) if not night else (122, 46, 62), 3.4
    )
    pen.box(116, 156, 26, 48, WOOD, 3)
    for x in (86.0, 150.0):
        pen.box(x, 132, 22, 22, (255, 226, 110) if night else (160, 214, 240), 2.6)


def sky(pen: Pen, night: bool, chance: random.Random, low: float) -> None:
    pen.box(-2, -2, 260, low + 4, NIGHT if night else DAY, 0)
    x = chance.choice((34.0, 216.0))
    if night:
        for _ in range(14):
            pen.oval(chance.uniform(4, 252), chance.uniform(4, low * 0.7), 1.8, 1.8, WHITE, 0)
        pen.oval(x, 34, 17, 17, (250, 240, 190), 2)
        pen.oval(x + 7, 30, 14, 14, NIGHT, 0)
        return
    pen.oval(x, 34, 17, 17, (255, 222, 90), 2.4)
    for _ in range(2):
        cx, cy = chance.uniform(20, 236), chance.uniform(18, low * 0.45)
        for dx, r in ((-15, 9), (0, 13), (15, 9)):
            pen.oval(cx + dx, cy, r + 3, r, WHITE, 0)


def window(pen: Pen, x: float, y: float, w: float, h: float, night: bool) -> None:
    pen.box(x, y, w, h, NIGHT if night else DAY, 3)
    if night:
        pen.oval(x + w * 0.7, y + h * 0.3, 6, 6, (250, 240, 190), 0)
    else:
        pen.oval(x + w * 0.35, y + h * 0.65, w * 0.2, h * 0.13, WHITE, 0)
    pen.line([(x + w / 2, y), (x + w / 2, y + h)], 2.4)
    pen.line([(x, y + h / 2), (x + w, y + h / 2)], 2.4)


def room(pen: Pen, wall: Colour, floor: Colour, night: bool) -> None:
    dim = 0.62 if night else 1.0
    pen.box(-2, -2, 260, 200, shade(wall, dim), 0)
    pen.box(-6, 196, 268, 70, shade(floor, dim), 2.6)
    pen.line([(-4, 191), (260, 191)], 2, shade(wall, dim * 0.75))


def _office(pen: Pen, night: bool, chance: random.Random) -> None:
    room(pen, (206, 216, 228), (128, 138, 156), night)
    flip = chance.random() < 0.5
    pen = pen.moved(256, 0, flip=-1) if flip else pen
    window(pen, 16, 22, 74, 66, night)
    for row, y in enumerate((30, 66)):
        pen.box(160, y + 26, 84, 6, WOOD, 2)
        for i in range(7):
            colour: Colour = ((214, 84, 76), (70, 126, 190), (240, 190, 80))[(i + row) % 3]
            pen.box(164 + i * 11, y, 10, 26, colour, 1.6)
    pen.box(-6, 150, 84, 9, WOOD, 2.4)
    pen.box(4, 159, 66, 40, shade(WOOD, 0.8), 2.4)
    pen.box(14, 112, 46, 32, (60, 66, 82), 2.4)
    pen.box(18, 116, 38, 24, (120, 226, 190), 0)
    pen.box(33, 144, 8, 6, (60, 66, 82), 1.5)


def _park(pen: Pen, night: bool, chance: random.Random) -> None:
    sky(pen, night, chance, 160)
    dim = 0.5 if night else 1.0
    for x in (chance.uniform(14, 60), chance.uniform(196, 244)):
        pen.box(x - 8, 96, 16, 62, shade(WOOD, dim * 0.85), 2.4)
        for dx, dy, r in ((-20, 88, 23), (20, 88, 23), (0, 66, 28)):
            pen.oval(x + dx, dy, r, r, shade((92, 184, 84), dim), 2.4)
        pen.oval(x, 78, 26, 20, shade((92, 184, 84), dim), 0)
    pen.box(-6, 150, 268, 112, shade((142, 212, 98), dim), 2.6)
    pen.box(66, 140, 124, 9, shade(WOOD, dim), 2.4)
    pen.box(66, 156, 124, 9, shade(WOOD, dim), 2.4)
    for x in (80.0, 170.0):
        pen.box(x, 166, 7, 24, shade(WOOD, dim * 0.7), 2)
    for _ in range(7):
        x, y = chance.uniform(6, 250), chance.uniform(206, 250)
        pen.oval(x, y, 4, 4, ((255, 240, 120), (255, 150, 170), WHITE)[int(x) % 3], 1.2)


def _beach(pen: Pen, night: bool, chance: random.Random) -> None:
    sky(pen, night, chance, 110)
    dim = 0.55 if night else 1.0
    pen.box(-6, 104, 268, 66, shade((44, 142, 206), dim), 2.4)
    for y in (122, 142):
        for start in range(-10, 260, 44):
            pen.arc(start + y % 17, y, 13, 4, 200, 340, 2.2)
    pen.shape(
        [(-6, 172), (60, 164), (140, 172), (262, 162), (262, 262), (-6, 262)],
        shade((246, 220, 150), dim),
        2.4,
    )
    x = chance.choice((26.0, 228.0))
    pen.limb([(x, 190), (x + 4, 140), (x - 3, 84)], 8, shade(WOOD, dim))
    for dx, dy in ((-34, -2), (34, -2), (-24, 20), (24, 20), (0, -22)):
        pen.shape(
            [
                (x - 3, 80),
                (x + dx * 0.6, 66 + dy * 0.4),
                (x + dx, 84 + dy),
                (x + dx * 0.45, 82 + dy * 0.6),
            ],
            shade((70, 170, 84), dim),
            2,
        )


def _street(pen: Pen, night: bool, chance: random.Random) -> None:
    sky(pen, night, chance, 190)
    dim = 0.5 if night else 1.0
    colours: list[Colour] = [(214, 120, 96), (236, 190, 130), (160, 170, 200), (190, 150, 170)]
    x = -10.0
    for i in range(4):
        w, top = 68.0, chance.uniform(22, 62)
        pen.box(x, top, w, 180 - top, shade(colours[(i + chance.randrange(2)) % 4], dim), 2.6)
        for row in range(4):
            for column in range(2):
                lit = night and chance.random() < 0.7
                glass: Colour = (255, 222, 110) if lit else shade((186, 226, 240), dim)
                pen.box(x + 12 + column * 26, top + 12 + row * 30, 16, 18, glass, 2)
        x += w
    pen.box(-6, 178, 268, 16, shade((206, 204, 200), dim), 2.4)
    pen.box(-6, 194, 268, 70, shade((108, 110, 122), dim), 2.4)
    for dash in range(-6, 260, 52):
        pen.box(dash, 222, 28, 6, (244, 232, 180), 0)


def _kitchen(pen: Pen, night: bool, chance: random.Random) -> None:
    room(pen, (252, 232, 180), (206, 128, 92), night)
    dim = 0.68 if night else 1.0
    flip = chance.random() < 0.5
    pen = pen.moved(256, 0, flip=-1) if flip else pen
    for x in (6.0, 62.0):
        pen.box(x, 14, 54, 46, shade((120, 190, 178), dim), 2.4)
        pen.oval(x + 46, 40, 3, 3, WHITE, 1.5)
    window(pen, 134, 20, 50, 52, night)
    pen.box(196, 40, 64, 158, shade((232, 238, 242), dim), 3)
    pen.line([(196, 96), (260, 96)], 2.6)
    pen.line([(206, 70), (206, 86)], 4)
    pen.line([(206, 106), (206, 130)], 4)
    pen.box(-6, 128, 188, 10, shade((240, 240, 236), dim), 2.4)
    for x in (-2.0, 58.0, 118.0):
        pen.box(x, 138, 60, 58, shade((120, 190, 178), dim), 2.4)
        pen.line([(x + 20, 150), (x + 40, 150)], 3)
    pen.box(18, 100, 36, 24, (206, 70, 64), 2.4)
    pen.line([(12, 104), (60, 104)], 4)
    pen.oval(36, 96, 5, 4, INK, 0)


def _bedroom(pen: Pen, night: bool, chance: random.Random) -> None:
    room(pen, (210, 184, 232), (186, 140, 104), night)
    dim = 0.7 if night else 1.0
    flip = chance.random() < 0.5
    pen = pen.moved(256, 0, flip=-1) if flip else pen
    window(pen, 18, 20, 62, 66, night)
    pen.box(170, 30, 50, 38, shade((246, 196, 110), dim), 3)
    pen.oval(195, 52, 11, 9, shade((92, 160, 110), dim), 0)
    pen.box(110, 96, 152, 76, shade(WOOD, dim), 3)
    pen.box(122, 120, 50, 32, shade(WHITE, dim), 2.6)
    pen.box(184, 120, 50, 32, shade(WHITE, dim), 2.6)
    pen.shape([(98, 150), (262, 150), (262, 212), (90, 212)], shade((98, 140, 220), dim), 3)
    pen.shape([(98, 150), (262, 150), (262, 166), (96, 166)], shade(WHITE, dim), 2.4)
    pen.box(20, 150, 46, 48, shade(WOOD, dim * 0.9), 2.6)
    pen.line([(43, 150), (43, 132)], 4)
    lamp: Colour = (255, 226, 110) if night else (250, 150, 130)
    pen.shape([(30, 134), (36, 108), (50, 108), (56, 134)], lamp, 2.6)


def _classroom(pen: Pen, night: bool, chance: random.Random) -> None:
    room(pen, (244, 220, 176), (190, 150, 110), night)
    dim = 0.68 if night else 1.0
    pen.box(22, 22, 180, 104, shade((150, 100, 62), dim), 3)
    pen.box(29, 29, 166, 90, shade((44, 104, 80), dim), 2)
    for y in (46, 62, 78):
        start = chance.uniform(40, 70)
        pen.line([(start, y), (start + chance.uniform(40, 100), y)], 3, WHITE)
    pen.ring(160, 92, 12, 2.4, WHITE)
    window(pen, 214, 30, 40, 66, night)
    for x in (-14.0, 92.0, 196.0):
        pen.box(x, 160, 74, 9, shade((226, 170, 100), dim), 2.4)
        pen.line([(x + 10, 170), (x + 10, 204)], 4)
        pen.line([(x + 64, 170), (x + 64, 204)], 4)


def _forest(pen: Pen, night: bool, chance: random.Random) -> None:
    dim = 0.45 if night else 1.0
    pen.box(-2, -2, 260, 260, shade((120, 190, 150), dim) if not night else (22, 40, 64), 0)
    if night:
        pen.oval(chance.choice((70.0, 190.0)), 28, 14, 14, (250, 240, 190), 0)
    for trunk in range(4, 270, 42):
        at = trunk + chance.uniform(-9, 9)
        pen.box(at - 5, 30, 10, 150, shade((96, 84, 72), dim), 0)
    for x in (
        chance.uniform(-4, 28),
        chance.uniform(60, 92),
        chance.uniform(160, 196),
        chance.uniform(228, 262),
    ):
        pen.box(x - 7, 128, 14, 50, shade((110, 76, 50), dim), 2.4)
        for i, half in enumerate((38, 31, 23)):
            low = 146 - i * 38
            pen.shape(
                [(x - half, low), (x, low - 56), (x + half, low)], shade((34, 118, 76), dim), 2.4
            )
    pen.box(-6, 172, 268, 92, shade((86, 138, 70), dim), 2.4)
    for _ in range(4):
        x, y = chance.uniform(8, 248), chance.uniform(198, 246)
        pen.box(x - 3, y, 6, 9, WHITE, 1.4)
        pen.shape([(x - 9, y), (x - 5, y - 8), (x + 5, y - 8), (x + 9, y)], (220, 62, 56), 1.8)
