"""Draws heads: hair, ears, faces, glasses, hats."""

from __future__ import annotations

import math

from generation.toon.world.beards import draw_beard, draw_moustache
from generation.toon.world.faces import Face
from generation.toon.world.palette import FUR, HAIR, SHIRT, SKIN
from generation.toon.world.pen import INK, Colour, Pen, Point, along, shade
from generation.toon.world.scene import FURRY, Expression, Look

WHITE: Colour = (255, 255, 255)
LIP: Colour = (150, 36, 46)
TURN = 5.0  # units the face moves toward the side it looks at


def draw_head(pen: Pen, look: Look, face: Face) -> None:
    """Draw a head of about 92 x 88 units around the pen's origin, looking right."""
    if look.kind == "robot":
        _robot(pen, look)
    elif look.kind in FURRY:
        _animal(pen, look)
    else:
        _skull(pen, SKIN[look.skin])
    if look.kind not in FURRY and look.kind != "robot":
        _hair_front(pen, look)
    bearded = look.kind == "man" and look.beard != "none"
    if bearded:
        draw_beard(pen, look)
    _face(pen, look, face)
    if bearded:
        draw_moustache(pen, look)
    if look.glasses:
        for x in (-17.0, 19.0):
            pen.ring(x + TURN, 3, 17, 4.2)
        pen.line([(-1 + TURN, 2), (3 + TURN, 2)], 4)
        pen.line([(-33 + TURN, 0), (-45, -4)], 3.5)
    if look.hat:
        _hat(pen, look)


def _skull(pen: Pen, skin: Colour) -> None:
    pen.oval(-43, 6, 8, 10, skin)
    pen.oval(0, 0, 44, 42, shade(skin, 0.85))
    pen.oval(3, -2, 39.5, 38, skin, 0)


def draw_hair_behind(pen: Pen, look: Look) -> None:
    """The part of a person's hair that hangs behind the body; the pen as for `draw_head`."""
    if look.kind in FURRY or look.kind == "robot":
        return
    hair = HAIR[look.hair]
    if look.style == "long":
        pen.shape(
            [(-44, -22), (-52, 20), (-50, 58), (-18, 64), (20, 64), (50, 58), (52, 20), (44, -22)],
            shade(hair, 0.82),
        )
    elif look.style == "ponytail":
        pen.shape(
            [(-30, -22), (-58, -28), (-72, -4), (-70, 34), (-58, 50), (-52, 20), (-46, 0)],
            shade(hair, 0.85),
        )
    elif look.style == "bun":
        pen.oval(-8, -54, 20, 18, shade(hair, 0.85))
    elif look.style == "curly":
        for i in range(13):
            angle = math.radians(150 + i * 20)
            pen.oval(46 * math.cos(angle), 44 * math.sin(angle) - 1, 15, 15, shade(hair, 0.82))


def _hair_front(pen: Pen, look: Look) -> None:
    hair = HAIR[look.hair]
    light = shade(hair, 1.18)
    if look.style == "curly":
        for x, y in ((-34, -26), (34, -26), (-22, -38), (22, -38), (0, -42)):
            pen.oval(x, y, 15, 13, hair)
        pen.shape([(-34, -24), (-20, -44), (20, -44), (34, -24), (0, -34)], hair, 0)
        return
    if look.style == "spiky":
        spikes: list[Point] = [
            (-46, -2),
            (-58, -30),
            (-38, -28),
            (-40, -60),
            (-18, -42),
            (-4, -70),
            (10, -44),
            (32, -62),
            (34, -34),
            (56, -38),
            (45, -8),
            (30, -26),
            (16, -16),
            (4, -26),
            (-10, -15),
            (-24, -26),
            (-36, -12),
        ]
        pen.shape(spikes, hair)
        return
    dome = _dome()
    if look.style == "short":
        fringe: list[Point] = [(44, -12), (34, -24), (14, -22), (-6, -20), (-30, -26), (-40, -2)]
    elif look.style == "long":
        fringe = [(46, 16), (36, -8), (24, -24), (0, -18), (-24, -14), (-36, -6), (-44, 22)]
    else:
        fringe = [(45, -6), (30, -18), (2, -32), (-22, -22), (-42, 2)]
    pen.shape([*dome, *fringe], hair)
    pen.arc(6, -16, 28, 22, 215, 280, 4.5) if look.hair == "black" else pen.line(
        [(-18, -36), (-4, -41), (10, -41)], 5, light
    )


def _dome() -> list[Point]:
    """The upper edge of the hair, from the left ear over the top to the right ear."""
    angles = [math.radians(180 + i * 15) for i in range(13)]
    return [(47 * math.cos(a), 47 * math.sin(a) - 2) for a in angles]


