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
SMALL = 128  # pixels of a frame in a strip


def ways(
    models_file: Path, name: str, weights: Path | None, drafted: float = 0.0
) -> dict[str, Tweener]:
    """Ours and its parts come only with `weights`; without modules among these ours are the drafts.
    `drafted` is the share of timesteps that ours leave out because of these.

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
        return found
    trained = load_motion(weights, model)
    ours = Motion(model, trained, drafted=drafted)
    found |= {
        "drafts alone": drafts,
        "predictor without modules": replace(ours, modules=False),
        "modules without predictor": replace(ours, path="none"),
        "straight path": replace(ours, path="straight"),
        OURS: ours,
    }
    if drafted:
        found["ours, from noise alone"] = replace(ours, drafted=0.0)
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
