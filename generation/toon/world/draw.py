"""Draws a scene: the place, then its figures from left to right."""

from __future__ import annotations

import random

from PIL import Image

from generation.toon.world.backdrops import draw_backdrop
from generation.toon.world.drawings import finished, line_weight
from generation.toon.world.fights import draw_cloud, draw_dust
from generation.toon.world.figures import draw_figure, draw_trail
from generation.toon.world.pen import blank
from generation.toon.world.scene import Scene
from generation.toon.world.stances import camera_of, stances

PICTURE_SIZE = 256  # pixels


def draw_scene(scene: Scene, size: int = PICTURE_SIZE) -> Image.Image:
    """Draw `scene` as an RGB picture of `size` x `size` pixels; the same scene, the same pixels."""
    chance = random.Random(scene.seed)
    canvas, plain = blank(size, (255, 255, 255))
    camera = camera_of(scene)
    pen = camera.see(plain).weighing(line_weight(scene.drawing, camera.zoom))
    draw_backdrop(pen, scene, scene.night, chance)
    standing = list(zip(stances(scene), scene.figures, strict=True))
    pens = [pen.moved(one.x, one.neck, one.scale) for one, _ in standing]
    fighters = [one for one, figure in standing if figure.pose == "fighting"]
    for own, figure in zip(pens, scene.figures, strict=True):
        draw_trail(own, figure)
    if fighters:
        draw_dust(pen, fighters)
    for own, figure in zip(pens, scene.figures, strict=True):
        draw_figure(own, figure)
    if fighters:
        draw_cloud(pen, fighters, chance)
    return finished(canvas, scene.drawing, scene.seed)
