"""Opens what a name of `motion.toml` stands for."""

from __future__ import annotations

from pathlib import Path

from generation.clips.baselines import CrossFade, Cut
from generation.clips.catalogue import MotionModel
from generation.clips.errors import BackendMissing
from generation.clips.ours import Motion, load_motion
from generation.clips.tween import Tweener
from generation.clips.wan import load_wan
from generation.diffusion.errors import DiffusionError
from generation.diffusion.loading import load_model
from generation.script.catalogue import read_models


def open_without_model(name: str) -> Tweener:
    """`name` is one of WITHOUT_MODEL."""
    return CrossFade() if name == "cross-fade" else Cut()


def open_motion(entry: MotionModel, motion_file: Path, models_file: Path) -> Tweener:
    """Load an entry of `motion_file`.

    Raises:
        BackendMissing: it, or the image model it needs, isn't there.
        CatalogueError: the catalogue of image models can't be read.
    """
    place = motion_file.parent / Path(entry.source).expanduser()
    if entry.kind == "wan-vace":
        source = str(place) if place.is_dir() else entry.source
        return load_wan(source, entry.guidance, entry.longest, entry.offload)
    models = read_models(models_file)
    if entry.model not in models:
        raise BackendMissing(f"{motion_file} names the image model '{entry.model}', which isn't.")
    try:
        model = load_model(models[entry.model], models_file.parent)
    except DiffusionError as exc:
        raise BackendMissing(str(exc)) from exc
    return Motion(model, load_motion(place, model))
