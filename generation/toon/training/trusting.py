"""Panels that the model drew from words alone, with as much of their truth as can be trusted.

A judge that knows only redrawn panels finds those that were drawn from nothing hard to read: their
lines are the model's own. Nobody has written down what they show, and the model gets a tenth of
what it was told wrong. So a look is trusted only where words say it and the reader, however unsure,
takes it for the same (Lee 2013, Pseudo-Label, with the words as a second witness). What reader and
words disagree about is left out, so nothing wrong is learnt from what was drawn wrong. Poses are
trusted to nobody: arms and legs are drawn worst, and a reader that takes words for it sees pointing
and sitting where people see somebody stand.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from generation.toon.cutting import SIDE, resized, stands
from generation.toon.reader import FIGURE_FIELDS, PANEL_FIELDS, Reader
from generation.toon.training.examples import NOT_SHOWN, Known, figure_truth
from generation.toon.world.captions import Caption
from generation.toon.world.scene import Scene

NEVER_TRUSTED = ("pose",)


@torch.no_grad()
def trusted(
    reader: Reader, panels: Tensor, scenes: Sequence[Scene], captions: Sequence[Caption]
) -> list[Known]:
    """What is known of each of `panels` `(panels, 3, side, side)`, drawn after these captions."""
    small = resized(panels, SIDE)
    counted = PANEL_FIELDS["figures"]
    counts = [counted[int(one)] for one in reader.of_panels(small)["figures"].argmax(1)]
    return [
        _agreed(reader, small[row : row + 1], scene, words.said)
        if scene.figures and counts[row] == len(scene.figures)
        else frozenset()
        for row, (scene, words) in enumerate(zip(scenes, captions, strict=True))
    ]


def _agreed(reader: Reader, panel: Tensor, scene: Scene, said: frozenset[str]) -> Known:
    boxes = stands(len(scene.figures))
    guesses = reader.shares(panel, torch.zeros(len(boxes), dtype=torch.long), boxes)
    right = figure_truth([scene])
    return frozenset(
        f"{place}.{name}"
        for place in range(len(boxes))
        for name in FIGURE_FIELDS
        if name not in NEVER_TRUSTED
        and f"{place}.{name}" in said
        and right[name][place] != NOT_SHOWN
        and guesses[name][place].argmax() == right[name][place]
    )
