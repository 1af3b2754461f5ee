"""Are a model's panels set in motion when a clip is made of them? If not, why, and what to do."""

from dataclasses import dataclass
from pathlib import Path

from huggingface_hub import try_to_load_from_cache

from generation.clips.errors import BackendMissing
from generation.clips.ours import open_ours
from generation.diffusion.errors import DiffusionError
from generation.diffusion.loading import load_model
from generation.script.catalogue import Model
from generation.script.motions import CUT, MotionModel, Motions

FADES = "Its clips only fade from panel to panel"


@dataclass(frozen=True)
class Movement:
    """What makes a model's clips, by name, and a sentence about it."""

    name: str
    sentence: str


def movement(model: Model, folder: Path, motions: Motions, *, load: bool) -> Movement:
    """`folder` is that of the model's catalogue. `load`: whether the weights fit is tried, too."""
    mover = motions.mover(model.name)
    if mover.moves:
        entry = motions.entries[mover.name]
        wrong = _wrong(entry, model, folder, motions.folder, load)
        return Movement(mover.name, wrong or f"Its clips are set in motion by {entry.title}.")
    if motions.wanted:
        how = "cut" if mover.name == CUT else "fade"
        sentence = f"Its clips {how} from panel to panel, as INKTHREAD_MOTION says."
        return Movement(mover.name, sentence)
    untrained = next(
        (one for one in motions.entries.values() if (one.kind, one.model) == ("ours", model.name)),
        None,
    )
    if untrained is None:
        return Movement(mover.name, f"{FADES}: no entry of motion.toml belongs to it.")
    place = motions.folder / Path(untrained.source).expanduser()
    return Movement(
        mover.name,
        f"{FADES}: there are no motion weights in {place.resolve()}; how they are trained stands "
        "in generation/clips/README.md.",
    )


def _wrong(
    entry: MotionModel, model: Model, folder: Path, motion_folder: Path, load: bool
) -> str | None:
    """Why a clip would fail; None where nothing is known against it."""
    place = motion_folder / Path(entry.source).expanduser()
    if entry.kind == "wan-vace":
        cached = try_to_load_from_cache(entry.source, "model_index.json")
        if place.is_dir() or isinstance(cached, str):
            return None
        return f"Its clips will fail: fetch {entry.title} with `hf download {entry.source}`."
    if not load:
        return None
    try:
        open_ours(place, load_model(model, folder), entry.drafted)
    except (BackendMissing, DiffusionError) as exc:
        return f"Its clips will fail: {exc}"
    return None
