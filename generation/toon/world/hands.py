"""Draws hands, and what a figure does with them: it holds something, reads, eats."""

from __future__ import annotations

from generation.toon.world.furniture import draw_fork
from generation.toon.world.palette import FUR, SHIRT, SKIN
from generation.toon.world.pen import Colour, Pen
from generation.toon.world.postures import Posture
from generation.toon.world.props import (
    draw_behind,
    draw_beside,
    draw_held,
    draw_open_book,
    draw_open_paper,
)
from generation.toon.world.scene import BY_THE_FEET, FURRY, Figure, Look

WHITE: Colour = (250, 248, 242)


def skin_of(look: Look) -> Colour:
    """The colour of hands and head."""
    if look.kind in FURRY:
        return FUR[look.fur]
    return SHIRT[look.shirt] if look.kind == "robot" else SKIN[look.skin]


def draw_hand(pen: Pen, look: Look) -> None:
    pen.oval(0, 0, 9.5, 9.5, WHITE if look.kind == "robot" else skin_of(look), 3)


def holds(figure: Figure) -> bool:
    """Whether there is something in its near hand alone."""
    return figure.prop not in ("none", *BY_THE_FEET) and figure.pose != "reading"


def draw_behind_it(pen: Pen, figure: Figure, posture: Posture) -> None:
    """Draw what is behind a figure that faces right, with its neck at the pen's origin."""
    if holds(figure):
        draw_behind(pen, figure.prop, posture.hands[1][1])


def draw_before_it(pen: Pen, figure: Figure, posture: Posture) -> None:
    """Draw what is in its hands, and beside its feet."""
    near = pen.moved(*posture.hands[1][1])
    if figure.pose == "reading":
        _read(pen.moved(0, 36), figure)
    elif holds(figure):
        draw_held(near, figure.prop)
        draw_hand(near, figure.look)
    if figure.pose == "eating":
        draw_fork(near)
        draw_hand(near, figure.look)
    draw_beside(pen, figure.prop)


def _read(pen: Pen, figure: Figure) -> None:
    """An open book, or a newspaper, in both hands, with the pen's origin in its middle."""
    paper = figure.prop == "newspaper"
    (draw_open_paper if paper else draw_open_book)(pen)
    for side in (-1, 1):
        draw_hand(pen.moved(side * (44 if paper else 36), 8), figure.look)
