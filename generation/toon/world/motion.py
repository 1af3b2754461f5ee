"""A drawn world in motion: the scene on its way from one state to another, with the truth.

Both ends are exact: where nothing is moved by hand, the first and the last frame are the very
pictures that `draw_scene` makes of the two scenes.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass

from PIL import Image

from generation.toon.world.draw import PICTURE_SIZE, Stance, stances
from generation.toon.world.faces import Face, face_between
from generation.toon.world.figures import draw_body
from generation.toon.world.pen import UNITS, Pen, along, blank, finish, pen_on
from generation.toon.world.places import draw_house, draw_papers, draw_place
from generation.toon.world.postures import Posture, in_step, posture_between
from generation.toon.world.scene import Figure, Look, Scene

OUTSIDE = 84.0  # units beyond the edge, at scale 1: no hand of a figure there is seen
WALKS = 24.0  # units; who moves farther walks, and looks where it goes
STEP = 46.0  # units of a double step
TURNING = 0.22  # share of a walk in which it turns to where it goes, and at the end back
NARROWEST = 0.22  # of its width, when a figure turns before our eyes


@dataclass(frozen=True)
class Camera:
    """What is seen: the point in the middle, in units, and how much larger (1: everything)."""

    x: float = UNITS / 2
    y: float = UNITS / 2
    zoom: float = 1.0

    def see(self, pen: Pen) -> Pen:
        half = UNITS / 2
        return pen.moved(half - self.x * self.zoom, half - self.y * self.zoom, self.zoom)

    def at(self, x: float, y: float) -> tuple[float, float]:
        """Where a point of the world is in the picture, in units."""
        half = UNITS / 2
        return half + (x - self.x) * self.zoom, half + (y - self.y) * self.zoom


WHOLE = Camera()


@dataclass(frozen=True)
class Shot:
    """A state of the world: a scene, how far each figure stands from its usual place (units to the
    right; none: where it usually does), and what the camera sees."""

    scene: Scene
    shifts: tuple[float, ...] = ()
    camera: Camera = WHOLE

    def standing(self) -> list[tuple[Figure, Stance]]:
        moved = self.shifts or (0.0,) * len(self.scene.figures)
        return [
            (figure, Stance(one.x + shift, one.neck, one.scale))
            for figure, one, shift in zip(
                self.scene.figures, stances(self.scene), moved, strict=True
            )
        ]


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
class Actor:
    """A figure at one moment. `turn` is 1 when it faces right, -1 left, between them narrower."""

    look: Look
    stance: Stance
    posture: Posture
    face: Face
    turn: float


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
        leg = Leg(motion.start, _left(motion.start)) if part < 0.5 else Leg(_left(shot), shot)
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
    return [draw_moment(moment(motion, part), size) for part in times(count)]


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
    draw_place(pen, scene.place, night, chance)
    if "house" in scene.extras:
        draw_house(pen, night)
    if "papers" in scene.extras:
        draw_papers(pen, chance)
    return canvas


def _left(shot: Shot) -> Shot:
    """The shot when everybody has walked out of it: figures gone, the place still there."""
    scene = shot.scene
    empty = Scene(scene.place, scene.night, (), scene.extras, scene.seed)
    return Shot(empty, (), shot.camera)


@dataclass(frozen=True)
class Leg:
    """One shot to another in the same place."""

    start: Shot
    end: Shot

    def actors(self, part: float, eased: float) -> list[Actor]:
        """Everybody who is in either shot, from left to right as they stand at the end."""
        before, after = self.start.standing(), self.end.standing()
        found: list[Actor] = []
        for figure, stance in after:
            pair = next((one for one in before if one[0].look == figure.look), None)
            if pair is not None:
                before.remove(pair)
                found.append(_walked(pair, (figure, stance), part, eased))
            elif part > 0:
                found.append(_walked(_offstage(figure, stance), (figure, stance), part, eased))
        if part < 1:
            found += [_walked(one, _offstage(*one, going=True), part, eased) for one in before]
        return found


def _offstage(figure: Figure, stance: Stance, going: bool = False) -> tuple[Figure, Stance]:
    """Where a figure comes from, or goes to: beyond the edge behind it, or before it."""
    right = (figure.facing > 0) == going
    edge = UNITS + OUTSIDE * stance.scale if right else -OUTSIDE * stance.scale
    return Figure(figure.look, "walking", figure.expression, figure.facing), Stance(
        edge, stance.neck, stance.scale
    )


def _walked(
    one: tuple[Figure, Stance], two: tuple[Figure, Stance], part: float, eased: float
) -> Actor:
    (start, here), (end, there) = one, two
    stance = Stance(
        along(here.x, there.x, eased),
        along(here.neck, there.neck, eased),
        along(here.scale, there.scale, eased),
    )
    posture = posture_between(start.pose, end.pose, eased)
    way = there.x - here.x
    heading = math.copysign(1, way) if abs(way) > WALKS else None
    if heading is not None:
        strength = min(1.0, 4 * eased * (1 - eased) * 1.6)
        posture = in_step(posture, 2 * math.pi * abs(way) * eased / STEP, strength)
    return Actor(
        start.look,
        stance,
        posture,
        face_between(start.expression, end.expression, eased),
        _turned(start.facing, end.facing, heading, part, eased),
    )


def _turned(start: int, end: int, heading: float | None, part: float, eased: float) -> float:
    """The way it faces: who walks looks ahead between turning there and turning back."""
    if heading is None:
        return _facing(start, end, eased)
    if part <= TURNING:
        return _facing(start, heading, part / TURNING)
    return _facing(heading, end, max(0.0, (part - 1) / TURNING + 1))


def _facing(one: float, two: float, part: float) -> float:
    turn = along(one, two, part)
    if one == two:
        return one
    return math.copysign(max(NARROWEST, abs(turn)), turn)
