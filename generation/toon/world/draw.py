"""Draws a scene: the place, then its figures from left to right."""

from __future__ import annotations

import random

from PIL import Image

from generation.toon.world.backdrops import draw_backdrop
from generation.toon.world.drawings import finished, line_weight
from generation.toon.world.fights import draw_cloud, draw_dust
from generation.toon.world.figures import draw_figure
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
    found = stances(scene)
    fight = [
        one for one, figure in zip(found, scene.figures, strict=True) if figure.pose == "fighting"
    ]
    if fight:
        draw_dust(pen, fight)
    for stance, figure in zip(found, scene.figures, strict=True):
        draw_figure(pen.moved(stance.x, stance.neck, stance.scale), figure)
    if fight:
        draw_cloud(pen, fight, chance)
    return finished(canvas, scene.drawing, scene.seed)
