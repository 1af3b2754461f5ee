"""Lessons in what of one end is where in the other."""

from __future__ import annotations

import torch

from generation.clips.camera import CameraMove
from generation.clips.drafting import SIDE, Drafter
from generation.clips.latents import pixels
from generation.clips.places import places, sized
from generation.clips.semantics import SemanticShape, even_times
from generation.toon.training.matching import SEES, found, likeness, unmatched
from generation.toon.training.motion_paths import traced
from generation.toon.training.motions import SENT, Paths, Traces
from generation.toon.world.motion import frames_at
from generation.toon.world.moving import moving

SHAPE = SemanticShape(side=16, widths=(8, 16), width=16, heads=2, encoder_layers=1, layers=2)
TIMES = even_times(2)


def camera_paths() -> Paths:
    motions = [moving(seed, "camera").motion for seed in range(1 << 43, (1 << 43) + 4)]
    films = [sized(pixels(frames_at(one, TIMES.tolist(), SIDE)), SIDE) for one in motions]
    stored = [traced(one, TIMES) for one in motions]
    flow, visible, ahead, known = (
        torch.stack([one[name] for one in stored]) for name in ("flow", "visible", "ahead", "known")
    )
    traces = Traces(flow.float(), visible, ahead.float(), known)
    tokens, cameras = torch.zeros(4, 2, SHAPE.tokens, SHAPE.width), torch.zeros(4, 3)
    return Paths(tokens, torch.stack(films), TIMES, traces, CameraMove(cameras))


def test_the_true_matches_cost_nothing_and_others_much() -> None:
    traces = camera_paths().traces
    grid = places(SENT, SENT).flatten(0, 1)
    there = grid + traces.ahead[:, -1, 0].flatten(2).transpose(1, 2)
    right = -torch.cdist(there, grid.expand(4, -1, -1)).square() * 400
    assert found(right, traces) > 0.95
    wrong = right.roll(SENT // 2, 2)
    assert found(wrong, traces) < 0.2
    assert unmatched(right, traces) < unmatched(wrong, traces) / 5


def test_a_drafter_learns_to_see_what_is_the_same() -> None:
    torch.manual_seed(0)
    drafter, paths = Drafter(SHAPE), camera_paths()
    seeing = [one for name, one in drafter.named_parameters() if name.startswith(SEES)]
    before = unmatched(likeness(drafter, paths), paths.traces).item()
    optimiser = torch.optim.Adam(seeing, lr=3e-3)
    for _ in range(40):
        optimiser.zero_grad()
        torch.autograd.backward(unmatched(likeness(drafter, paths), paths.traces))
        optimiser.step()
    assert unmatched(likeness(drafter, paths), paths.traces).item() < before / 2
    assert all(one.grad is not None for one in seeing)
