"""How good what is foreseen is, told as shares of what knowing nothing gives: a line, a cross-fade,
no motion."""

from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor

from generation.clips.drafting import Plan
from generation.clips.foresight import Foresight
from generation.clips.semantics import straight
from generation.toon.training.foresight_losses import drafts_off
from generation.toon.training.motions import Frames, Paths, Traces
from generation.toon.world.moving import MotionKind


@torch.no_grad()
def progress(foresight: Foresight, paths: Paths, told: Tensor) -> str:
    """Errors of held-out tokens as a share of a straight line's, of the small pictures that they
    tell and of drafts as shares of a cross-fade's, of flows as a share of no motion's."""
    at = inside(paths)
    path, drafted = foresight(paths.ends, paths.times, at, paths.camera)
    frames = paths.some(at)
    share = share_of_straight(path, paths)
    fade = share_of_straight(path, paths, told)
    draft = share_of_fade(frames, drafted.plan)
    flows = share_of_stillness(drafted.plan, frames.traces)
    return (
        f"held out: {share:.3f} of a line's error; of a cross-fade's: thumbnails {fade:.3f}, "
        f"drafts {draft:.3f}; flows {flows:.3f} of no motion's"
    )


@torch.no_grad()
def by_kind(foresight: Foresight, paths: Paths, kinds: Sequence[MotionKind]) -> str:
    """Errors of drafts as shares of a cross-fade's, of motions of each kind."""
    at = inside(paths)
    drafted, frames = foresight(paths.ends, paths.times, at, paths.camera)[1], paths.some(at)
    off, faded = drafts_off(frames, drafted.plan).mean(1), fade_off(frames).mean(1)
    told: list[str] = []
    for kind in sorted(set(kinds)):
        rows = [row for row, one in enumerate(kinds) if one == kind]
        told.append(f"{kind} {float(off[rows].sum() / faded[rows].sum()):.3f}")
    return "held out, drafts: " + "  ".join(told)


def inside(paths: Paths) -> range:
    """Numbers of the frames between the ends."""
    return range(1, len(paths.times) - 1)


@torch.no_grad()
def share_of_stillness(plan: Plan, traces: Traces) -> float:
    """How far flows are off, as a share of how far things move."""
    seen = traces.visible.flatten(0, 1).repeat_interleave(2, dim=1)
    true = traces.flow.flatten(0, 1)
    away = (plan.at(true.shape[-1]).flow - true).abs()[seen]
    return float(away.mean() / true.abs()[seen].mean())


@torch.no_grad()
def share_of_straight(path: Tensor, paths: Paths, told: Tensor | None = None) -> float:
    """The path's squared error as a share of the straight line's; with `told` that of the small
    pictures: a line between tokens is a cross-fade of what they tell."""
    true = paths.tokens[:, 1:-1]
    line = straight(paths.tokens[:, 0], paths.tokens[:, -1], paths.times)[:, 1:-1]
    offs = [path[:, 1:-1] - true, line - true]
    if told is not None:
        offs = [F.linear(off, told) for off in offs]
    mine, worst = (float(off.square().mean()) for off in offs)
    return mine / worst


@torch.no_grad()
def share_of_fade(frames: Frames, plan: Plan) -> float:
    """The drafts' squared error as a share of a cross-fade's."""
    return float(drafts_off(frames, plan).mean() / fade_off(frames).mean())


def fade_off(frames: Frames) -> Tensor:
    """Squared errors of a cross-fade between the ends, `(motions, frames)`."""
    parts = frames.times.view(1, -1, 1, 1, 1)
    fade = (1 - parts) * frames.ends[:, :1] + parts * frames.ends[:, 1:]
    return (fade - frames.pictures).square().mean((2, 3, 4))
