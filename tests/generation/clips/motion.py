"""The sizes of the tiny networks for motion, and weights as if they were trained."""

from __future__ import annotations

import torch

from generation.clips.ours import MotionWeights
from generation.clips.semantics import SemanticShape, even_times

SHAPE = SemanticShape(side=16, widths=(8, 16), width=16, heads=2, encoder_layers=1, layers=2)
FRAMES = 5
TIMES = even_times(FRAMES)


def stirred(weights: MotionWeights) -> MotionWeights:
    """As if trained: the layers that begin at zero do something."""
    for part in weights.parts().values():
        for value in part.parameters():
            if not value.any():
                torch.nn.init.normal_(value, std=0.2)
    return weights
