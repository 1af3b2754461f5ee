"""Motions of the drawn world as trainings see them, some at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from torch import Tensor

from generation.clips.camera import CameraMove
from generation.clips.foresight import Ends, Foreseen

SENT = 16  # places of an end, each way, of which it is known where they go
TRACED = 32  # places of a frame, each way, of which it is known where they come from


@dataclass(frozen=True)
class Motions:
    """Some of them, in single precision: latents `(motions, frames, ...)`, latents of what is
    `drafted`, what else is `foreseen` of all frames one after the other, captions of both ends."""

    latents: Tensor
    drafted: Tensor
    foreseen: Foreseen
    captions: list[list[str]]
    times: Tensor


@dataclass(frozen=True)
class Traces:
    """Where everything is at both ends: `flow` `(motions, frames, 4, TRACED, TRACED)` as a plan's,
    and whether it is `visible` there `(motions, frames, 2, TRACED, TRACED)`; where everything at
    both ends goes, `ahead` `(motions, frames, 2, 2, SENT, SENT)`, and whether that is `known`
    `(motions, frames, 2, SENT, SENT)`."""

    flow: Tensor
    visible: Tensor
    ahead: Tensor
    known: Tensor

    def some(self, at: Sequence[int]) -> Traces:
        """Of these frames alone."""
        parts = (self.flow, self.visible, self.ahead, self.known)
        return Traces(*(one[:, list(at)] for one in parts))


@dataclass(frozen=True)
class Frames:
    """Some frames of motions, as in `Paths`, and the pictures at both `ends` `(motions, 2, 3, SIDE,
    SIDE)`."""

    ends: Tensor
    pictures: Tensor
    times: Tensor
    traces: Traces


@dataclass(frozen=True)
class Paths:
    """Tokens `(motions, frames, tokens, width)` and pictures `(motions, frames, 3, SIDE, SIDE)` in
    -1..1, at `times`, what moves where, and how the camera does."""

    tokens: Tensor
    pictures: Tensor
    times: Tensor
    traces: Traces
    camera: CameraMove

    @property
    def ends(self) -> Ends:
        return Ends(self.tokens[:, [0, -1]], self.pictures[:, [0, -1]])

    def some(self, at: Sequence[int]) -> Frames:
        """These frames alone."""
        rows = list(at)
        return Frames(
            self.ends.pictures, self.pictures[:, rows], self.times[rows], self.traces.some(at)
        )
