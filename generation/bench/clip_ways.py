"""The ways of motion that `inkthread bench clips` compares."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PIL import Image

from generation.bench.clips import FADE, Bench
from generation.clips.baselines import CrossFade, LatentSlerp
from generation.clips.ours import Motion, has_modules, load_drafts, load_motion
from generation.clips.tween import Tweener
from generation.diffusion.loading import load_model
from generation.script.catalogue import read_models
from generation.toon.strip import strip

OURS, SLERP = "ours", "latent slerp"
FROM_DRAFTS = 0.3  # of the timesteps are left out
SMALL = 128  # pixels of a frame in a strip


def ways(models_file: Path, name: str, weights: Path | None) -> dict[str, Tweener]:
    """Ours and its parts come only with `weights`; without modules among these ours are the drafts.

    Raises:
        BackendMissing: there are no weights for the model in that folder.
        CatalogueError, ModelError: the image model can't be loaded.
        KeyError: the catalogue has no such model.
    """
    model = load_model(read_models(models_file)[name], models_file.parent)
    found: dict[str, Tweener] = {FADE: CrossFade(), SLERP: LatentSlerp(model.vae)}
    if weights is None:
        return found
    drafts = load_drafts(weights, model)
    found["drafts, camera not aligned"] = replace(drafts, aligned=False)
    if not has_modules(weights):
        found[OURS] = drafts  # they are what sets panels in motion then
    else:
        trained = load_motion(weights, model)
        found |= {
            "drafts alone": drafts,
            "predictor without modules": Motion(model, trained, modules=False),
            "modules without predictor": Motion(model, trained, path="none"),
            "straight path": Motion(model, trained, path="straight"),
            OURS: Motion(model, trained),
            "ours, begun from drafts": Motion(model, trained, drafted=FROM_DRAFTS),
        }
    return found


def strips(bench: Bench) -> dict[str, Image.Image]:
    """What every way made of each motion, one below the other, by name."""
    found: dict[str, Image.Image] = {}
    for number, clip in enumerate(bench.clips):
        rows = [
            [picture.resize((SMALL, SMALL), Image.Resampling.LANCZOS) for picture in made[number]]
            for made in bench.strips.values()
        ]
        found[f"{number:02}-{clip.sample.kind}"] = strip(rows, list(bench.strips))
    return found
