"""A drawn world in motion: the scene on its way from one state to another, with the truth.

Both ends are exact: where nothing is moved by hand, the first and the last frame are the very
pictures that `draw_scene` makes of the two scenes. That is so of the first round's scenes: what
figures hold, how a scene is framed and in which style don't move yet.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image

from generation.toon.world.acting import Actor, Leg
from generation.toon.world.backdrops import draw_backdrop
from generation.toon.world.camera import Camera
from generation.toon.world.draw import PICTURE_SIZE
from generation.toon.world.figures import draw_body
from generation.toon.world.pen import UNITS, along, blank, finish, pen_on
from generation.toon.world.scene import Look, Scene
from generation.toon.world.shots import Shot


@dataclass(frozen=True)
class Motion:
    """From one shot to another. Scenes of another place or seed are cut in the middle: whoever is
    in both walks out of the one and into the other."""

    start: Shot
    end: Shot

    @property
    def cut(self) -> bool:
        one, two = self.start.scene, self.end.scene
        return (one.place, one.seed, one.extras) != (two.place, two.seed, two.extras)


@dataclass(frozen=True)
class Moment:
    """All that a frame is drawn from; `night` is 0 (day) to 1."""

    backdrop: Scene
    night: float
    actors: tuple[Actor, ...]
    camera: Camera


@dataclass(frozen=True)
class Spot:
    """Where a character is in a frame: its neck, in pixels from the upper left corner; it may be
    outside. `scale` is how large it is drawn."""

    look: Look
    x: float
    y: float
    scale: float


def moment(motion: Motion, part: float) -> Moment:
    """The world at `part` (0 to 1) of the way."""
    shot = motion.start if part < 0.5 else motion.end
    if motion.cut:
        leg = Leg(shot, shot.left()) if part < 0.5 else Leg(shot.left(), shot)
        part = 2 * part if part < 0.5 else 2 * part - 1
    else:
        leg = Leg(motion.start, motion.end)
    eased = part * part * (3 - 2 * part)
    cameras = leg.start.camera, leg.end.camera
    camera = Camera(
        along(cameras[0].x, cameras[1].x, eased),
        along(cameras[0].y, cameras[1].y, eased),
        along(cameras[0].zoom, cameras[1].zoom, eased),
    )
    night = along(float(leg.start.scene.night), float(leg.end.scene.night), eased)
    return Moment(shot.scene, night, tuple(leg.actors(part, eased)), camera)


def frames(motion: Motion, count: int, size: int = PICTURE_SIZE) -> list[Image.Image]:
    """`count` pictures at even times, both ends included."""
    return frames_at(motion, times(count), size)


def frames_at(
    motion: Motion, parts: Sequence[float], size: int = PICTURE_SIZE
) -> list[Image.Image]:
    """A picture at each of these parts (0 to 1) of the way."""
    return [draw_moment(moment(motion, part), size) for part in parts]


def times(count: int) -> list[float]:
    return [i / (count - 1) for i in range(count)]


def draw_moment(one: Moment, size: int = PICTURE_SIZE) -> Image.Image:
    """The frame as an RGB picture of `size` x `size` pixels; the same moment, the same pixels."""
    shades = [night for night in (False, True) if one.night != (0.0 if night else 1.0)]
    canvases = [_backdrop(one, night, size) for night in shades]
    canvas = canvases[0]
    if len(canvases) == 2:
        canvas = Image.blend(canvases[0], canvases[1], one.night)
    pen = one.camera.see(pen_on(canvas))
    for actor in one.actors:
        stance = actor.stance
        body = pen.moved(stance.x, stance.neck, stance.scale).moved(0, 0, flip=actor.turn)
        draw_body(body, actor.look, actor.posture, actor.face)
    return finish(canvas)


def spots(one: Moment, size: int = PICTURE_SIZE) -> tuple[Spot, ...]:
    """The truth about a frame: where every character is, in pixels of a picture of `size`."""
    pixels = size / UNITS
    found: list[Spot] = []
    for actor in one.actors:
        x, y = one.camera.at(actor.stance.x, actor.stance.neck)
        scale = actor.stance.scale * one.camera.zoom
        found.append(Spot(actor.look, x * pixels, y * pixels, scale))
    return tuple(found)


def _backdrop(one: Moment, night: bool, size: int) -> Image.Image:
    scene = one.backdrop
    chance = random.Random(scene.seed)
    canvas, plain = blank(size, (255, 255, 255))
    pen = one.camera.see(plain)
    draw_backdrop(pen, scene, night, chance)
    return canvas
