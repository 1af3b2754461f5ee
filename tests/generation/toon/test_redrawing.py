"""The faults that the reader is taught: Toon's own, on drawn panels whose truth is known."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from generation.toon.reader import load_reader
from generation.toon.training import reading
from generation.toon.training.calibration import answers
from generation.toon.training.examples import draw, reader_scene
from generation.toon.training.parallel import Team
from generation.toon.training.reading import taught_reader, train_reader
from generation.toon.training.redrawing import Redrawing, redrawing
from generation.toon.training.run import load_checkpoint, save_checkpoint
from generation.toon.training.trusting import trusted
from generation.toon.world.draw import PICTURE_SIZE
from generation.toon.world.scene import Figure, Look, Scene

WEIGHTS = Path("generation/toon/weights")


@pytest.fixture(scope="module")
def faults() -> Redrawing:
    return redrawing(WEIGHTS)


def test_redrawn_panels_show_what_was_drawn_but_not_exactly(faults: Redrawing) -> None:
    scenes = [reader_scene(random.Random(seed)) for seed in range(4)]
    drawn = draw(scenes, PICTURE_SIZE)
    first, again = (
        faults.redrawn(drawn, scenes, random.Random(1), torch.Generator().manual_seed(2))
        for _ in range(2)
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
    train_reader(tmp_path, 1e-6, Team(), WEIGHTS)  # minutes: one step
    reader = taught_reader(tmp_path)
    stored = load_checkpoint(tmp_path / reading.CHECKPOINT)
    assert stored is not None
    assert stored["step"] >= 1
    kept = reader.state_dict()
    assert all(torch.equal(kept[name], value) for name, value in stored["average"].items())
    told = answers(reader, faults, 16)
    assert (told["place"].given == told["place"].right).float().mean() > 0.8


def test_whole_panels_are_drawn_after_their_captions(faults: Redrawing) -> None:
    scenes = [Scene("beach", figures=(Figure(Look("man")),)), Scene("forest", night=True)]
    panels, captions = faults.whole(scenes, random.Random(5))
    assert panels.shape == (2, 3, PICTURE_SIZE, PICTURE_SIZE)
    assert ["0.kind" in one.said or "0.hair" in one.said for one in captions] == [True, False]
    read = load_reader(WEIGHTS / "reader").read(panels)
    assert [one.panel["figures"] for one in read] == [1, 0]


def test_only_what_was_said_and_is_seen_is_trusted(faults: Redrawing) -> None:
    reader, chance = load_reader(WEIGHTS / "reader"), random.Random(6)
    blond = Figure(Look("woman", hair="blond", shirt="green"), "cheering", "happy")
    grey = replace(blond, look=replace(blond.look, hair="grey", shirt="red"))
    told, shown = (Scene("park", figures=(one,)) for one in (blond, grey))
    (words,) = faults.captions([told], chance)
    assert {"0.hair", "0.shirt"} <= words.said
    (right,) = trusted(reader, draw([told], PICTURE_SIZE), [told], [words])
    (wrong,) = trusted(reader, draw([shown], PICTURE_SIZE), [told], [words])
    assert right is not None
    assert wrong is not None
    assert right <= words.said
    assert {"0.hair", "0.shirt"} <= right - wrong
    assert "0.pose" in words.said - right, "poses are never trusted"
    nobody = Scene("park")
    assert trusted(reader, draw([nobody], PICTURE_SIZE), [told], [words]) == [frozenset()]


def test_captions_tell_moods_and_poses_and_are_heard_whole(faults: Redrawing) -> None:
    chance = random.Random(7)
    scenes = [reader_scene(chance) for _ in range(60)]
    captions = faults.captions(scenes, chance)
    figures = sum(len(scene.figures) for scene in scenes)
    for deed in ("pose", "expression"):
        told = sum(field.endswith(deed) for one in captions for field in one.said)
        assert told > 0.9 * figures
    tokens = faults.pipeline.tokenizer([one.text for one in captions]).input_ids
    assert max(map(len, tokens)) <= faults.pipeline.tokenizer.model_max_length
