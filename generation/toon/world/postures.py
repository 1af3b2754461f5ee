"""Where a body's joints are in each pose, and on the way from one pose to another."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from generation.toon.world.pen import Point, along
from generation.toon.world.scene import IN_BED, Pose

Limb = tuple[Point, Point]

# Where the hands are, (right, down) from the neck, for the arm on the far and the near side;
# the figure faces right.
_HANDS: dict[Pose, tuple[Limb, Limb]] = {
    "standing": (((-37, 32), (-38, 58)), ((37, 32), (38, 58))),
    "walking": (((-40, 28), (-44, 52)), ((36, 34), (52, 46))),
    "sitting": (((-38, 32), (-24, 58)), ((38, 32), (28, 58))),
    "typing": (((-42, 34), (-22, 56)), ((42, 34), (22, 56))),
    "pointing": (((-46, 30), (-26, 50)), ((44, 16), (76, 6))),
    "cheering": (((-46, -4), (-58, -42)), ((46, -4), (58, -42))),
    "running": (((-44, 28), (-60, 40)), ((44, 34), (60, 12))),
    "reading": (((-44, 36), (-37, 38)), ((44, 36), (37, 38))),
    "eating": (((-42, 36), (-34, 62)), ((44, 34), (52, 14))),
    "sleeping": (((-30, 30), (-24, 50)), ((30, 30), (24, 50))),
    "waking": (((-56, 4), (-67, -46)), ((56, 4), (67, -46))),
    "fighting": (((-46, 8), (-60, -14)), ((46, 8), (62, -16))),
}
_FEET: dict[Pose, tuple[Limb, Limb]] = {
    "standing": (((-14, 84), (-15, 108)), ((14, 84), (15, 108))),
    "walking": (((-18, 82), (-34, 104)), ((20, 84), (30, 108))),
    "sitting": (((-26, 76), (-26, 104)), ((26, 76), (26, 104))),
    "typing": (((-26, 76), (-26, 104)), ((26, 76), (26, 104))),
    "pointing": (((-16, 84), (-22, 108)), ((16, 84), (22, 108))),
    "cheering": (((-18, 82), (-26, 106)), ((18, 82), (26, 106))),
    "running": (((-24, 82), (-52, 86)), ((34, 78), (44, 104))),
    "reading": (((-14, 84), (-15, 108)), ((14, 84), (15, 108))),
    "eating": (((-26, 76), (-26, 104)), ((26, 76), (26, 104))),
    "sleeping": (((-14, 84), (-15, 100)), ((14, 84), (15, 100))),
    "waking": (((-14, 84), (-15, 100)), ((14, 84), (15, 100))),
    "fighting": (((-20, 84), (-30, 108)), ((20, 84), (30, 108))),
}
HOLDING: Limb = ((44, 36), (56, 20))  # the near arm of a figure that has something in its hand
SEATED: tuple[Pose, ...] = ("sitting", "typing", "eating")
AWAY = 260.0  # units to the side, out of the picture: from where furniture is pushed in
STRIDE = 13.0  # units that a foot swings to each side; standing feet are 15 from the middle
LIFT = 9.0  # units that it is lifted
SWING = 11.0  # units that a hand swings


@dataclass(frozen=True)
class Posture:
    """Joints of both arms (elbow, hand) and legs (knee, foot), far side first; what is drawn over
    what; how far to the side furniture is, in units (None: there is none)."""

    hands: tuple[Limb, Limb]
    feet: tuple[Limb, Limb]
    far_arm_over: bool = False
    arms_over: bool = False
    chair: float | None = None
    laptop: float | None = None
    bed: float | None = None
    meal: float | None = None


def posture_of(pose: Pose, holding: bool = False) -> Posture:
    """`holding`: with something in its near hand, which is held up."""
    far, near = _HANDS[pose]
    return Posture(
        (far, HOLDING if holding and pose != "cheering" else near),
        _FEET[pose],
        far_arm_over=pose == "pointing",
        arms_over=pose in ("cheering", "waking"),
        chair=0.0 if pose in SEATED else None,
        laptop=0.0 if pose == "typing" else None,
        bed=0.0 if pose in IN_BED else None,
        meal=0.0 if pose == "eating" else None,
    )


def posture_between(start: Pose, end: Pose, part: float) -> Posture:
    """The posture at `part` (0 to 1) of the way; exact at both ends. Furniture slides in from
    behind and from ahead, and out again."""
    one, two = posture_of(start), posture_of(end)
    near = one if part < 0.5 else two
    return replace(
        near,
        hands=_limbs(one.hands, two.hands, part),
        feet=_limbs(one.feet, two.feet, part),
        chair=_slid(one.chair, two.chair, part, -AWAY),
        laptop=_slid(one.laptop, two.laptop, part, AWAY),
        bed=_slid(one.bed, two.bed, part, -AWAY),
        meal=_slid(one.meal, two.meal, part, AWAY),
    )


def in_step(posture: Posture, phase: float, strength: float) -> Posture:
    """The posture while walking: `phase` in radians of a double step, `strength` 0 to 1."""
    swing, lift = math.sin(phase) * strength, math.cos(phase) * strength
    legs = [
        _moved(leg, side * swing * STRIDE, -max(0.0, side * lift) * LIFT)
        for side, leg in zip((-1, 1), posture.feet, strict=True)
    ]
    arms = [
        _moved(arm, -side * swing * SWING, 0.0)
        for side, arm in zip((-1, 1), posture.hands, strict=True)
    ]
    return replace(posture, hands=(arms[0], arms[1]), feet=(legs[0], legs[1]))


def _moved(limb: Limb, right: float, down: float) -> Limb:
    """The end of a limb moved, and its joint half as far."""
    (jx, jy), (x, y) = limb
    return (jx + right / 2, jy + down / 2), (x + right, y + down)


def _limbs(one: tuple[Limb, Limb], two: tuple[Limb, Limb], part: float) -> tuple[Limb, Limb]:
    (a, b), (c, d) = one, two
    return _limb(a, c, part), _limb(b, d, part)


def _limb(one: Limb, two: Limb, part: float) -> Limb:
    (a, b), (c, d) = one, two
    return _point(a, c, part), _point(b, d, part)


def _point(one: Point, two: Point, part: float) -> Point:
    return along(one[0], two[0], part), along(one[1], two[1], part)


def _slid(one: float | None, two: float | None, part: float, away: float) -> float | None:
    if one is None and two is None:
        return None
    if part in (0.0, 1.0):
        return one if part == 0.0 else two
    return along(away if one is None else one, away if two is None else two, part)
