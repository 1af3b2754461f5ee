"""The reader made ready: trained, its thresholds from held-out redrawn panels, its confusion."""

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
from generation.toon.training.examples import (
    NOT_SHOWN,
    boxes_of,
    draw,
    figure_truth,
    panel_truth,
    reader_scene,
)
from generation.toon.training.parallel import run_team
from generation.toon.training.reading import taught_reader, train_reader
from generation.toon.training.redrawing import Redrawing, redrawing
from generation.toon.world.draw import PICTURE_SIZE

WANTED = 0.985  # right among what is called readable; 0.98 is promised, on other panels
PANELS = 768  # for the thresholds, and as many others for the report
NEVER = 1.1  # a threshold that nothing reaches
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
    """Set the reader's thresholds, and measure it with them on other held-out panels."""
    chosen = answers(reader, faults, panels, "calibration")
    reader.thresholds = {name: threshold(one) for name, one in chosen.items()}
    held = answers(reader, faults, panels, "report")
    return {name: score(one, reader.thresholds[name], name) for name, one in held.items()}


def threshold(answers: Answers, wanted: float = WANTED) -> float:
    """The least sureness from which on at least `wanted` of the answers are right."""
    sure, order = answers.sure.sort(descending=True)
    hits = (answers.given == answers.right)[order].double()
    share = hits.cumsum(0) / torch.arange(1, len(hits) + 1)
    last_of_its_kind = sure.diff(append=torch.tensor([-1.0])) != 0  # equally sure: all or none
    enough = ((share >= wanted) & last_of_its_kind).nonzero()
    if not len(enough):
        return NEVER
    last = int(enough.max())
    return 0.0 if last == len(sure) - 1 else float(sure[last])


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
def answers(reader: Reader, faults: Redrawing, panels: int, part: str) -> dict[str, Answers]:
    """What the reader says of redrawn panels that no training has seen, with the truth."""
    chance = random.Random(f"reader held out {part}")
    generator = torch.Generator().manual_seed(counted(part))
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


def counted(part: str) -> int:
    """A seed that differs between the parts."""
    return sum(part.encode())
