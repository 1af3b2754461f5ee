"""The reader made ready: trained, its shares scaled to what they are worth, its confusion."""

from __future__ import annotations

import json
import random
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

import torch
from torch import Tensor

from generation.toon.cutting import SIDE, resized
from generation.toon.reader import FIELDS, Reader
from generation.toon.scaling import Scaling, fitted
from generation.toon.training.examples import (
    NOT_SHOWN,
    Examples,
    boxes_of,
    draw,
    figure_truth,
    panel_truth,
    reader_scene,
)
from generation.toon.training.labelled import CALIBRATING, labelled
from generation.toon.training.parallel import run_team
from generation.toon.training.reading import taught_reader, train_reader
from generation.toon.training.redrawing import Redrawing, redrawing
from generation.toon.world.draw import PICTURE_SIZE

READABLE = 0.75  # how likely an answer must be right
PANELS = 768  # for the report
AT_ONCE = 16


@dataclass(frozen=True)
class Answers:
    """Of one field on many panels or figures: how sure `(n,)`, which value, which is right."""

    sure: Tensor
    given: Tensor
    right: Tensor


@dataclass(frozen=True)
class Score:
    """Of one field on held-out panels: shares of the readable that is right, and of unreadable."""

    threshold: float
    right: float
    unreadable: float
    confusion: tuple[tuple[int, ...], ...]
    """Row: the truth; column: what was read; the last column: unreadable."""


def make_reader(folder: Path, minutes: float, model: Path, out: Path, processes: int) -> None:
    """Train in so many processes, calibrate, and write the reader with a report on held-out panels
    to `out`.

    `model` is a diffusers folder: the reader learns its faults.
    """
    run_team(partial(train_reader, model=model), folder, minutes, processes)
    reader = taught_reader(folder)
    report = calibrate(reader, redrawing(model))
    reader.save(out)
    told = {name: asdict(one) for name, one in report.items()}
    (out / "report.json").write_text(json.dumps(told, separators=(",", ":")) + "\n", "utf-8")
    for name, one in report.items():
        print(f"{name}: right {one.right:.3f} of the readable, unreadable {one.unreadable:.3f}")


def calibrate(reader: Reader, faults: Redrawing, panels: int = PANELS) -> dict[str, Score]:
    """Scale the reader's shares by labelled panels that it hasn't learnt from, and measure it on
    held-out redrawn ones."""
    reader.scaling = scaling(reader, labelled(CALIBRATING))
    reader.thresholds = dict.fromkeys(FIELDS, READABLE)
    held = answers(reader, faults, panels)
    return {name: score(one, reader.thresholds[name], name) for name, one in held.items()}


def scaling(reader: Reader, seen: Examples) -> dict[str, Scaling]:
    """By which the reader's shares are as likely as they are right on these panels; of the fields
    of figures of which anything is known there."""
    reader.scaling = {}
    shares = reader.shares(seen.all(), *boxes_of(seen.scenes, None))
    found: dict[str, Scaling] = {}
    for name, right in figure_truth(seen.scenes, seen.known).items():
        kept = right != NOT_SHOWN
        if kept.any():
            found[name] = fitted(shares[name][kept], right[kept])
    return found


def score(answers: Answers, least: float, name: str) -> Score:
    """What the threshold does on these answers."""
    readable = answers.sure >= least
    hits = (answers.given == answers.right)[readable]
    count = len(FIELDS[name])
    given = torch.where(readable, answers.given, count)
    table = torch.zeros(count, count + 1, dtype=torch.long)
    table.index_put_((answers.right, given), torch.ones_like(given), accumulate=True)
    return Score(
        threshold=least,
        right=float(hits.double().mean()) if len(hits) else float("nan"),
        unreadable=float((~readable).double().mean()),
        confusion=tuple(tuple(row) for row in table.tolist()),
    )


@torch.no_grad()
def answers(reader: Reader, faults: Redrawing, panels: int) -> dict[str, Answers]:
    """What the reader says of redrawn panels that no training has seen, with the truth."""
    chance = random.Random("reader held out report")
    generator = torch.Generator().manual_seed(0)
    rows: dict[str, list[Answers]] = {name: [] for name in FIELDS}
    for _ in range(0, panels, AT_ONCE):
        scenes = [reader_scene(chance) for _ in range(AT_ONCE)]
        drawn = faults.redrawn(draw(scenes, PICTURE_SIZE), scenes, chance, generator)
        seen = resized(drawn, SIDE)
        told = {name: one.softmax(1) for name, one in reader.of_panels(seen).items()}
        told |= reader.shares(seen, *boxes_of(scenes, generator))
        right = panel_truth(scenes) | figure_truth(scenes)
        for name, shares in told.items():
            kept = right[name] != NOT_SHOWN
            sure, given = shares.max(1)
            rows[name].append(Answers(sure[kept], given[kept], right[name][kept]))
    return {
        name: Answers(
            torch.cat([one.sure for one in parts]),
            torch.cat([one.given for one in parts]),
            torch.cat([one.right for one in parts]),
        )
        for name, parts in rows.items()
    }
