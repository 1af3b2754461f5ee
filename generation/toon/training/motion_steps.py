"""The trainings for motion by the names that the command line gives them."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from generation.toon.training import foreseeing, matching, seeing
from generation.toon.training.animating import train_motion
from generation.toon.training.foreseeing import train_predictor
from generation.toon.training.matching import train_matches
from generation.toon.training.motion_data import make_motion_shards
from generation.toon.training.motion_paths import make_path_shards
from generation.toon.training.motion_pool import MotionPool, Part, shard_file
from generation.toon.training.parallel import Job, run_team
from generation.toon.training.seeing import train_image_encoder


def train(part: str, model: Path, folder: Path, minutes: float, processes: int) -> None:
    """Run one training in a team.

    Raises:
        FileNotFoundError: what comes before it isn't there.
    """
    needed: dict[str, Part] = {"matches": "paths", "predictor": "paths", "motion": "train"}
    if part in needed and not MotionPool(folder, needed[part]).refresh():
        raise FileNotFoundError(shard_file(folder, needed[part], 0))
    begins = part == "predictor" and not (folder / foreseeing.CHECKPOINT).exists()
    if begins and not (folder / matching.CHECKPOINT).exists():
        raise FileNotFoundError(folder / matching.CHECKPOINT)
    jobs: dict[str, Job] = {
        "image-encoder": partial(train_image_encoder, model),
        "matches": train_matches,
        "predictor": partial(train_predictor, model),
        "motion": partial(train_motion, model),
    }
    run_team(jobs[part], folder, minutes, processes)


def make_data(part: str, model: Path, folder: Path, files: int, processes: int) -> None:
    """Write files of motions, or of paths, in a team.

    Raises:
        FileNotFoundError: the image encoder, or for motions the predictor, hasn't been trained.
    """
    paths = part == "motion-paths"
    for trained in (seeing.CHECKPOINT,) if paths else (seeing.CHECKPOINT, foreseeing.CHECKPOINT):
        if not (folder / trained).exists():
            raise FileNotFoundError(folder / trained)  # told here, not by a process of the team
    make = make_path_shards if paths else make_motion_shards
    run_team(partial(make, model, files), folder, 0.0, processes)
