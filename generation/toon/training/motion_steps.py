"""The trainings for motion by the names that the command line gives them."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from generation.toon.training.animating import new_animation, train_motion
from generation.toon.training.foreseeing import train_predictor
from generation.toon.training.motion_data import MotionPool, shard_file
from generation.toon.training.parallel import Job, run_team
from generation.toon.training.seeing import train_image_encoder


def train(part: str, model: Path, folder: Path, minutes: float, processes: int) -> None:
    """Run one training in a team.

    Raises:
        FileNotFoundError: what comes before it isn't there.
    """
    if part != "image-encoder" and not MotionPool(folder, "train").refresh():
        raise FileNotFoundError(shard_file(folder, "train", 0))
    if part == "motion":
        new_animation(model, folder)  # told here, not by a process of the team
    jobs: dict[str, Job] = {
        "image-encoder": partial(train_image_encoder, model),
        "predictor": train_predictor,
        "motion": partial(train_motion, model),
    }
    run_team(jobs[part], folder, minutes, processes)
