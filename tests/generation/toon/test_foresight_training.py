"""What the predictor and the drafter are taught, as small as they get."""

from __future__ import annotations

import re

import torch

from generation.clips.camera import CameraMove
from generation.clips.drafting import SIDE
from generation.clips.foresight import Foresight
from generation.clips.latents import pixels
from generation.clips.places import sized
from generation.clips.semantics import MotionPredictor, SemanticShape, even_times
from generation.toon.training.foresight_losses import drafts_off, path_error, plan_off, ways_off
from generation.toon.training.foresight_shares import (
    by_kind,
    inside,
    share_of_fade,
    share_of_straight,
)
from generation.toon.training.motion_paths import panned, traced
from generation.toon.training.motions import SENT, TRACED, Paths, Traces
from generation.toon.training.seeing import HELD
from generation.toon.world.motion import frames_at
from generation.toon.world.moving import moving

SHAPE = SemanticShape(side=16, widths=(8, 16), width=16, heads=2, encoder_layers=1, layers=2)
TIMES = even_times(4)
MOTIONS = 4


def still(motions: int) -> CameraMove:
    return CameraMove(torch.zeros(motions, 3))


def nowhere(motions: int, frames: int) -> Traces:
    """Nothing is known to be seen at any end."""
    coarse, fine = (torch.zeros(motions, frames, 2, side, side) for side in (SENT, TRACED))
    ahead = torch.zeros(motions, frames, 2, 2, SENT, SENT)
    return Traces(fine.repeat(1, 1, 2, 1, 1), fine.bool(), ahead, coarse.bool())


def test_a_predictor_learns_a_motion_that_a_line_misses() -> None:
    torch.manual_seed(0)
    bow = torch.linspace(-1, 1, 5).square().mul(-1).add(1).view(1, -1, 1, 1)
    ends = torch.randn(6, 2, 1, SHAPE.tokens, SHAPE.width)
    parts = torch.linspace(0, 1, 5).view(1, -1, 1, 1)
    tokens = (1 - parts) * ends[:, 0] + parts * ends[:, 1] + bow
    predictor = MotionPredictor(SHAPE)
    paths = Paths(tokens, torch.zeros(6, 5, 3, 1, 1), even_times(5), nowhere(6, 5), still(6))
    told = 0.05 * torch.randn(12, SHAPE.width)

    def path() -> torch.Tensor:
        foreseen: torch.Tensor = predictor(tokens[:, 0], tokens[:, -1], paths.times)
        return foreseen

    assert share_of_straight(path(), paths) == 1
    assert share_of_straight(path(), paths, told) == 1
    optimiser = torch.optim.Adam(predictor.parameters(), lr=3e-3)
    for _ in range(40):
        optimiser.zero_grad()
        torch.autograd.backward(path_error(path(), paths, told))
        optimiser.step()
    assert share_of_straight(path(), paths) < 0.2
    assert share_of_straight(path(), paths, told) < 0.2


def test_drafts_learn_what_has_moved_where_a_cross_fade_shows_it_twice() -> None:
    torch.manual_seed(0)
    films = torch.ones(MOTIONS, 5, 3, SIDE, SIDE)
    for film, at in zip(films, torch.randint(0, SIDE - 16, (MOTIONS,)).tolist(), strict=True):
        for frame, left in enumerate((0, 12, 24, 36, 48)):
            film[frame, 1:, at : at + 16, left : left + 16] = -1.0
    tokens = torch.randn(MOTIONS, 1, SHAPE.tokens, SHAPE.width).expand(-1, 5, -1, -1)
    paths, foresight = (
        Paths(tokens, films, even_times(5), nowhere(MOTIONS, 5), still(MOTIONS)),
        Foresight(SHAPE),
    )
    at = inside(paths)
    frames = paths.some(at)

    def share() -> float:
        with torch.no_grad():
            return share_of_fade(
                frames, foresight(paths.ends, paths.times, at, paths.camera)[1].plan
            )

    assert share() > 0.8, "it begins about as a cross-fade"
    optimiser = torch.optim.Adam(foresight.parameters(), lr=1e-3)
    for _ in range(40):
        optimiser.zero_grad()
        drafted = foresight(paths.ends, paths.times, at, paths.camera)[1]
        torch.autograd.backward(drafts_off(frames, drafted.plan).mean())
        optimiser.step()
    assert share() < 0.2


def test_progress_is_told_by_kind() -> None:
    torch.manual_seed(0)
    tokens, films = torch.randn(3, 4, SHAPE.tokens, SHAPE.width), torch.rand(3, 4, 3, SIDE, SIDE)
    paths, foresight = Paths(tokens, films, TIMES, nowhere(3, 4), still(3)), Foresight(SHAPE)
    told = by_kind(foresight, paths, ["walk", "cut", "walk"])
    found = re.fullmatch(r"held out, drafts: cut ([\d.]+)  walk ([\d.]+)", told)
    assert found
    assert all(0.5 < float(one) < 2 for one in found.groups()), "about a cross-fade's"


def test_plans_learn_the_truth_where_there_is_one() -> None:
    torch.manual_seed(0)
    motion = moving(HELD + 2, "camera").motion
    stored = traced(motion, TIMES) | panned(motion)
    traces = Traces(
        stored["flow"].float()[None],
        stored["visible"][None],
        stored["ahead"].float()[None],
        stored["known"][None],
    )
    pictures = sized(pixels(frames_at(motion, TIMES.tolist(), SIDE)), SIDE)[None]
    tokens = torch.randn(1, len(TIMES), SHAPE.tokens, SHAPE.width)
    paths, foresight = (
        Paths(tokens, pictures, TIMES, traces, CameraMove(stored["camera"][None])),
        Foresight(SHAPE),
    )

    def off() -> torch.Tensor:
        drafted = foresight(paths.ends, TIMES, camera=paths.camera)[1]
        return plan_off(drafted.plan, traces) + ways_off(drafted.displaced, traces)

    before = off().item()
    optimiser = torch.optim.Adam(foresight.parameters(), lr=1e-3)
    for _ in range(60):
        optimiser.zero_grad()
        torch.autograd.backward(off())
        optimiser.step()
    assert off().item() < before / 3
    assert off().item() > 0
