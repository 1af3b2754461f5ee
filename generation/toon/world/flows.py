"""The truth about a motion: where in the first and in the last frame is what a frame shows, and
where in the frame is what they show.

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
    """Of frames and both ends, all x and y in halves of the picture's side. `flow` `(frames, 2, 2,
    side, side)`: from every place of a frame to the same thing in the first and in the last;
    `visible` `(frames, 2, side, side)`: whether it is seen there at all. `ahead`, `known`: the same
    from every place of the first and of the last to the frame; what goes behind something or out of
    the picture is still known."""

    flow: NDArray[np.float32]
    visible: Mask
    ahead: NDArray[np.float32]
    known: Mask


@dataclass(frozen=True)
class _Trace:
    """From every place of one frame to another, `(2, side, side)`; whether the thing is anywhere
    there, and whether it is seen."""

    way: Field
    known: Mask
    seen: Mask


def flows_at(motion: Motion, parts: Sequence[float], side: int) -> Flows:
    """At each of these parts (0 to 1) of the way."""
    ends = moment(motion, 0.0), moment(motion, 1.0)
    frames = [moment(motion, part) for part in parts]
    back = [[_traced(frame, end, side) for end in ends] for frame in frames]
    on = [[_traced(end, frame, side) for end in ends] for frame in frames]
    return Flows(
        np.array([[one.way * one.seen for one in both] for both in back], dtype=np.float32),
        np.array([[one.seen for one in both] for both in back]),
        np.array([[one.way * one.known for one in both] for both in on], dtype=np.float32),
        np.array([[one.known for one in both] for both in on]),
    )


def _traced(frame: Moment, end: Moment, side: int) -> _Trace:
    middles = (np.arange(side) + 0.5) * UNITS / side
    x, y = np.meshgrid(middles, middles)
    world = _world(frame, x, y)
    there = np.stack(world)
    known = np.full(x.shape, _same_place(frame, end))
    free = ~_covered(end.actors, *world)
    for actor in frame.actors:
        covers = _covers(actor, *world)
        known[covers] = False
        for place, other in enumerate(end.actors):
            if other.look == actor.look:
                moved = _with(actor, other, *world)
                there[:, covers] = np.stack(moved)[:, covers]
                known[covers] = True
                free[covers] = ~_covered(end.actors[place + 1 :], *moved)[covers]
    at = np.stack(end.camera.at(there[0], there[1]))
    inside = ((at >= 0) & (at <= UNITS)).all(0)
    return _Trace((at - np.stack([x, y])) / (UNITS / 2), known, known & free & inside)


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
