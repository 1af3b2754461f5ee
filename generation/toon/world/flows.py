"""The truth about a motion: where in the first and in the last frame is what a frame shows.

Figures count as a head and a body that move, grow and turn as a whole; what arms and legs do beside
that is not told.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from generation.toon.world.acting import Actor
from generation.toon.world.motion import Moment, Motion, moment
from generation.toon.world.pen import UNITS

Field = NDArray[np.float64]
Mask = NDArray[np.bool_]

HEAD = (0.0, -38.0, 50.0, 50.0)  # middle and radii of a head with its hair, from the neck
BODY = (32.0, -10.0, 118.0)  # half the width of a body; its top and bottom


@dataclass(frozen=True)
class Flows:
    """For every place of frames: `flow` `(frames, 2, 2, side, side)` to where it is in the first
    frame and in the last, x and y in halves of the picture's side; `visible` `(frames, 2, side,
    side)` whether it is seen there at all."""

    flow: NDArray[np.float32]
    visible: Mask


def flows_at(motion: Motion, parts: Sequence[float], side: int) -> Flows:
    """At each of these parts (0 to 1) of the way."""
    ends = moment(motion, 0.0), moment(motion, 1.0)
    found = [[_traced(moment(motion, part), end, side) for end in ends] for part in parts]
    flow = np.stack([np.stack([one for one, _ in both]) for both in found])
    return Flows(
        flow.astype(np.float32), np.stack([np.stack([one for _, one in both]) for both in found])
    )


def _traced(frame: Moment, end: Moment, side: int) -> tuple[Field, Mask]:
    """From every place of a frame to the same thing in another; where it is seen."""
    middles = (np.arange(side) + 0.5) * UNITS / side
    x, y = np.meshgrid(middles, middles)
    world = _world(frame, x, y)
    there = np.stack(world)
    seen = np.full(x.shape, _same_place(frame, end)) & ~_covered(end.actors, *world)
    for actor in frame.actors:
        covers = _covers(actor, *world)
        there[:, covers], seen[covers] = 0.0, False
        for place, other in enumerate(end.actors):
            if other.look == actor.look:
                moved = _with(actor, other, *world)
                there[:, covers] = np.stack(moved)[:, covers]
                seen[covers] = ~_covered(end.actors[place + 1 :], *moved)[covers]
    at = np.stack(end.camera.at(there[0], there[1]))
    seen &= ((at >= 0) & (at <= UNITS)).all(0)
    return np.where(seen, at - np.stack([x, y]), 0.0) / (UNITS / 2), seen


def _world(frame: Moment, x: Field, y: Field) -> tuple[Field, Field]:
    """Where places of the picture are in the world."""
    camera = frame.camera
    half = UNITS / 2
    return (x - half) / camera.zoom + camera.x, (y - half) / camera.zoom + camera.y


def _same_place(one: Moment, two: Moment) -> bool:
    scenes = one.backdrop, two.backdrop
    first, second = ((scene.place, scene.seed, scene.extras) for scene in scenes)
    return first == second


def _own(actor: Actor, x: Field, y: Field) -> tuple[Field, Field]:
    """Places of the world as a figure's own: from its neck, at scale 1, as if it faced right."""
    stance = actor.stance
    return (x - stance.x) / (stance.scale * actor.turn), (y - stance.neck) / stance.scale


def _with(one: Actor, two: Actor, x: Field, y: Field) -> tuple[Field, Field]:
    """Places of the world that have moved with a figure."""
    (across, down), stance = _own(one, x, y), two.stance
    return stance.x + across * stance.scale * two.turn, stance.neck + down * stance.scale


def _covers(actor: Actor, x: Field, y: Field) -> Mask:
    across, down = _own(actor, x, y)
    left, top, wide, high = HEAD
    head = ((across - left) / wide) ** 2 + ((down - top) / high) ** 2 < 1
    half, upper, lower = BODY
    covers: Mask = head | ((np.abs(across) < half) & (upper < down) & (down < lower))
    return covers


def _covered(actors: Sequence[Actor], x: Field, y: Field) -> Mask:
    hidden: Mask = np.zeros(x.shape, dtype=bool)
    for actor in actors:
        hidden |= _covers(actor, x, y)
    return hidden
