"""Draws a scene: the place, then its figures from left to right."""

from __future__ import annotations

import random
from dataclasses import dataclass

from PIL import Image

from generation.toon.world.figures import HEIGHT, NECK_TO_SOLE, draw_figure
from generation.toon.world.pen import blank, finish
from generation.toon.world.places import draw_house, draw_papers, draw_place
from generation.toon.world.scene import Figure, Scene

PICTURE_SIZE = 256  # pixels

# Neck positions and scale by number of figures; three need to be smaller.
_COLUMNS: dict[int, tuple[tuple[float, ...], float]] = {
    0: ((), 1.0),
    1: ((128.0,), 1.08),
    2: ((70.0, 186.0), 0.98),
    3: ((46.0, 128.0, 210.0), 0.74),
}


@dataclass(frozen=True)
class Stance:
    """Where a figure's neck is, in units from the upper left corner; how large the figure is."""

    x: float
    neck: float
    scale: float


def draw_scene(scene: Scene, size: int = PICTURE_SIZE) -> Image.Image:
    """Draw `scene` as an RGB picture of `size` x `size` pixels; the same scene, the same pixels."""
    chance = random.Random(scene.seed)
    canvas, pen = blank(size, (255, 255, 255))
    draw_place(pen, scene.place, scene.night, chance)
    if "house" in scene.extras:
        draw_house(pen, scene.night)
    if "papers" in scene.extras:
        draw_papers(pen, chance)
    for stance, figure in zip(stances(scene), scene.figures, strict=True):
        draw_figure(pen.moved(stance.x, stance.neck, stance.scale), figure)
    return finish(canvas)


def stances(scene: Scene) -> tuple[Stance, ...]:
    """Where the scene's figures stand, from left to right."""
    chance = random.Random(f"stances {scene.seed}")
    columns, scale = _COLUMNS[len(scene.figures)]
    play = 16.0 if len(columns) == 1 else 5.6
    return tuple(
        _stance(figure, x, scale, play, chance)
        for x, figure in zip(columns, scene.figures, strict=True)
    )


def _stance(figure: Figure, x: float, scale: float, play: float, chance: random.Random) -> Stance:
    own = scale * chance.uniform(0.95, 1.06)
    neck = 252 - NECK_TO_SOLE * own + chance.uniform(-6, 6)
    if figure.look.kind in ("boy", "girl"):
        neck += (HEIGHT - NECK_TO_SOLE) * 0.1 * own
    if figure.pose in ("sitting", "typing"):
        neck += 6 * own
    return Stance(x + chance.uniform(-play, play), neck, own)
