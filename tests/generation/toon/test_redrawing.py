"""The faults that the reader is taught: Toon's own, on drawn panels whose truth is known."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
import torch

from generation.toon.reader import load_reader
from generation.toon.training import reading
from generation.toon.training.calibration import answers
from generation.toon.training.reading import draw, reader_scene, train_reader
from generation.toon.training.redrawing import Redrawing, redrawing
from generation.toon.training.run import load_checkpoint, save_checkpoint
from generation.toon.world.draw import PICTURE_SIZE

WEIGHTS = Path("generation/toon/weights")


@pytest.fixture(scope="module")
def faults() -> Redrawing:
    return redrawing(WEIGHTS)


def test_redrawn_panels_show_what_was_drawn_but_not_exactly(faults: Redrawing) -> None:
    scenes = [reader_scene(random.Random(seed)) for seed in range(4)]
    drawn = draw(scenes, PICTURE_SIZE)
    first, again = (
        faults.some(scenes, random.Random(1), torch.Generator().manual_seed(2)) for _ in range(2)
    )
    assert torch.equal(first, again)
    off = (first - drawn).abs().mean((1, 2, 3))
    strange = (first - drawn.roll(1, 0)).abs().mean((1, 2, 3))
    assert off.min() > 0.01
    assert (off < strange).all()
    read = load_reader(WEIGHTS / "reader").read(first)
    assert [one.panel["place"] for one in read] == [scene.place for scene in scenes]


def test_a_reader_goes_on_from_an_adopted_one(faults: Redrawing, tmp_path: Path) -> None:
    adopted = load_reader(WEIGHTS / "reader").state_dict()
    fresh = {"optimiser": [], "step": 0, "seconds": 0.0}
    save_checkpoint(tmp_path / reading.CHECKPOINT, fresh | {"model": adopted, "average": adopted})
    reader = train_reader(tmp_path, 1e-6, faults)  # minutes: one step
    stored = load_checkpoint(tmp_path / reading.CHECKPOINT)
    assert stored is not None
    assert stored["step"] >= 1
    kept = reader.state_dict()
    assert all(torch.equal(kept[name], value) for name, value in stored["average"].items())
    told = answers(reader, faults, 16, "test")
    assert (told["place"].given == told["place"].right).float().mean() > 0.8
