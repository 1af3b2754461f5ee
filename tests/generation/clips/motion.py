"""The sizes of the tiny networks for motion, and weights as if they were trained."""

from __future__ import annotations

import torch

from generation.clips.drafting import SIDE
from generation.clips.foresight import DRAFT, Ends, Foreseen
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


def foreseen(frames: int) -> Foreseen:
    """Anything."""
    tokens = torch.randn(frames, SHAPE.tokens, SHAPE.width)
    return Foreseen(tokens, torch.randn(frames, DRAFT, SIDE, SIDE))


def any_ends(motions: int = 1) -> Ends:
    """Two pictures of noise, and tokens that have nothing to do with them."""
    return Ends(
        torch.randn(motions, 2, SHAPE.tokens, SHAPE.width),
        torch.rand(motions, 2, 3, SIDE, SIDE).mul(2).sub(1),
    )
