"""`inkthread bench consistency` at its smallest, and that what it compares is what it says."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from PIL import Image

from config.cli import main
from generation.bench.consistency import MICRO_BATCH, Bench, Size, curves, table
from generation.bench.dense import dense_latents
from generation.bench.plot import plot
from generation.diffusion.lockstep import LockStep

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

TINY = Size((2, 6), (2, 3), rounds=1, divisor=40, side=64)


@pytest.fixture(scope="module")
def bench() -> Bench:
    return Bench(TINY)


def test_every_way_is_measured_with_every_story(bench: Bench) -> None:
    found = bench.run()
    stories = [(2, 2), (6, 2), (6, 3)]
    ways = ["plain", "released", "released, with skips", "dense mask", "ours", "ours, with masks"]
    assert [(one.panels, one.steps, one.way) for one in found] == [
        (*story, way) for story in stories for way in ways
    ]
    assert all(one.seconds > 0 and one.memory >= 0 for one in found)
    assert [one.ratio for one in found if one.way == "plain"] == [1, 1, 1]
    bank = {(one.way, one.panels, one.steps): one.bank for one in found}
    # the released scheme keeps hidden states of every step, ours keys and values of one
    assert bank["released", 6, 3] == bank["released", 6, 2] * 3 / 2
    assert bank["ours", 6, 3] == bank["ours", 6, 2]
    assert bank["ours", 6, 3] == bank["released", 6, 3] * 2 * TINY.rate / 3
    assert bank["ours, with masks", 6, 3] == bank["ours", 6, 3] / 2
    assert bank["plain", 6, 3] == bank["dense mask", 6, 3] == 0
    predicted = {one.way: one.predicted for one in found if one.panels == 6}
    assert predicted["plain"] is None
    assert 1 < predicted["ours, with masks"] < predicted["ours"]  # type: ignore[operator]
    assert table(found).count("\n") == 1 + len(found)
    growth = curves(found, "steps", "bank")
    assert growth["released"] == [(steps, bank["released", 6, steps]) for steps in (2, 3)]
    assert [x for x, _ in curves(found, "panels", "ratio")["plain"]] == [2, 6]


def test_the_dense_mask_draws_the_same_as_ours(bench: Bench) -> None:
    plan = bench.story(6, 1)
    with LockStep(bench.model, plan) as run:
        run.advance()
        dense = dense_latents(bench.model, plan)
        assert (run.latents - dense).norm() / dense.norm() < 1e-5


def test_the_story_has_identity_panels_and_panels_of_two(bench: Bench) -> None:
    plan = bench.story(6, 1)
    assert [panel.references for panel in plan.panels] == [
        (1,),
        (0,),
        (3,),
        (2,),
        (0, 1, 2, 3),
        (0, 1, 2, 3),
    ]
    assert [len(panel.subjects) for panel in plan.panels] == [1, 1, 1, 1, 2, 2]
    with LockStep(bench.model, replace(plan, masks=True)) as run:
        assert [len(members) for members in run.passes] == [MICRO_BATCH, 2]
        run.advance()
        assert all(masks.sure for masks in run.masks)


def test_the_command_prints_a_table_and_writes_plots(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tiny = ["--quick", "--panels", "2", "--steps", "1", "--side", "64", "--divisor", "40"]
    out = tmp_path / "deep" / "out"
    assert main(["bench", "consistency", *tiny, "--rounds", "1", "--out", str(out)]) == 0
    told = capsys.readouterr()
    assert "| 2 | 1 | ours, with masks |" in told.out
    assert "turn 1 of 1" in told.err
    figures = json.loads((out / "consistency.json").read_text(encoding="utf-8"))
    assert figures["size"]["divisor"] == 40
    assert len(figures["measured"]) == 12  # and at six panels, over the steps
    for name in ("ratio", "bank", "memory"):
        with Image.open(out / f"{name}.png") as picture:
            assert picture.width > 700


def test_a_wrong_number_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["bench", "consistency", "--panels", "2,0"])
    assert "list of whole numbers from 1" in capsys.readouterr().err


def test_a_plot_has_its_lines_in_their_colours() -> None:
    picture = plot("t", "x", {"a": [(2, 1.0), (4, 2.0)], "b": [(2, 1.0), (4, 0.0)]})
    found = {colour for _, colour in picture.getcolors(1 << 20) or []}
    assert {(120, 120, 120), (210, 90, 30)} <= found
    assert plot("t", "x", {}).size == picture.size


def test_the_global_generator_is_left_alone() -> None:
    before = torch.random.get_rng_state()
    Bench(TINY)
    assert torch.equal(before, torch.random.get_rng_state())
