"""Where a scene's figures stand, how large they are, and what the picture shows of it all."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace

from generation.toon.world.camera import WHOLE, Camera
from generation.toon.world.figures import HEIGHT, NECK_TO_SOLE
from generation.toon.world.pen import UNITS
from generation.toon.world.scene import Figure, Scene

# Neck positions and scale by number of figures; three need to be smaller.
_COLUMNS: dict[int, tuple[tuple[float, ...], float]] = {
    0: ((), 1.0),
    1: ((128.0,), 1.08),
    2: ((70.0, 186.0), 0.98),
    3: ((46.0, 128.0, 210.0), 0.74),
}
CLOSEST: dict[int, float] = {1: 1.6, 2: 1.3}  # how much larger a close-up is, by number of figures
TOGETHER = 0.8  # of the usual distance between two in a close-up
IN_A_FIGHT = 0.66  # of the usual distance between those who fight
HEAD_UP = 30.0  # units from the neck to the middle of a close-up
ASIDE = 12.0  # units that a close-up is beside the head, toward what a hand holds
FAR = 0.46  # of its usual size is a figure in a wide picture
FAR_SOLES = (218.0, 244.0)  # how far down the soles of those who are far stand
FAR_PLAY = 22.0  # units that they are to the side of their usual place, at most


@dataclass(frozen=True)
class Stance:
    """Where a figure's neck is, in units from the upper left corner; how large the figure is."""

    x: float
    neck: float
    scale: float


def stances(scene: Scene) -> tuple[Stance, ...]:
    """Where the scene's figures stand in the world, from left to right."""
    chance = random.Random(f"stances {scene.seed}")
    columns, scale = _COLUMNS[len(scene.figures)]
    play = 16.0 if len(columns) == 1 else 5.6
    usual = [
        _stance(figure, x, scale, play, chance)
        for x, figure in zip(columns, scene.figures, strict=True)
    ]
    if scene.framing == "wide":
        return tuple(_far(one, chance) for one in usual)
    if any(figure.pose == "fighting" for figure in scene.figures):
        return tuple(_nearer(one, IN_A_FIGHT) for one in usual)
    if scene.framing == "close-up":
        return tuple(_nearer(one, TOGETHER) for one in usual)
    return tuple(usual)


def camera_of(scene: Scene) -> Camera:
    """What a picture of the scene shows: heads and shoulders only, or everything."""
    closer = CLOSEST.get(len(scene.figures))
    if scene.framing != "close-up" or closer is None:
        return WHOLE
    found = stances(scene)
    half = UNITS / 2 / closer
    held = [one for one in scene.figures if one.prop != "none"]
    middle = sum(one.x for one in found) / len(found)
    middle += ASIDE * sum(one.facing for one in held)
    height = sum(one.neck - HEAD_UP * one.scale for one in found) / len(found)
    return Camera(_within(middle, half), _within(height, half), closer)


def seen_stances(scene: Scene) -> tuple[Stance, ...]:
    """Where the figures are in the picture, in its units."""
    camera = camera_of(scene)
    return tuple(
        Stance(*camera.at(one.x, one.neck), one.scale * camera.zoom) for one in stances(scene)
    )


def _stance(figure: Figure, x: float, scale: float, play: float, chance: random.Random) -> Stance:
    own = scale * chance.uniform(0.95, 1.06)
    neck = 252 - NECK_TO_SOLE * own + chance.uniform(-6, 6)
    if figure.look.kind in ("boy", "girl"):
        neck += (HEIGHT - NECK_TO_SOLE) * 0.1 * own
    if figure.pose in ("sitting", "typing"):
        neck += 6 * own
    return Stance(x + chance.uniform(-play, play), neck, own)


def _far(usual: Stance, chance: random.Random) -> Stance:
    """The figure small, on its own feet deeper in the picture."""
    lifted = usual.neck - (252 - NECK_TO_SOLE * usual.scale)  # as the figure is: small, or seated
    scale = usual.scale * FAR
    neck = chance.uniform(*FAR_SOLES) - NECK_TO_SOLE * scale + lifted * FAR
    return Stance(usual.x + chance.uniform(-FAR_PLAY, FAR_PLAY), neck, scale)


def _nearer(usual: Stance, share: float) -> Stance:
    middle = UNITS / 2
    return replace(usual, x=middle + (usual.x - middle) * share)


def _within(middle: float, half: float) -> float:
    """The nearest middle of a look that doesn't go beyond the picture's edges."""
    return min(max(middle, half), UNITS - half)
