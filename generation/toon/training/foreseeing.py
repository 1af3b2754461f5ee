"""Trains the motion predictor: from the tokens of both ends to those of the frames between."""

from __future__ import annotations

import random
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor

from generation.clips.semantics import MotionPredictor, SemanticShape, straight
from generation.toon.sheet import load_pipeline
from generation.toon.training.course import Course, teach
from generation.toon.training.motion_data import MotionPool, Paths, taught_seeing
from generation.toon.training.parallel import Team

CHECKPOINT = "motion/predictor.pt"
FRAMES = 64  # in a step of one process, over all motions
RATE = 1e-3  # learning rate
SEEN = 10.0  # weight of what the tokens tell of the picture against themselves
REFRESH_EVERY = 50  # steps between looks for new files
HELD = 64  # motions


def train_predictor(model: Path, folder: Path, minutes: float, team: Team) -> None:
    """Train for `minutes` in all.

    Raises:
        FileNotFoundError: there are no motions, or no image encoder, in `folder`.
    """
    torch.manual_seed(0)
    predictor = MotionPredictor(SemanticShape())
    text_width = load_pipeline(model).text_encoder.config.hidden_size
    told = taught_seeing(folder, text_width).tell.weight
    pool, held = MotionPool(folder, "paths"), MotionPool(folder, "held paths")
    pool.refresh()
    held.refresh()

    def lesson(step: int) -> Tensor:
        if step % REFRESH_EVERY < team.size:
            pool.refresh()
        chance = random.Random(f"predictor {step}")
        paths = pool.draw_paths(FRAMES, chance)
        if chance.random() < 0.5:
            paths = paths.backwards()
        return path_error(predictor, paths, told)

    def measure() -> str:
        paths = held.first_paths(HELD)
        line, fade = (share_of_straight(predictor, paths, one) for one in (None, told))
        return f"held out: {line:.3f} of a line's error; thumbnails {fade:.3f} of a cross-fade's"

    course = Course(CHECKPOINT, predictor, RATE, lesson, measure, ("places", "times"))
    teach(course, folder, minutes, team)


def path_error(predictor: MotionPredictor, paths: Paths, told: Tensor) -> Tensor:
    """Squared error of the tokens between the ends, and of the small pictures that they tell;
    `told` `(numbers, width)` tells them from tokens, which is linear."""
    off = _foreseen(predictor, paths) - paths.tokens[:, 1:-1]
    return off.square().mean() + SEEN * F.linear(off, told).square().mean()


@torch.no_grad()
def share_of_straight(
    predictor: MotionPredictor, paths: Paths, told: Tensor | None = None
) -> float:
    """The predictor's squared error as a share of the straight line's; with `told` that of the
    small pictures: a line between tokens is a cross-fade of what they tell."""
    true = paths.tokens[:, 1:-1]
    line = straight(paths.tokens[:, 0], paths.tokens[:, -1], paths.times)[:, 1:-1]
    offs = [_foreseen(predictor, paths) - true, line - true]
    if told is not None:
        offs = [F.linear(off, told) for off in offs]
    mine, worst = (float(off.square().mean()) for off in offs)
    return mine / worst


def _foreseen(predictor: MotionPredictor, paths: Paths) -> Tensor:
    between: Tensor = predictor(paths.tokens[:, 0], paths.tokens[:, -1], paths.times)[:, 1:-1]
    return between