def _animal(pen: Pen, look: Look) -> None:
    fur = FUR[look.fur]
    inner: Colour = (250, 176, 176)
    if look.kind == "cat":
        for side in (-1, 1):
            ear = [(side * 40.0, -10.0), (side * 40.0, -62.0), (side * 8.0, -36.0)]
            pen.shape(ear, fur)
            pen.shape([(side * 36, -22), (side * 35, -50), (side * 18, -35)], inner, 0)
    if look.kind == "rabbit":
        for side in (-1, 1):
            pen.oval(side * 19, -58, 13, 36, fur)
            pen.oval(side * 19, -56, 6, 25, inner, 0)
    pen.oval(0, 0, 46, 41, shade(fur, 0.85))
    pen.oval(3, -2, 41.5, 37, fur, 0)
    if look.kind == "dog":
        for side in (-1, 1):
            pen.shape(
                [
                    (side * 28, -36),
                    (side * 48, -32),
                    (side * 58, 4),
                    (side * 50, 26),
                    (side * 38, 10),
                ],
                shade(fur, 0.62),
            )
    muzzle = (205, 200, 202) if look.fur == "black" else shade(fur, 1.3)
    pen.oval(TURN, 19, 21 if look.kind == "dog" else 17, 15, muzzle, 0)
    pen.oval(
        TURN,
        11,
        8 if look.kind == "dog" else 5,
        5.5 if look.kind == "dog" else 4,
        INK if look.kind == "dog" else (232, 110, 120),
        2,
    )
    if look.kind != "dog":
        whisker = WHITE if look.fur == "black" else INK
        for side in (-1, 1):
            for dy in (0, 8):
                start = (TURN + side * 20, 16 + dy)
                pen.line([start, (TURN + side * 44, 12 + dy * 1.8)], 1.8, whisker)


def _robot(pen: Pen, look: Look) -> None:
    metal = SHIRT[look.shirt]
    pen.line([(0, -40), (0, -58)], 5)
    pen.oval(0, -60, 7, 7, (250, 205, 70))
    for x in (-51.0, 43.0):
        pen.box(x, -8, 8, 20, (190, 196, 204), 3)
    corner: list[Point] = [
        (-34, -40),
        (34, -40),
        (43, -31),
        (43, 31),
        (34, 40),
        (-34, 40),
        (-43, 31),
        (-43, -31),
    ]
    pen.shape(corner, metal)
    pen.shape(
        [(-34, -40), (-24, -40), (-32, 40), (-34, 40), (-43, 31), (-43, -31)], shade(metal, 0.8), 0
    )
    pen.shape([(-28, -20), (36, -20), (36, 32), (-28, 32)], (214, 232, 240), 2.5)


def _hat(pen: Pen, look: Look) -> None:
    colour = SHIRT[look.shirt] if look.kind not in FURRY else (222, 54, 54)
    crown = [
        (44 * math.cos(math.radians(180 + i * 15)), 36 * math.sin(math.radians(180 + i * 15)) - 24)
        for i in range(13)
    ]
    pen.shape(crown, colour)
    pen.shape([(-44, -28), (56, -28), (60, -20), (-44, -20)], shade(colour, 0.75))
    pen.oval(0, -60, 5, 4, shade(colour, 0.75), 2)


def _face(pen: Pen, look: Look, shown: Face) -> None:
    people = look.kind not in FURRY and look.kind != "robot"
    face = pen.moved(TURN, 0)
    wide = shown.wide
    for x in (-17.0, 19.0):
        if shown.closed:
            face.arc(x, 1, 10, 8, 15, 165, 3.6)
        else:
            down = shown.gaze
            face.oval(x, 3, along(8.5, 10.5, wide), along(10.5, 13.0, wide), WHITE, 2.4)
            face.oval(x + 2, 4 + down, along(4.8, 3.4, wide), along(5.8, 3.6, wide), INK, 0)
            face.oval(x + 0.5, 1.5 + down, 1.6, 1.8, WHITE, 0)
        if look.kind in ("woman", "girl"):
            side = -1 if x < 0 else 1
            for dy in (-2, 3):
                face.line([(x + side * 8, -2 + dy), (x + side * 14, -6 + dy)], 2.2)
    if people:
        face.line([(4, 11), (7, 15), (3, 16)], 2.4, shade(SKIN[look.skin], 0.6))
    if look.kind in ("boy", "girl"):
        for x in (-26.0, 28.0):
            face.oval(x, 17, 6, 4, (244, 130, 116), 0)
    _brows(face, shown, dark=look.kind != "robot" and look.fur == "black" and not people)
    left = 1 - shown.size  # the mouth shrinks toward its middle
    _mouth(face.moved(left, (0 if people else 3) + 27 * left, shown.size), shown.mouth)


def _brows(pen: Pen, shown: Face, dark: bool) -> None:
    inner, outer = shown.brows
    colour = WHITE if dark else INK
    pen.line([(-26, outer), (-9, inner)], shown.brow, colour)
    pen.line([(28, outer), (11, inner)], shown.brow, colour)


def _mouth(pen: Pen, expression: Expression) -> None:
    if expression == "neutral":
        pen.line([(-7, 25), (9, 25)], 3)
    elif expression == "happy":
        pen.shape([(-15, 20), (17, 20), (13, 29), (5, 34), (-3, 34), (-11, 29)], LIP, 2.6)
        pen.shape([(-12, 20), (14, 20), (12, 24), (-10, 24)], WHITE, 0)
    elif expression == "sad":
        pen.arc(1, 33, 12, 9, 195, 345, 3.2)
        pen.shape([(26, 14), (31, 24), (26, 30), (21, 24)], (110, 190, 250), 1.8)
    elif expression == "angry":
        pen.shape([(-12, 22), (14, 22), (16, 32), (-14, 32)], WHITE, 2.8)
        pen.line([(-13, 27), (15, 27)], 2)
        for x in (-5.0, 1.0, 7.0):
            pen.line([(x, 23), (x, 31)], 2)
    else:
        pen.oval(1, 28, 8, 9.5, LIP, 2.8)
