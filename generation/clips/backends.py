"""Opens what a name of `motion.toml` stands for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from generation.clips.baselines import CrossFade, Cut
from generation.clips.errors import BackendMissing
from generation.clips.ours import open_ours
from generation.clips.tween import Tweener
from generation.diffusion.errors import DiffusionError
from generation.diffusion.loading import load_model
from generation.diffusion.model import DiffusionModel
from generation.script.catalogue import read_models
from generation.script.motions import MotionModel


def open_without_model(name: str) -> Tweener:
    """`name` is one of WITHOUT_MODEL."""
    return CrossFade() if name == "cross-fade" else Cut()


def open_motion(
    entry: MotionModel,
    motion_file: Path,
    models_file: Path,
    network: Callable[[str], DiffusionModel] | None = None,
) -> Tweener:
    """Load an entry of `motion_file`. `network` gives the image model of a name where one is at
    hand; otherwise it is loaded, too.

    Raises:
        BackendMissing: it, or the image model it needs, isn't there.
        CatalogueError: the catalogue of image models can't be read.
    """
    place = motion_file.parent / Path(entry.source).expanduser()
    if entry.kind == "wan-vace":
        # imported here: it takes seconds, and only this kind needs it
        from generation.clips.wan import load_wan

        source = str(place) if place.is_dir() else entry.source
        return load_wan(source, entry.guidance, entry.longest, entry.offload)
    models = read_models(models_file)
    if entry.model not in models:
        raise BackendMissing(f"{motion_file} names the image model '{entry.model}', which isn't.")
    try:
        if network is not None:
            model = network(entry.model)
        else:
            model = load_model(models[entry.model], models_file.parent)
    except DiffusionError as exc:
        raise BackendMissing(str(exc)) from exc
    return open_ours(place, model, entry.drafted)
