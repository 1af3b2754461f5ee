"""What an expression does to a face, as numbers that can move from one to the other."""

from __future__ import annotations

from dataclasses import dataclass, replace

from generation.toon.world.pen import Point, along
from generation.toon.world.scene import Expression, Pose

_BROWS: dict[Expression, Point] = {  # down from the middle of the head: inner end, outer end
    "neutral": (-14, -14),
    "happy": (-18, -16),
    "sad": (-20, -11),
    "angry": (-7, -19),
    "surprised": (-22, -20),
}
READING = 3.6  # units down, to the book
_LEAST_MOUTH = 0.35  # of its size, in the middle of a change


@dataclass(frozen=True)
class Face:
    """`wide` (0 to 1) is how far the eyes are open in surprise; `mouth` has the shape of that
    expression at `size` (0 to 1) of its own; `gaze` is how far down it looks, in units."""

    brows: Point
    brow: float
    wide: float
    mouth: Expression
    size: float = 1.0
    gaze: float = 0.0
    closed: bool = False


def face_of(expression: Expression) -> Face:
    brow = 5.0 if expression == "angry" else 3.6
    return Face(_BROWS[expression], brow, float(expression == "surprised"), expression)


def face_doing(pose: Pose, expression: Expression) -> Face:
    """The face of a figure that reads or sleeps, too."""
    face = face_of(expression)
    if pose == "sleeping":
        return replace(face, wide=0.0, closed=True)
    return replace(face, gaze=READING) if pose == "reading" else face


def face_between(start: Expression, end: Expression, part: float) -> Face:
    """The face at `part` (0 to 1) of the way; exact at both ends.

    Brows and eyes glide; the mouth shrinks, changes its shape half-way, and grows.
    """
    one, two = face_of(start), face_of(end)
    brows = (along(one.brows[0], two.brows[0], part), along(one.brows[1], two.brows[1], part))
    size = 1.0
    if start != end:
        size = along(_LEAST_MOUTH, 1.0, abs(2 * part - 1))
    return Face(
        brows,
        along(one.brow, two.brow, part),
        along(one.wide, two.wide, part),
        start if part < 0.5 else end,
        size,
    )
