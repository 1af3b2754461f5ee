"""Draws what is behind the figures: one of all places, and what is in it."""

from __future__ import annotations

import random
from collections.abc import Callable

from generation.toon.world.buildings import draw_bus, draw_castle, draw_shop
from generation.toon.world.landscapes import (
    draw_desert,
    draw_fire,
    draw_mountain,
    draw_snow,
    draw_space,
)
from generation.toon.world.pen import Pen
from generation.toon.world.places import draw_house, draw_papers, draw_place
from generation.toon.world.scene import Place, Scene

_PAINTERS: dict[Place, Callable[[Pen, bool, random.Random], None]] = {
    "desert": draw_desert,
    "mountain": draw_mountain,
    "snow": draw_snow,
    "space": draw_space,
    "castle": draw_castle,
    "bus": draw_bus,
    "shop": draw_shop,
}


def draw_backdrop(pen: Pen, scene: Scene, night: bool, chance: random.Random) -> None:
    """Fill the whole picture with the scene's place, by day or at `night`."""
    painter = _PAINTERS.get(scene.place)
    if painter is None:
        draw_place(pen, scene.place, night, chance)
    else:
        painter(pen, night, chance)
    if "house" in scene.extras:
        draw_house(pen, night)
    if "papers" in scene.extras:
        draw_papers(pen, chance)
    if "fire" in scene.extras:
        between = len(scene.figures) == 2
        draw_fire(pen.moved(128 if between else chance.choice((34.0, 222.0)), 236))
