"""Draws one character: a small body under a large head, so that faces can be read."""

from __future__ import annotations

from generation.toon.world.faces import Face, face_doing
from generation.toon.world.furniture import (
    draw_bed,
    draw_blanket,
    draw_meal,
    draw_snoring,
    draw_speed,
)
from generation.toon.world.hands import (
    draw_before_it,
    draw_behind_it,
    draw_hand,
    holds,
    skin_of,
)
from generation.toon.world.heads import draw_hair_behind, draw_head
from generation.toon.world.palette import FUR, SHIRT
from generation.toon.world.patterns import draw_pattern
from generation.toon.world.pen import INK, Colour, Pen, Point, shade
from generation.toon.world.postures import Limb, Posture, posture_of
from generation.toon.world.scene import FURRY, PEOPLE, Figure, Look

TROUSERS: Colour = (62, 72, 120)
SKIRT: Colour = (110, 62, 110)
SHOE: Colour = (70, 52, 48)
WHITE: Colour = (250, 248, 242)

HEIGHT = 208.0  # units from the top of the hair to the soles, at scale 1
NECK_TO_SOLE = 116.0


def draw_figure(pen: Pen, figure: Figure) -> None:
    """Draw `figure` with its neck at the pen's origin."""
    facing = pen.moved(0, 0, flip=figure.facing)
    body = facing.moved(0, 0, scale=body_scale(figure.look))
    posture = posture_of(figure.pose, holds(figure))
    draw_behind_it(body, figure, posture)
    draw_body(facing, figure.look, posture, face_doing(figure.pose, figure.expression))
    draw_before_it(body, figure, posture)
    if figure.pose == "sleeping":
        draw_snoring(pen.moved(0, 0, scale=body_scale(figure.look)), figure.facing)


def draw_trail(pen: Pen, figure: Figure) -> None:
    """Draw what a runner leaves behind, which is behind all figures; the pen as for its figure."""
    if figure.pose == "running":
        draw_speed(pen.moved(0, 0, body_scale(figure.look), figure.facing))


def body_scale(look: Look) -> float:
    """How large a body is under its head: children have small ones."""
    return 0.84 if look.kind in ("boy", "girl") else 1.0


def draw_body(pen: Pen, look: Look, posture: Posture, face: Face) -> None:
    """Draw a character that faces right, with its neck at the pen's origin."""
    small = look.kind in ("boy", "girl")
    body = pen.moved(0, 0, scale=body_scale(look))
    if posture.bed is not None:
        draw_bed(body.moved(posture.bed, 0))
    elif look.kind in FURRY:
        _tail(body, look)
    if posture.chair is not None:
        _chair(body.moved(posture.chair, 0))
    head = pen.moved(0, -40 if small else -38)
    draw_hair_behind(head, look)
    for joints in posture.feet:
        _leg(body, look, joints)
    if not posture.far_arm_over:
        _arm(body, look, posture.hands[0])
    _torso(body, look)
    if posture.far_arm_over:
        _arm(body, look, posture.hands[0])
    _arm(body, look, posture.hands[1])
    draw_head(head, look, face)
    if posture.bed is not None:
        draw_blanket(body.moved(posture.bed, 0))
    if posture.arms_over:
        for joints in posture.hands:
            _arm(body, look, joints)
    if posture.laptop is not None:
        _laptop(body.moved(posture.laptop, 0), look)
    if posture.meal is not None:
        draw_meal(body.moved(posture.meal, 0))


def _cloth(look: Look) -> Colour:
    return FUR[look.fur] if look.kind in FURRY else SHIRT[look.shirt]


