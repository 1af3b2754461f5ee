"""The truth about where things in a frame come from, against the world's own pictures and spots."""

from __future__ import annotations

from typing import get_args

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from generation.clips.drafting import Plan
from generation.clips.latents import pixels
from generation.toon.world.flows import flows_at
from generation.toon.world.motion import Motion, frames_at, moment, spots
from generation.toon.world.moving import KINDS, MotionKind, moving
from generation.toon.world.pen import UNITS

PARTS = (0.0, 0.3, 0.45, 0.55, 0.8, 1.0)
SIDE = 32
SEEDS = range(1 << 43, (1 << 43) + 3)


def errors(motion: Motion) -> tuple[float, float]:
    """Squared errors, where either end shows what a frame shows: of what is brought from there by
    the true flows, and of a cross-fade."""
    true = pixels(frames_at(motion, PARTS, 2 * SIDE))
    flows = flows_at(motion, PARTS, 2 * SIDE)
    seen = torch.from_numpy(flows.visible)
    times = torch.tensor(PARTS).view(-1, 1, 1, 1)
    nearest = torch.cat([1 - times, times], 1).expand(-1, -1, 2 * SIDE, 2 * SIDE)
    source = torch.where(seen, nearest.clamp(min=1e-6).log(), torch.tensor(-50.0))
    plan = Plan(
        torch.from_numpy(flows.flow).flatten(1, 2),
        F.pad(source, (0, 0, 0, 0, 0, 1), value=-60.0),
        torch.zeros_like(true),
    )
    ends = true[:1].expand_as(true), true[-1:].expand_as(true)
    fade = (1 - times) * ends[0] + times * ends[1]
    known = seen.any(1, keepdim=True)[1:-1]
    off = [(one - true)[1:-1].square() * known for one in (plan.drawn(*ends), fade)]
    return float(off[0].mean()), float(off[1].mean())


@pytest.mark.parametrize(("kind", "share"), [("camera", 0.1), ("enter", 0.4), ("walk", 0.5)])
def test_frames_are_in_their_ends_where_the_truth_says(kind: MotionKind, share: float) -> None:
    brought, faded = np.sum([errors(moving(seed, kind).motion) for seed in SEEDS], 0)
    assert brought < share * faded


@pytest.mark.parametrize("kind", get_args(MotionKind))
def test_a_frame_comes_from_itself(kind: MotionKind) -> None:
    flows = flows_at(moving(SEEDS[0], kind).motion, (0.0, 1.0), SIDE)
    for at in (0, 1):
        assert flows.visible[at, at].all()
        assert np.abs(flows.flow[at, at]).max() < 1e-6


def test_figures_go_where_the_world_says_they_stand() -> None:
    for seed in SEEDS:
        motion = moving(seed, "walk").motion
        for part in PARTS:
            flows, here = flows_at(motion, (part,), SIDE), spots(moment(motion, part))[0]
            column, row = (int(one * SIDE / UNITS) for one in (here.x, here.y))
            for at, end in enumerate((0.0, 1.0)):
                there = spots(moment(motion, end))[0]
                turned = moment(motion, part).actors[0].turn * moment(motion, end).actors[0].turn
                if turned > 0.99:  # not in a mirror, nor on the way there
                    moved = flows.flow[0, at, :, row, column] * UNITS / 2
                    assert np.abs(moved - (there.x - here.x, there.y - here.y)).max() < 0.5


def test_what_neither_end_shows_is_known_to_be_hidden() -> None:
    for seed in SEEDS:
        cut = flows_at(moving(seed, "cut").motion, (0.25, 0.75), SIDE).visible
        assert not cut.any(1).all(), "what a figure stood before"
        for half, other in ((0, 1), (1, 0)):
            assert cut[half, half].mean() > 0.4
            assert cut[half, other].mean() < 0.5, "another place has no part of this one"
        for kind in KINDS:
            ends = flows_at(moving(seed, kind).motion, (0.5,), SIDE)
            assert (ends.flow * ~ends.visible[:, :, None] == 0).all()
