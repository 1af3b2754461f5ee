"""Writes what was trained for motion beside the image model's weights."""

from __future__ import annotations

from pathlib import Path

from generation.clips.ours import MotionWeights
from generation.clips.semantics import SemanticShape
from generation.toon.training import animating, seeing
from generation.toon.training.course import taught


def export_motion(model: Path, folder: Path, out: Path) -> None:
    """Write the averaged weights of the three courses in `folder` to `out`.

    Raises:
        FileNotFoundError: one of them hasn't begun.
    """
    shape = SemanticShape()
    animation = animating.new_animation(model, folder)
    taught(animation.modules, folder / animating.CHECKPOINT)
    seen = seeing.Seeing(shape, animation.pipeline.text_encoder.config.hidden_size)
    taught(seen, folder / seeing.CHECKPOINT)
    MotionWeights(shape, seen.encoder, animation.foresight, animation.modules).save(out)
