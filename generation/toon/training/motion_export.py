"""Writes what was trained for motion beside the image model's weights, and reads it back."""

from __future__ import annotations

from pathlib import Path

from safetensors.torch import load_file
from torch import Tensor

from generation.clips.ours import (
    ENCODER,
    FORESIGHT,
    MODULES,
    MotionWeights,
    part_file,
    save_parts,
)
from generation.clips.semantics import SemanticShape
from generation.toon.training import animating, foreseeing, seeing
from generation.toon.training.course import taught
from generation.toon.training.run import save_checkpoint


def export_motion(model: Path, folder: Path, out: Path) -> bool:
    """Write the averaged weights of the courses in `folder` to `out`. Without modules, whose course
    takes longest, clips are drafted, nothing is drawn after the drafts, and the answer is False.

    Raises:
        FileNotFoundError: the image encoder's or the predictor's course hasn't begun.
    """
    shape = SemanticShape()
    animation = animating.new_animation(model)
    foresight = foreseeing.taught_foresight(folder)
    seen = seeing.Seeing(shape, animation.pipeline.text_encoder.config.hidden_size)
    taught(seen, folder / seeing.CHECKPOINT)
    if not (folder / animating.CHECKPOINT).exists():
        parts = {ENCODER: seen.encoder, FORESIGHT: foresight}
        save_parts(shape, parts, out)
        return False
    taught(animation.modules, folder / animating.CHECKPOINT)
    MotionWeights(shape, seen.encoder, foresight, animation.modules).save(out)
    return True


def adopt_motion(exported: Path, folder: Path, text_width: int) -> None:
    """Begin trainings for motion where the exported parts stopped; nothing where there are none.
    What else the image encoder was taught by begins anew.

    Raises:
        OSError: a file can't be read.
    """
    if not part_file(exported, ENCODER).is_file():
        return
    seen = seeing.Seeing(SemanticShape(), text_width)
    seen.encoder.load_state_dict(_exported(exported, ENCODER))
    states = {
        seeing.CHECKPOINT: seen.state_dict(),
        foreseeing.CHECKPOINT: _exported(exported, FORESIGHT),
    }
    if part_file(exported, MODULES).is_file():
        states[animating.CHECKPOINT] = _exported(exported, MODULES)
    for name, state in states.items():
        fresh = {"optimiser": [], "step": 0, "seconds": 0.0}
        save_checkpoint(folder / name, fresh | {"model": state, "average": state})


def _exported(folder: Path, name: str) -> dict[str, Tensor]:
    return {key: one.float() for key, one in load_file(part_file(folder, name)).items()}
