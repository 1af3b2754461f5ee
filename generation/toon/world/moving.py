"""Draws lots: random motions of every kind, with the captions of both ends."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal, get_args

from generation.toon.world.camera import Camera
from generation.toon.world.captions import SAY_LOOKS, Caption, caption, describe
from generation.toon.world.motion import Motion
from generation.toon.world.pen import UNITS
from generation.toon.world.sampler import random_look, scene_with
from generation.toon.world.scene import EXPRESSIONS, POSES, Figure, Scene
from generation.toon.world.shots import Shot

MotionKind = Literal[
    "walk", "sit", "cheer", "gesture", "mood", "turn", "enter", "leave", "camera", "light", "cut"
]
KINDS: tuple[MotionKind, ...] = get_args(MotionKind)
ACROSS = (44.0, 66.0)  # units to each side of the middle, where a walk begins and ends
CLOSEST = 1.7  # most that a camera makes larger
BESIDES = 0.35  # share of motions in which something else changes, too


@dataclass(frozen=True)
class MotionSample:
    """A motion and what would be said of its first and its last frame."""

    kind: MotionKind
    motion: Motion
    captions: tuple[Caption, Caption]


def moving(seed: int, kind: MotionKind | None = None) -> MotionSample:
    """The motion of this seed, of a random kind where none is asked for."""
    chance = random.Random(f"motion {seed}")
    made = chance.choice(KINDS) if kind is None else kind
    alone = made in ("walk", "enter", "leave", "cut") or chance.random() < 0.75
    looks = tuple(random_look(chance) for _ in range(1 if alone else 2))
    scene = scene_with(looks, chance)
    motion = _MAKERS[made](scene, chance)
    if made in ("camera", "light", "walk") and chance.random() < BESIDES:
        motion = Motion(motion.start, _other_mood(motion.end, chance))
    said = [describe(look, chance, SAY_LOOKS) for look in looks]
    return MotionSample(made, motion, (_told(motion.start, said), _told(motion.end, said)))


def _told(shot: Shot, said: list[Caption]) -> Caption:
    """The caption of one end; the same words for what is the same at both."""
    chance = random.Random(f"told {shot.scene.seed}")
    return caption(shot.scene, said[: len(shot.scene.figures)], chance)


def _walk(scene: Scene, chance: random.Random) -> Motion:
    side = chance.choice((-1, 1))
    before, after = -side * chance.uniform(*ACROSS), side * chance.uniform(*ACROSS)
    figure = replace(scene.figures[0], pose="walking", facing=side)
    scene = replace(scene, figures=(figure,))
    return Motion(Shot(scene, (before,)), Shot(scene, (after,)))


def _posed(scene: Scene, start: Figure, end: Figure) -> Motion:
    """The first figure changes, the others stay as they are."""
    rest = scene.figures[1:]
    return Motion(
        Shot(replace(scene, figures=(start, *rest))), Shot(replace(scene, figures=(end, *rest)))
    )


def _sit(scene: Scene, chance: random.Random) -> Motion:
    up = replace(scene.figures[0], pose="standing")
    down = replace(up, pose=chance.choice(("sitting", "typing")))
    return _posed(scene, up, down) if chance.random() < 0.6 else _posed(scene, down, up)


def _cheer(scene: Scene, chance: random.Random) -> Motion:
    down, up = (replace(scene.figures[0], pose=pose) for pose in ("standing", "cheering"))
    return _posed(scene, down, replace(up, expression="happy"))


def _gesture(scene: Scene, chance: random.Random) -> Motion:
    one, two = chance.sample(POSES, 2)
    figure = scene.figures[0]
    return _posed(scene, replace(figure, pose=one), replace(figure, pose=two))


def _mood(scene: Scene, chance: random.Random) -> Motion:
    start = Shot(scene)
    return Motion(start, _other_mood(start, chance))


def _other_mood(shot: Shot, chance: random.Random) -> Shot:
    first, *rest = shot.scene.figures
    mood = chance.choice([one for one in EXPRESSIONS if one != first.expression])
    changed = replace(first, expression=mood)
    return replace(shot, scene=replace(shot.scene, figures=(changed, *rest)))


def _turn(scene: Scene, chance: random.Random) -> Motion:
    figure = scene.figures[0]
    return _posed(scene, figure, replace(figure, facing=-figure.facing))


def _enter(scene: Scene, chance: random.Random) -> Motion:
    return Motion(Shot(replace(scene, figures=())), Shot(scene))


def _leave(scene: Scene, chance: random.Random) -> Motion:
    return Motion(Shot(scene), Shot(replace(scene, figures=())))


def _camera(scene: Scene, chance: random.Random) -> Motion:
    ends = [_seen(chance), _seen(chance)]
    if chance.random() < 0.6:
        ends[chance.randrange(2)] = Camera()
    return Motion(Shot(scene, camera=ends[0]), Shot(scene, camera=ends[1]))


def _seen(chance: random.Random) -> Camera:
    """A closer look at some part of the picture, never beyond its edges."""
    zoom = chance.uniform(1.15, CLOSEST)
    half = UNITS / 2 / zoom
    return Camera(chance.uniform(half, UNITS - half), chance.uniform(half, UNITS - half), zoom)


def _light(scene: Scene, chance: random.Random) -> Motion:
    return Motion(Shot(scene), Shot(replace(scene, night=not scene.night)))


def _cut(scene: Scene, chance: random.Random) -> Motion:
    looks = tuple(figure.look for figure in scene.figures)
    return Motion(Shot(scene), Shot(scene_with(looks, chance)))


_MAKERS: dict[MotionKind, Callable[[Scene, random.Random], Motion]] = {
    "walk": _walk,
    "sit": _sit,
    "cheer": _cheer,
    "gesture": _gesture,
    "mood": _mood,
    "turn": _turn,
    "enter": _enter,
    "leave": _leave,
    "camera": _camera,
    "light": _light,
    "cut": _cut,
}
