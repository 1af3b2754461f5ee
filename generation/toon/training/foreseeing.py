"""Trains the motion predictor: from the tokens of both ends to those of the frames between."""

from __future__ import annotations

import random
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor

from generation.clips.semantics import MotionPredictor, SemanticShape, straight
from generation.toon.training.course import Course, teach
from generation.toon.training.motion_data import MotionPool
from generation.toon.training.parallel import Team

NAME = "predictor"
BATCH = 8  # motions in a step of one process
RATE = 1e-3  # learning rate
REFRESH_EVERY = 50  # steps between looks for new files
HELD = 32  # motions


def train_predictor(folder: Path, minutes: float, team: Team) -> None:
    """Train for `minutes` in all.

    Raises:
        FileNotFoundError: there are no motions in `folder`.
    """
    torch.manual_seed(0)
    predictor = MotionPredictor(SemanticShape())
    pool, held = MotionPool(folder, "train"), MotionPool(folder, "held")
    pool.refresh()
    held.refresh()

    def lesson(step: int) -> Tensor:
        if step % REFRESH_EVERY == 0:
            pool.refresh()
        tokens = pool.draw(BATCH, random.Random(f"predictor {step}")).tokens
        if random.Random(f"backwards {step}").random() < 0.5:
            tokens = tokens.flip(1)  # a motion backwards is a motion
        return path_error(predictor, tokens)

    def measure() -> str:
        return f"held out: {share_of_straight(predictor, held.first(HELD).tokens):.3f} of a line's"

    course = Course(NAME, predictor, RATE, lesson, measure, ("places", "times"))
    teach(course, folder, minutes, team)


def path_error(predictor: MotionPredictor, tokens: Tensor) -> Tensor:
    """Mean squared error of the frames between the ends of `(motions, frames, tokens, width)`."""
    path = predictor(tokens[:, 0], tokens[:, -1], tokens.shape[1])
    return F.mse_loss(path[:, 1:-1], tokens[:, 1:-1])


@torch.no_grad()
def share_of_straight(predictor: MotionPredictor, tokens: Tensor) -> float:
    """The predictor's squared error as a share of the straight line's."""
    line = straight(tokens[:, 0], tokens[:, -1], tokens.shape[1])
    worst = F.mse_loss(line[:, 1:-1], tokens[:, 1:-1])
    return float(path_error(predictor, tokens) / worst)
