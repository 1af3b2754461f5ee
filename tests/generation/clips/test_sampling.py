"""Frames between two fixed ends: what they look at, and the noise they begin with."""

from __future__ import annotations

import torch

from generation.clips.ours import MotionWeights
from generation.clips.sampling import (
    Conditions,
    clip_noise,
    denoise,
    looking_at_ends,
    pinned_times,
    video_network,
)
from generation.clips.tween import unwatched
from generation.diffusion.model import DiffusionModel
from generation.diffusion.solver import Solver
from tests.generation.clips.motion import FRAMES, TIMES, foreseen, stirred


@torch.no_grad()
def test_ends_look_at_themselves_and_others_at_the_ends(model: DiffusionModel) -> None:
    latents = torch.randn(FRAMES, 4, 8, 12, generator=torch.Generator().manual_seed(1))
    text = torch.zeros(FRAMES, 7, 32)
    alone = model.unet(latents, 5, encoder_hidden_states=text).sample
    with video_network(model.unet, None, TIMES, 7):
        looking = model.unet(latents, 5, encoder_hidden_states=text).sample
    off = (alone - looking).flatten(1).abs().amax(1)
    assert off[[0, -1]].max() < 1e-4
    assert off[1:-1].min() > 1e-3
    assert looking_at_ends(4).references.tolist() == [[0, 0], [0, 3], [0, 3], [3, 3]]


@torch.no_grad()
def test_both_ends_stay_as_they_are_while_the_frames_between_are_drawn(
    model: DiffusionModel, weights: MotionWeights
) -> None:
    drafted = torch.randn(FRAMES, 4, 8, 12, generator=torch.Generator().manual_seed(4))
    given = Conditions(drafted, torch.zeros(FRAMES, 7, 32), foreseen(FRAMES))
    modules = stirred(weights).modules
    solver = Solver(model.scheduler, 3, model.device, range(FRAMES))
    drawn = denoise(model.unet, modules, modules, solver, given, 0, unwatched)
    assert torch.equal(drawn[[0, -1]], drafted[[0, -1]])
    assert pinned_times(torch.tensor([7, 9]), 3).tolist() == [0, 7, 0, 0, 9, 0]


def test_noise_of_a_clip_is_standard_and_half_of_it_is_common() -> None:
    noise = clip_noise(50, torch.empty(50 * 4, 4, 8, 8), torch.Generator().manual_seed(0))
    assert abs(noise.std().item() - 1) < 0.02
    clips = noise.view(50, 4, -1)
    assert abs((clips[:, 0] * clips[:, 3]).mean().item() - 0.5) < 0.03
    assert abs((clips[0] * clips[1]).mean().item()) < 0.1
