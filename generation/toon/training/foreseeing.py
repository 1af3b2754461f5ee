"""Trains the motion predictor and the drafter: from both ends to the tokens of the frames between,
and to drafts of them."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import torch
from torch import Tensor

from generation.clips.camera import camera_between
from generation.clips.foresight import Foresight
from generation.clips.semantics import SemanticShape
from generation.toon.sheet import load_pipeline
from generation.toon.training import matching
from generation.toon.training.course import Course, taught, teach
from generation.toon.training.foresight_losses import loss
from generation.toon.training.foresight_shares import by_kind, inside, progress
from generation.toon.training.motion_paths import HELD_FIRST
from generation.toon.training.motion_pool import MotionPool
from generation.toon.training.motions import Paths
from generation.toon.training.parallel import Team
from generation.toon.training.seeing import taught_seeing
from generation.toon.world.moving import moving

CHECKPOINT = "motion/predictor.pt"
FRAMES = 96  # in a step of one process, over all motions
DRAWN = 36  # of them that are drafted, which costs more, and neighbours teach the same
RATE = 1e-3  # learning rate
REFRESH_EVERY = 50  # steps between looks for new files
HELD = 64  # motions


def train_predictor(model: Path, folder: Path, minutes: float, team: Team) -> None:
    """Train for `minutes` in all.

    Raises:
        FileNotFoundError: there are no motions or no image encoder in `folder`, or, where it
            begins, no matches.
    """
    torch.manual_seed(0)
    foresight = Foresight(SemanticShape())
    if not (folder / CHECKPOINT).exists():
        taught(foresight.drafter, folder / matching.CHECKPOINT)
    text_width = load_pipeline(model).text_encoder.config.hidden_size
    told = taught_seeing(folder, text_width).encoder.tell.weight
    pool, held = MotionPool(folder, "paths"), MotionPool(folder, "held paths")
    pool.refresh()
    held.refresh()

    def lesson(step: int) -> Tensor:
        if step % REFRESH_EVERY < team.size:
            pool.refresh()
        chance = random.Random(f"predictor {step}")
        paths = pool.draw_paths(FRAMES, chance)
        each = max(1, DRAWN // len(paths.tokens))
        return loss(foresight, paths, told, sorted(chance.sample(inside(paths), each)))

    def measure() -> str:
        return measured(foresight, held.first_paths(HELD), told)

    outer = ("places", "times", "known", "hint", "guess", "off", "near.0")
    course = Course(CHECKPOINT, foresight, RATE, lesson, measure, outer)
    teach(course, folder, minutes, team)


def measured(foresight: Foresight, paths: Paths, told: Tensor) -> str:
    """How good it is on the first held-out motions, whose camera is found as in a clip."""
    kinds = [moving(HELD_FIRST + row).kind for row in range(len(paths.tokens))]
    found = replace(paths, camera=camera_between(*paths.ends.pictures.unbind(1)))
    return f"{progress(foresight, found, told)}\n{by_kind(foresight, found, kinds)}"


def taught_foresight(folder: Path) -> Foresight:
    """What was taught, to be used.

    Raises:
        FileNotFoundError: it hasn't been trained.
    """
    foresight = Foresight(SemanticShape())
    taught(foresight, folder / CHECKPOINT)
    return foresight.eval().requires_grad_(False)
