"""Trains the reader: on drawn panels of its own seeds, spoiled as a model's panels are."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from generation.toon.reader import (
    FIGURE_FIELDS,
    PANEL_FIELDS,
    SIDE,
    Reader,
    cut_out,
    resized,
    stands,
    visible,
)
from generation.toon.training.autoencoder import to_tensor
from generation.toon.training.redrawing import Redrawing
from generation.toon.training.run import (
    Clock,
    Running,
    follow,
    load_checkpoint,
    save_checkpoint,
)
from generation.toon.training.spoiling import spoiled
from generation.toon.world.draw import draw_scene
from generation.toon.world.sampler import random_look, scene_with
from generation.toon.world.scene import Scene

CHECKPOINT = "reader.pt"
RATE = 2e-3  # learning rate
BATCH = 32  # panels in a step
FRESH = 6  # of them just drawn, the others from the pool
DECODED = 3  # of the fresh ones with the faults of a model, which is the slow part
AVERAGING = 0.998  # of the weights that are kept, per step
POOL = 3072  # panels of SIDE pixels in memory: 340 MB
FIRST = 64  # panels in the pool before the first step
NOT_SHOWN = -100  # the index that cross entropy leaves out
SHIFT = 6.0  # of 256: how far a figure may stand from where the world puts it
COUNTS = ((0, 1, 2, 3), (0.1, 0.4, 0.34, 0.16))  # figures in a panel, and how often


@dataclass
class Examples:
    """Panels with their truth: `panels` are bytes `(panels, 3, SIDE, SIDE)`."""

    panels: list[Tensor] = field(default_factory=list)
    scenes: list[Scene] = field(default_factory=list)

    def add(self, panels: Tensor, scenes: list[Scene]) -> None:
        """Remember them; the oldest go when there are too many."""
        levels = resized(panels, SIDE).clamp(-1, 1).add(1).mul(127.5).round().to(torch.uint8)
        self.panels = [*self.panels, *levels][-POOL:]
        self.scenes = [*self.scenes, *scenes][-POOL:]

    def some(self, rows: list[int]) -> tuple[Tensor, list[Scene]]:
        """Panels `(rows, 3, SIDE, SIDE)` in -1..1, and their truth."""
        levels = torch.stack([self.panels[row] for row in rows])
        return levels.float().div(127.5).sub(1), [self.scenes[row] for row in rows]


def reader_scene(chance: random.Random) -> Scene:
    """A scene with none to three figures, three more often than the world has them."""
    looks = tuple(random_look(chance) for _ in range(chance.choices(*COUNTS)[0]))
    return scene_with(looks, chance)


def draw(scenes: list[Scene], side: int) -> Tensor:
    """Panels `(scenes, 3, side, side)` in -1..1."""
    return torch.stack([to_tensor(np.asarray(draw_scene(scene, side))) for scene in scenes])


def panel_truth(scenes: list[Scene]) -> dict[str, Tensor]:
    """The index of the right value `(scenes,)` of every field of a panel."""
    values = [
        {"figures": len(scene.figures), "place": scene.place, "night": scene.night}
        for scene in scenes
    ]
    return {
        name: torch.tensor([possible.index(one[name]) for one in values])
        for name, possible in PANEL_FIELDS.items()
    }


def figure_truth(scenes: list[Scene]) -> dict[str, Tensor]:
    """The index of the right value `(figures,)` of every field; NOT_SHOWN where there is none."""
    figures = [figure for scene in scenes for figure in scene.figures]
    right: dict[str, list[int]] = {name: [] for name in FIGURE_FIELDS}
    for figure in figures:
        shown = visible(figure.look.kind)
        for name, possible in FIGURE_FIELDS.items():
            owner = figure if name in ("pose", "expression") else figure.look
            index = possible.index(getattr(owner, name)) if name in shown else NOT_SHOWN
            right[name].append(index)
    return {name: torch.tensor(indices, dtype=torch.long) for name, indices in right.items()}


def figures_of(panels: Tensor, scenes: list[Scene], jitter: torch.Generator) -> Tensor:
    """All figures, cut out about where they stand, `(figures, 3, *CUT)`."""
    boxes = torch.cat([stands(len(scene.figures)) for scene in scenes if scene.figures])
    rows = [row for row, scene in enumerate(scenes) for _ in scene.figures]
    move = SHIFT * (2 * torch.rand(boxes.shape, generator=jitter) - 1)
    return cut_out(panels, torch.tensor(rows), boxes + move)


def train_reader(folder: Path, minutes: float, faults: Redrawing) -> Reader:
    """Train for `minutes` in all; goes on from the checkpoint in `folder` if there is one.

    What comes back are its averaged weights: they are surer where they are right.
    """
    torch.manual_seed(0)  # torch initialises its layers from the global generator
    reader, clock, step, loss = Reader(), Clock(minutes * 60), 0, Running()
    optimiser = torch.optim.AdamW(reader.parameters(), lr=RATE, weight_decay=0.02)
    if stored := load_checkpoint(folder / CHECKPOINT):
        reader.load_state_dict(stored["model"])
        if stored["optimiser"]:  # none after an adoption
            optimiser.load_state_dict(stored["optimiser"])
        step, clock.spent = stored["step"], stored["seconds"]
    average = {name: value.clone() for name, value in reader.state_dict().items()}
    average |= stored["average"] if stored else {}
    pool = Examples()
    while not clock.done:
        clock.tick()
        for group in optimiser.param_groups:
            group["lr"] = RATE * clock.rate()
        chance = random.Random(f"reader {step}")
        generator = torch.Generator().manual_seed(step)
        for _ in range(1 if pool.panels else FIRST // FRESH):
            scenes = [reader_scene(chance) for _ in range(FRESH)]
            pool.add(_fresh(scenes, faults, chance, generator), scenes)
        panels, scenes = pool.some([chance.randrange(len(pool.panels)) for _ in range(BATCH)])
        off = lesson(reader, spoiled(panels, generator), scenes, generator)
        optimiser.zero_grad()
        torch.autograd.backward(off)
        torch.nn.utils.clip_grad_norm_(reader.parameters(), 1.0)
        optimiser.step()
        step += 1
        follow(average, reader, min(AVERAGING, (1 + step) / (10 + step)))
        loss.add(off.item())
        if step % 50 == 0:
            print(f"{clock.spent:6.0f} s  step {step}  loss {loss.mean:.3f}", flush=True)
        if clock.save_due():
            state = {"model": reader.state_dict(), "optimiser": optimiser.state_dict()}
            told = {"average": average, "step": step, "seconds": clock.spent}
            save_checkpoint(folder / CHECKPOINT, state | told)
    reader.load_state_dict(average)
    return reader.eval()


def lesson(
    reader: Reader, panels: Tensor, scenes: list[Scene], generator: torch.Generator
) -> Tensor:
    """The sum over all fields of the mean cross entropy."""
    right = panel_truth(scenes)
    losses = [F.cross_entropy(row, right[name]) for name, row in reader.of_panels(panels).items()]
    if any(scene.figures for scene in scenes):
        right = figure_truth(scenes)
        answers = reader.of_figures(figures_of(panels, scenes, generator))
        for name, row in answers.items():
            shown = (right[name] != NOT_SHOWN).sum().clamp(min=1)
            losses.append(F.cross_entropy(row, right[name], reduction="sum") / shown)
    return torch.stack(losses).sum()


def _fresh(
    scenes: list[Scene], faults: Redrawing, chance: random.Random, generator: torch.Generator
) -> Tensor:
    """Panels at SIDE pixels, the first DECODED of them with the faults of a model."""
    bad = faults.some(scenes[:DECODED], chance, generator)
    return torch.cat([resized(bad, SIDE), draw(scenes[DECODED:], SIDE)])
