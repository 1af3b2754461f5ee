"""What the reader learns from: panels with their truth, or with as much of it as is known."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import torch
from torch import Tensor

from generation.toon.cutting import SIDE, cut_out, resized, stands
from generation.toon.reader import FIGURE_FIELDS, PANEL_FIELDS, visible
from generation.toon.training.autoencoder import to_tensor
from generation.toon.world.draw import draw_scene
from generation.toon.world.sampler import random_look, scene_with
from generation.toon.world.scene import Scene

POOL = 3072  # panels of SIDE pixels in memory: 340 MB
NOT_SHOWN = -100  # the index that cross entropy leaves out
SHIFT = 6.0  # of 256: how far a figure may stand from where the world puts it
COUNTS = ((0, 1, 2, 3), (0.1, 0.4, 0.34, 0.16))  # figures in a panel, and how often

Known = frozenset[str] | None  # "0.hair", "1.pose"...: what is known of the figures; None: all
ALL: Known = None


@dataclass
class Examples:
    """Panels as bytes `(3, SIDE, SIDE)`, the scene of each, and what of it is known."""

    panels: list[Tensor] = field(default_factory=list)
    scenes: list[Scene] = field(default_factory=list)
    known: list[Known] = field(default_factory=list)

    def add(self, panels: Tensor, scenes: Sequence[Scene], known: Sequence[Known]) -> None:
        """Remember them; the oldest go when there are too many."""
        levels = resized(panels, SIDE).clamp(-1, 1).add(1).mul(127.5).round().to(torch.uint8)
        self.panels = [*self.panels, *levels][-POOL:]
        self.scenes = [*self.scenes, *scenes][-POOL:]
        self.known = [*self.known, *known][-POOL:]

    def some(self, count: int, chance: random.Random) -> tuple[Tensor, list[Scene], list[Known]]:
        """Random panels `(count, 3, SIDE, SIDE)` in -1..1, with what there is of their truth."""
        rows = [chance.randrange(len(self.panels)) for _ in range(count)]
        panels = _levels([self.panels[row] for row in rows])
        return panels, [self.scenes[row] for row in rows], [self.known[row] for row in rows]

    def all(self) -> Tensor:
        """All panels, in order."""
        return _levels(self.panels)


def _levels(panels: Sequence[Tensor]) -> Tensor:
    """In -1..1."""
    return torch.stack(list(panels)).float().div(127.5).sub(1)


def reader_scene(chance: random.Random) -> Scene:
    """A scene with none to three figures, three more often than the world has them."""
    looks = tuple(random_look(chance) for _ in range(chance.choices(*COUNTS)[0]))
    return scene_with(looks, chance)


def draw(scenes: Sequence[Scene], side: int) -> Tensor:
    """Panels `(scenes, 3, side, side)` in -1..1."""
    return torch.stack([to_tensor(np.asarray(draw_scene(scene, side))) for scene in scenes])


def panel_truth(scenes: Sequence[Scene], known: Sequence[Known] = ()) -> dict[str, Tensor]:
    """The index of the right value `(scenes,)` of every field of a panel; NOT_SHOWN where not all
    is known."""
    whole = known or [ALL] * len(scenes)
    values = [
        {"figures": len(scene.figures), "place": scene.place, "night": scene.night}
        for scene in scenes
    ]
    return {
        name: torch.tensor(
            [
                possible.index(one[name]) if all_is_known is ALL else NOT_SHOWN
                for one, all_is_known in zip(values, whole, strict=True)
            ]
        )
        for name, possible in PANEL_FIELDS.items()
    }


def figure_truth(scenes: Sequence[Scene], known: Sequence[Known] = ()) -> dict[str, Tensor]:
    """The index of the right value `(figures,)` of every field; NOT_SHOWN where there is none, or
    it isn't known."""
    whole = known or [ALL] * len(scenes)
    right: dict[str, list[int]] = {name: [] for name in FIGURE_FIELDS}
    for scene, of_panel in zip(scenes, whole, strict=True):
        for place, figure in enumerate(scene.figures):
            shown = visible(figure.look.kind)
            for name, possible in FIGURE_FIELDS.items():
                told = of_panel is None or f"{place}.{name}" in of_panel
                owner = figure if name in ("pose", "expression") else figure.look
                kept = name in shown and told
                right[name].append(possible.index(getattr(owner, name)) if kept else NOT_SHOWN)
    return {name: torch.tensor(indices, dtype=torch.long) for name, indices in right.items()}


def boxes_of(scenes: Sequence[Scene], jitter: torch.Generator | None) -> tuple[Tensor, Tensor]:
    """The panels `(figures,)` of all figures, and boxes `(figures, 4)` about where they stand;
    without `jitter` exactly where the reader looks."""
    boxes = torch.cat([stands(len(scene.figures)) for scene in scenes if scene.figures])
    rows = torch.tensor([row for row, scene in enumerate(scenes) for _ in scene.figures])
    if jitter is None:
        return rows, boxes
    return rows, boxes + SHIFT * (2 * torch.rand(boxes.shape, generator=jitter) - 1)


def figures_of(panels: Tensor, scenes: Sequence[Scene], jitter: torch.Generator) -> Tensor:
    """All figures, cut out about where they stand, `(figures, 3, *CUT)`."""
    return cut_out(panels, *boxes_of(scenes, jitter))
