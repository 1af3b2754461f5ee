"""How the camera moves is found from two pictures alone."""

from __future__ import annotations

import math

import pytest
import torch

from generation.clips.camera import CameraMove, camera_between
from generation.clips.latents import pixels
from generation.toon.training.motion_paths import panned
from generation.toon.world.motion import frames_at
from generation.toon.world.moving import KINDS, MotionKind, moving

SEEDS = range(70, 74)
SIDE = 8


def between(kind: MotionKind, seed: int) -> tuple[torch.Tensor, torch.Tensor]:
    """What is found of a motion, and the truth, `(3,)`."""
    motion = moving(seed, kind).motion
    first, last = pixels(frames_at(motion, [0.0, 1.0], 128)).split(1)
    return camera_between(first, last).values[0], panned(motion)["camera"]


@pytest.mark.parametrize("seed", SEEDS)
def test_a_camera_is_found_to_a_part_of_a_pixel(seed: int) -> None:
    found, true = between("camera", seed)
    assert true.any()
    assert (found - true).abs().max() < 0.01


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "camera"])
def test_whatever_else_happens_it_stands_still(kind: MotionKind) -> None:
    for seed in SEEDS:
        assert not between(kind, seed)[0].any(), seed


def test_who_goes_back_where_the_camera_took_a_place_is_where_it_was() -> None:
    camera = CameraMove(torch.tensor([[math.log(1.5), 0.25, -0.125]]))
    eased = torch.tensor([0.0, 0.4, 1.0])
    ahead, back = camera.ahead(eased, SIDE), camera.back(eased, SIDE)
    assert not ahead[0, :, 0].any()
    assert ahead[1, :, 2].abs().max() < 1e-6
    assert torch.allclose(ahead[0, 0, 2], whole(), atol=1e-5)
    assert not back[:, 0, :2].any()
    assert back[:, 2, 2:].abs().max() < 1e-6


def whole() -> torch.Tensor:
    """Where a place of the first panel has gone at the end: (p - pan) x zoom - p."""
    line = (2 * torch.arange(SIDE) + 1) / SIDE - 1
    grid = torch.stack(torch.meshgrid(line, line, indexing="xy"))
    return (grid - torch.tensor([0.25, -0.125])[:, None, None]) * 1.5 - grid
