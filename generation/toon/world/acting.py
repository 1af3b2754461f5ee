"""What figures do on their way from one shot to another: change, turn, walk, come and go."""

from __future__ import annotations

import math
from dataclasses import dataclass

from generation.toon.world.faces import Face, face_between
from generation.toon.world.pen import UNITS, along
from generation.toon.world.postures import Posture, in_step, posture_between
from generation.toon.world.scene import Figure, Look
from generation.toon.world.shots import Shot
from generation.toon.world.stances import Stance

OUTSIDE = 84.0  # units beyond the edge, at scale 1: no hand of a figure there is seen
WALKS = 24.0  # units; who moves farther walks, and looks where it goes
STEP = 46.0  # units of a double step
TURNING = 0.22  # share of a walk in which it turns to where it goes, and at the end back
NARROWEST = 0.22  # of its width, when a figure turns before our eyes


@dataclass(frozen=True)
class Actor:
    """A figure at one moment. `turn` is 1 when it faces right, -1 left, between them narrower."""

    look: Look
    stance: Stance
    posture: Posture
    face: Face
    turn: float


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
