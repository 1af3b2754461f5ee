"""The frames of a clip that are drawn already, as bytes: what a clip goes on from."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass, replace

import msgspec
from PIL import Image

from generation.script.plan import RenderPlan

QUALITY = 95  # JPEG, without the chroma loss of lower ones: the film loses more


@dataclass(frozen=True, slots=True)
class Tape:
    """`transitions` are the finished ones, from the first panel on, each with the frames between
    its panels; `begun` is what was kept of the one after them. `plan` is a fingerprint of what they
    belong to.

    Frames are used as they are kept here, so a film that was interrupted has the same pixels."""

    plan: str
    transitions: tuple[tuple[bytes, ...], ...] = ()
    begun: bytes = b""
    begun_step: int = 0  # of the transition's own

    @staticmethod
    def of(plan: RenderPlan, checkpoint: bytes | None = None) -> Tape:
        """What a checkpoint holds; an empty tape where there is none that fits (of another
        version, say): that costs time, not the clip."""
        fingerprint = hashlib.sha256(plan.to_json().encode()).hexdigest()
        if checkpoint is None:
            return Tape(fingerprint)
        try:
            kept = msgspec.msgpack.decode(checkpoint, type=Tape)
        except msgspec.DecodeError:
            return Tape(fingerprint)
        fits = kept.plan == fingerprint and len(kept.transitions) < len(plan.panels)
        return kept if fits else Tape(fingerprint)

    def checkpoint(self) -> bytes:
        return msgspec.msgpack.encode(self)

    def halfway(self, step: int, begun: bytes) -> Tape:
        """With what is kept of the next transition after so many of its steps."""
        return replace(self, begun=begun, begun_step=step)

    def longer(self, frames: Sequence[Image.Image]) -> Tape:
        """With another transition, both panels included in `frames`."""
        return Tape(self.plan, (*self.transitions, tuple(_packed(one) for one in frames[1:-1])))

    def frames(self, number: int, first: Image.Image, last: Image.Image) -> list[Image.Image]:
        """Of a finished transition, both of its panels included."""
        return [first, *(_opened(one) for one in self.transitions[number]), last]


def _packed(frame: Image.Image) -> bytes:
    buffer = io.BytesIO()
    frame.convert("RGB").save(buffer, "JPEG", quality=QUALITY, subsampling=0)
    return buffer.getvalue()


def _opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data)).convert("RGB")
