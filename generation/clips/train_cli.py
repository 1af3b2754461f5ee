"""`inkthread clips`: teaches models to move."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from config.settings import StudioSettings
from generation.clips.errors import ClipError
from generation.diffusion.errors import DiffusionError
from generation.script.catalogue import CatalogueError, read_models

BAD_INPUT = 2
TOLD_EVERY = 10  # steps


def register(subparsers: Any) -> None:
    """Add `clips` to the subparsers of the command."""
    parser = subparsers.add_parser("clips", help="teach models to move", description=__doc__)
    commands = parser.add_subparsers(dest="part", required=True)
    train = commands.add_parser("train", help="motion for a model, from a folder of videos")
    train.add_argument("--data", type=Path, required=True, metavar="FOLDER", help="of videos")
    train.add_argument("--out", type=Path, required=True, metavar="FOLDER", help="goes on from it")
    train.add_argument("--model", metavar="NAME", help="of SD1.5's shape; see models.toml")
    train.add_argument("--steps", type=int, default=20_000, metavar="N")
    train.add_argument("--frames", type=int, choices=range(4, 33), default=16, metavar="N")
    train.add_argument("--seed", type=int, default=0, metavar="N")
    train.set_defaults(func=_train)


def _train(chosen: argparse.Namespace) -> int:
    # imported here: torch takes seconds, and only this command needs it
    import torch

    from generation.clips.footage import takes
    from generation.clips.ours import MotionWeights, load_motion
    from generation.clips.semantics import SemanticShape
    from generation.clips.training import Course
    from generation.diffusion.loading import load_model
    from generation.script.motions import WEIGHTS

    settings = StudioSettings.from_env()
    torch.manual_seed(chosen.seed)  # of new weights; all that comes later has a generator
    try:
        models = read_models(settings.models_file)
        name = chosen.model or settings.default_model
        if name not in models:
            print(f"inkthread clips: there is no model {name!r}.", file=sys.stderr)
            return BAD_INPUT
        model = load_model(models[name], settings.models_file.parent)
        begun = (chosen.out / WEIGHTS).is_file()
        weights = (
            load_motion(chosen.out, model) if begun else MotionWeights.new(SemanticShape(), model)
        )
        generator = torch.Generator().manual_seed(chosen.seed)
        course = Course(model, weights, generator, _told)
        course.take_in(takes(chosen.data, chosen.frames, (models[name].width, models[name].height)))
        print(f"{len(course.lessons)} takes of {chosen.frames} frames", flush=True)
        course.run(chosen.steps)
        weights.save(chosen.out)
    except (CatalogueError, ClipError, DiffusionError) as exc:
        print(f"inkthread clips: {exc}", file=sys.stderr)
        return BAD_INPUT
    print(f'{chosen.out}: name it as `source` in motion.toml, with model = "{name}"')
    return 0


def _told(part: str, step: int, loss: float) -> None:
    if step == 1 or step % TOLD_EVERY == 0:
        print(f"{part}: step {step}, error {loss:.4f}", flush=True)
