"""What is foreseen of a motion: the path of its frames in semantic space, and drafts of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from generation.clips.camera import CameraMove, camera_between
from generation.clips.drafting import SIDE, Drafted, Drafter, Plan
from generation.clips.places import sized
from generation.clips.semantics import ImageEncoder, MotionPredictor, SemanticShape, straight

DRAFT = 6  # channels of a draft: its colours, and how much of it is from first, last, and painted


@dataclass(frozen=True)
class Ends:
    """Both ends of motions: tokens `(motions, 2, tokens, width)`, and pictures in -1..1
    `(motions, 2, 3, SIDE, SIDE)`."""

    tokens: Tensor
    pictures: Tensor


@dataclass(frozen=True)
class Foreseen:
    """Of frames: tokens `(frames, tokens, width)`, and drafts `(frames, DRAFT, SIDE, SIDE)`."""

    tokens: Tensor
    drafts: Tensor

    def of(self, dtype: torch.dtype) -> Foreseen:
        """The same as the network wants it."""
        return Foreseen(self.tokens.to(dtype), self.drafts.to(dtype))


class Foresight(nn.Module):
    """Predictor and drafter, which are taught together: the one foresees what the other needs."""

    def __init__(self, shape: SemanticShape) -> None:
        super().__init__()
        self.predictor = MotionPredictor(shape)
        self.drafter = Drafter(shape)

    def forward(
        self,
        ends: Ends,
        times: Tensor,
        at: Sequence[int] | None = None,
        camera: CameraMove | None = None,
    ) -> tuple[Tensor, Drafted]:
        """Paths `(motions, frames, tokens, width)` at `times` `(frames,)`, and what is drafted of
        all frames `(motions * frames, ...)`, or of those alone whose numbers are in `at`. How the
        `camera` moves is found where it isn't known."""
        if camera is None:
            camera = camera_between(*ends.pictures.unbind(1))
        path, features = self.predictor.foresee(ends.tokens[:, 0], ends.tokens[:, 1], times)
        if at is not None:
            features, times = features[:, list(at)], times[list(at)]
        return path, self.drafter(ends.pictures, ends.tokens, camera, features, times)

    @torch.no_grad()
    def foresee(
        self, ends: Ends, times: Tensor, camera: CameraMove | None = None
    ) -> tuple[Foreseen, Plan]:
        """Of all frames of all motions, one after the other, and the plan that their drafts were
        drawn after."""
        path, drafted = self(ends, times, camera=camera)
        plan = drafted.plan
        return Foreseen(path.flatten(0, 1), drafts(plan, ends, len(times))), plan


def seen(encoder: ImageEncoder, first: Tensor, last: Tensor) -> Ends:
    """The ends of one motion, from pictures `(1, 3, height, width)` in -1..1."""
    both = torch.cat([first, last])
    return Ends(encoder(both)[None], sized(both, SIDE)[None])


def unforeseen(ends: Ends, times: Tensor) -> tuple[Foreseen, Plan]:
    """Without any foresight: the straight line, and a cross-fade. To be measured against."""
    line = straight(ends.tokens[:, 0], ends.tokens[:, 1], times)
    likely = torch.stack([1 - times, times, torch.zeros_like(times)], 1).clamp(min=1e-6).log()
    count = len(times) * len(ends.pictures)
    still = torch.zeros(count, 1, SIDE, SIDE).to(ends.pictures)
    source = likely.to(still).repeat(len(ends.pictures), 1)[:, :, None, None] + still
    plan = Plan(still.expand(-1, 4, -1, -1), source, still.expand(-1, 3, -1, -1))
    return Foreseen(line.flatten(0, 1), drafts(plan, ends, len(times))), plan


def drafts(plan: Plan, ends: Ends, frames: int) -> Tensor:
    """`(motions * frames, DRAFT, SIDE, SIDE)` after a plan; the ends are themselves."""
    first, last = (one.repeat_interleave(frames, 0) for one in ends.pictures.unbind(1))
    plan = plan.at(SIDE)
    drawn = torch.cat([plan.drawn(first, last), plan.source.softmax(1)], 1)
    whole = drawn.reshape(-1, frames, *drawn.shape[1:]).clone()
    for which, at in enumerate((0, -1)):
        whole[:, at, :3] = ends.pictures[:, which]
        whole[:, at, 3:] = F.one_hot(torch.tensor(which), 3).to(whole)[:, None, None]
    made: Tensor = whole.flatten(0, 1)
    return made
