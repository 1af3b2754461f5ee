"""Trains the reader: on drawn panels of its own seeds with the faults of a model, on the model's
own, and on those of them that were labelled by looking at them."""

from __future__ import annotations

import random
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor

from generation.toon.cutting import SIDE, resized
from generation.toon.reader import Reader
from generation.toon.training.course import Course, taught, teach
from generation.toon.training.examples import (
    ALL,
    Examples,
    Known,
    boxes_of,
    draw,
    figure_truth,
    figures_of,
    panel_truth,
    reader_scene,
)
from generation.toon.training.labelled import LEARNT, labelled
from generation.toon.training.parallel import Team
from generation.toon.training.redrawing import Redrawing, redrawing
from generation.toon.training.spoiling import spoiled, through_latents
from generation.toon.training.trusting import trusted
from generation.toon.world.draw import PICTURE_SIZE
from generation.toon.world.scene import Scene

CHECKPOINT = "reader.pt"
RATE = 1e-3  # learning rate
AVERAGING = 0.998  # of the weights that are kept, per step: they are surer where they are right
BATCH = 40  # panels in a step of one process
BY_HAND = 8  # labelled ones beside them
WHOLE, REDRAWN, DECODED, DRAWN = 1, 2, 1, 1  # new ones in a step, the others are from the pool
FIRST = 4  # steps' new ones before the first step
HELD = 32  # panels that are measured


def train_reader(folder: Path, minutes: float, team: Team, model: Path) -> None:
    """Train for `minutes` in all; goes on from the checkpoint in `folder` if there is one. `model`
    is a diffusers folder, whose faults it learns."""
    torch.manual_seed(0)  # torch initialises its layers from the global generator
    reader, faults, pool, by_hand = Reader(), redrawing(model), Examples(), labelled(LEARNT)
    scenes = [reader_scene(random.Random(f"held {i}")) for i in range(HELD)]
    held: list[Tensor] = []

    def one_step(step: int) -> Tensor:
        chance = random.Random(f"reader {step}")
        generator = torch.Generator().manual_seed(step)
        for _ in range(1 if pool.panels else FIRST):
            add_new(pool, reader, faults, chance, generator)
        some = [pool.some(BATCH, chance), by_hand.some(BY_HAND, chance)]
        panels = torch.cat([shown for shown, _, _ in some])
        of_panels = [scene for _, shown, _ in some for scene in shown]
        known = [one for _, _, told in some for one in told]
        return lesson(reader, spoiled(panels, generator), of_panels, generator, known)

    def measure() -> str:
        if not held:
            generator = torch.Generator().manual_seed(0)
            held.append(resized(_redrawn(faults, scenes, generator), SIDE))
        return "held out, right: " + hits(reader, held[0], scenes)

    course = Course(
        CHECKPOINT, reader, RATE, one_step, measure, ("heads", "body.0."), 200, averaging=AVERAGING
    )
    teach(course, folder, minutes, team)


def taught_reader(folder: Path) -> Reader:
    """With the averaged weights of the checkpoint in `folder`.

    Raises:
        FileNotFoundError: there is none.
    """
    reader = Reader()
    taught(reader, folder / CHECKPOINT)
    return reader.eval()


def add_new(
    pool: Examples,
    reader: Reader,
    faults: Redrawing,
    chance: random.Random,
    generator: torch.Generator,
) -> None:
    """Panels of every kind, from as good as drawn to the model's own."""
    scenes = [reader_scene(chance) for _ in range(WHOLE + REDRAWN + DECODED + DRAWN)]
    whole, rest = scenes[:WHOLE], scenes[WHOLE:]
    panels, captions = faults.whole(whole, chance)
    reader.eval()
    pool.add(panels, whole, trusted(reader, panels, whole, captions))
    reader.train()
    panels = draw(rest, PICTURE_SIZE)
    panels[:REDRAWN] = faults.redrawn(panels[:REDRAWN], rest[:REDRAWN], chance, generator)
    decoded = slice(REDRAWN, REDRAWN + DECODED)
    panels[decoded] = through_latents(faults.vae, panels[decoded], generator)
    pool.add(panels, rest, [ALL] * len(rest))


def lesson(
    reader: Reader,
    panels: Tensor,
    scenes: list[Scene],
    generator: torch.Generator,
    known: list[Known] | None = None,
) -> Tensor:
    """The sum over all fields of the mean cross entropy of what is known, which is all where
    nothing else is said. Half of the figures are seen in a mirror."""
    told = known or [ALL] * len(scenes)
    right = panel_truth(scenes, told)
    losses = [_off(row, right[name]) for name, row in reader.of_panels(panels).items()]
    if any(scene.figures for scene in scenes):
        right = figure_truth(scenes, told)
        cuts = figures_of(panels, scenes, generator)
        turned = torch.rand(len(cuts), 1, 1, 1, generator=generator) < 0.5
        answers = reader.of_figures(torch.where(turned, cuts.flip(-1), cuts))
        losses += [_off(row, right[name]) for name, row in answers.items()]
    return torch.stack(losses).sum()


def _off(answers: Tensor, right: Tensor) -> Tensor:
    shown = (right >= 0).sum().clamp(min=1)
    return F.cross_entropy(answers, right, reduction="sum") / shown


@torch.no_grad()
def hits(reader: Reader, panels: Tensor, scenes: list[Scene]) -> str:
    """The share of right best guesses of every field of figures."""
    reader.eval()
    guesses = reader.shares(panels, *boxes_of(scenes, torch.Generator().manual_seed(0)))
    reader.train()
    told = []
    for name, right in figure_truth(scenes).items():
        kept = right >= 0
        share = (guesses[name].argmax(1) == right)[kept].float().mean()
        told.append(f"{name} {share:.3f}")
    return "  ".join(told)


def _redrawn(faults: Redrawing, scenes: list[Scene], generator: torch.Generator) -> Tensor:
    chance = random.Random("held out")
    parts = [
        faults.redrawn(draw(some, PICTURE_SIZE), some, chance, generator)
        for some in (scenes[at : at + 8] for at in range(0, len(scenes), 8))
    ]
    return torch.cat(parts)