def _torso(pen: Pen, look: Look) -> None:
    colour = _cloth(look)
    top = {"man": 31, "robot": 33, "woman": 25}.get(look.kind, 27)
    low = {"man": 25, "robot": 33, "woman": 21}.get(look.kind, 27)
    if look.kind not in FURRY and look.kind != "robot":
        if look.kind in ("woman", "girl"):
            pen.shape([(-low, 48), (low, 48), (low + 13, 80), (-low - 13, 80)], SKIRT)
        else:
            pen.shape([(-low, 50), (low, 50), (low + 1, 72), (-low - 1, 72)], TROUSERS)
    outline = [(-top + 8, 0), (top - 8, 0), (top, 10), (low, 62), (-low, 62), (-top, 10)]
    pen.shape(outline, colour, 0)
    pen.shape(
        [(-top + 8, 0), (-top, 10), (-low, 62), (-low + 11, 62), (-top + 13, 12)],
        shade(colour, 0.78),
        0,
    )
    if look.kind in FURRY:
        pen.oval(2, 38, 16, 21, shade(colour, 1.35) if look.fur != "black" else (120, 118, 124), 0)
    if look.kind == "robot":
        pen.box(-16, 20, 32, 24, (210, 220, 226), 2.5)
        pen.oval(-7, 32, 4.5, 4.5, (235, 70, 60), 1.5)
        pen.oval(7, 32, 4.5, 4.5, (90, 210, 110), 1.5)
    if look.slogan and look.kind not in FURRY and look.kind != "robot":
        ink = INK if look.shirt in ("white", "yellow", "orange") else WHITE
        for y, half in ((22, 14), (31, 11), (40, 13)):
            pen.line([(-half + 2, y), (half + 2, y)], 4, ink)
    if look.pattern != "plain" and look.kind in PEOPLE:
        draw_pattern(pen, look, top, low)
    pen.line([*outline, outline[0]], 3.4)


def _arm(pen: Pen, look: Look, joints: Limb) -> None:
    elbow, hand = joints
    side = 1 if elbow[0] > 0 else -1
    shoulder = (side * 25.0, 12.0)
    sleeve = _cloth(look)
    pen.limb([shoulder, elbow, hand], 12, sleeve)
    draw_hand(pen.moved(*hand), look)
    if abs(hand[0]) > 70:  # a pointing finger
        pen.limb([hand, (hand[0] + 17, hand[1] - 2)], 5, skin_of(look))


def _leg(pen: Pen, look: Look, joints: Limb) -> None:
    knee, foot = joints
    side = 1 if foot[0] > 0 else -1
    bare = look.kind in ("woman", "girl")
    people = look.kind not in FURRY and look.kind != "robot"
    colour = (skin_of(look) if bare else TROUSERS) if people else shade(_cloth(look), 0.9)
    pen.limb([(side * 13.0, 60.0), knee, foot], 12 if bare else 16, colour)
    pen.oval(foot[0] + 5, foot[1] + 4, 14, 8.5, SHOE if people else skin_of(look), 3)


def _tail(pen: Pen, look: Look) -> None:
    if look.kind == "rabbit":
        pen.oval(-28, 56, 12, 12, WHITE, 3)
        return
    points: list[Point] = [(-20, 58), (-46, 62), (-56, 40), (-50, 22)]
    if look.kind == "dog":
        points = [(-20, 58), (-40, 56), (-54, 42)]
    pen.limb(points, 10, FUR[look.fur])


def _chair(pen: Pen) -> None:
    wood: Colour = (150, 100, 62)
    for x in (-34.0, 34.0):
        pen.line([(x, 66), (x, 112)], 9, INK)
        pen.line([(x, 66), (x, 111)], 4, wood)
    pen.box(-42, 62, 84, 11, wood, 3)
    pen.box(-36, 8, 72, 26, wood, 3)


def _laptop(pen: Pen, look: Look) -> None:
    """A table with an open laptop in front of the figure; its lid turns to the reader."""
    pen.box(-74, 78, 148, 13, (178, 124, 78), 3)
    for x in (-64.0, 56.0):
        pen.box(x, 91, 9, 26, (150, 100, 62), 3)
    grey: Colour = (176, 184, 196)
    pen.shape([(-35, 38), (35, 38), (38, 78), (-38, 78)], grey, 3.4)
    pen.shape([(-35, 38), (-27, 38), (-30, 78), (-38, 78)], shade(grey, 0.8), 0)
    if look.stickers:
        spots: list[tuple[float, float, Colour]] = [
            (-20, 50, (235, 80, 70)),
            (0, 48, (250, 205, 70)),
            (20, 52, (80, 170, 235)),
            (-12, 66, (95, 200, 110)),
            (10, 67, (240, 140, 190)),
            (27, 68, (250, 150, 60)),
        ]
        for x, y, colour in spots:
            pen.oval(x, y, 6.5, 6.5, colour, 1.5)
    else:
        pen.oval(0, 58, 6, 6, WHITE, 1.5)
    for x in (-44.0, 44.0):
        pen.oval(x, 76, 9, 8, skin_of(look), 3)
