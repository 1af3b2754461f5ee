"""Where one looks in a scene: faces first, then bodies, then the place.

A picture is mostly background, so a loss that counts every pixel alike is mostly about clouds and
windows; these maps let a training spend its effort as an eye does.
"""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw

from generation.toon.world.draw import PICTURE_SIZE
from generation.toon.world.scene import Scene
from generation.toon.world.stances import seen_stances

PLACE, BODY, HEAD = 1, 2, 4  # how much a pixel counts
HEAD_UP = 38.0  # units from the neck to the middle of the head
HEAD_SIZE = (56.0, 58.0)  # half its width and height, ears and hair included
BODY_HALF = 60.0  # units to each side of the neck: arms


def focus(scene: Scene, size: int) -> np.ndarray:
    """How much each pixel counts, `(size, size)` bytes."""
    units = size / PICTURE_SIZE
    map_ = Image.new("L", (size, size), PLACE)
    pen = ImageDraw.Draw(map_)
    places = [(one.x * units, one.neck * units, one.scale * units) for one in seen_stances(scene)]
    for x, neck, scale in places:
        half = BODY_HALF * scale
        pen.rectangle((x - half, neck, x + half, size), fill=BODY)
    for x, neck, scale in places:
        wide, high = (part * scale for part in HEAD_SIZE)
        middle = neck - HEAD_UP * scale
        pen.ellipse((x - wide, middle - high, x + wide, middle + high), fill=HEAD)
    return np.asarray(map_)
