"""`inkthread bench consistency` at its smallest, and that what it compares is what it says."""

import json
import re
from collections.abc import Generator
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from PIL import Image
from torch import Tensor

from config.cli import main
from generation.bench.consistency import Bench, Measured, Size
from generation.bench.dense import dense_drawing
from generation.bench.figures import curves, goals, table
from generation.bench.plot import plot
from generation.bench.record import joined, read, write
from generation.bench.ways import MICRO_BATCH, random_network
from generation.diffusion.lockstep import LockStep
from generation.toon.baselines import Released

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

TINY = Size((2, 6), (2, 3), rounds=1, alone=2)
SIDE, DIVISOR = 64, 40


@pytest.fixture(scope="module")
def bench() -> Bench:
    return Bench(TINY, random_network(SIDE, DIVISOR))


def test_every_way_is_measured_with_every_story(bench: Bench) -> None:
    found = [one for story in bench.run() for one in story]
    stories = [(6, 2), (6, 3), (2, 2)]
    ways = ["plain", "released", "released, with skips", "dense mask", "ours", "ours, with masks"]
    assert [(one.panels, one.steps, one.way) for one in found] == [
        (*story, way) for story in stories for way in ways
    ]
    assert all(one.seconds > 0 and one.memory >= 0 for one in found)
    assert all(one.tensors > one.bank for one in found)
    assert [len(one.ratios) for one in found] == [TINY.rounds] * len(found)
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
    # with so few channels, hearing words costs as much as looking at whole panels
    assert min(predicted["ours"], predicted["ours, with masks"]) > 1  # type: ignore[type-var]
    assert table(found).count("\n") == 1 + len(found)
    growth = curves(found, "steps", "bank")
    assert growth["released"] == [(steps, bank["released", 6, steps]) for steps in (2, 3)]
    assert [x for x, _ in curves(found, "panels", "ratio")["plain"]] == [2, 6]


def test_goals_are_about_six_panels_at_the_fewest_steps_of_each_network() -> None:
    def one(way: str, ratio: float, memory: int, bank: int, steps: int = 10) -> Measured:
        predicted = 1.2 if way.startswith("ours") else None
        # the median is the ratio, whatever the worst round was like
        ratios = (ratio, ratio - 0.1, ratio + 9)
        return Measured("net", way, 6, steps, 0.5, 9.0, ratios, memory, 7, bank, predicted)

    found = [
        one("plain", 1.0, 100, 0),
        one("released", 1.3, 300, 1000),
        one("released, with skips", 1.0, 300, 1000),
        one("ours", 1.25, 114, 100),
        one("ours, with masks", 1.09, 116, 50),
        one("ours", 3.0, 900, 900, steps=20),
    ]
    said = {str(goal).rsplit(":", 2)[0] for goal in goals(found)}
    about = "net, 6 panels, 10 steps"
    assert said == {
        f"reached: {about}: ours, off its predicted time",
        f"MISSED: {about}: ours, with masks, off its predicted time",
        f"MISSED: {about}: time with masks, x plain",
        f"MISSED: {about}: memory of tensors with masks, x plain",
        f"MISSED: {about}: time, x released without its skips (with them 1.250)",
        f"reached: {about}: bank, x 2 rate / steps of the released one",
    }
    assert "| ours | 9.00 | 1.250 (1.150-10.250) | 1.200 |" in table(found)
    values = {goal.about.split(": ", 1)[1]: goal.found for goal in goals(found)}
    assert values["bank, x 2 rate / steps of the released one"] == pytest.approx(1.0)
    assert values["ours, with masks, off its predicted time"] == pytest.approx(0.11 / 1.2)


def result(drawing: Generator[float, None, Tensor]) -> Tensor:
    """What a drawing returns at its end."""
    while True:
        try:
            next(drawing)
        except StopIteration as end:
            latents: Tensor = end.value
            return latents


def test_the_dense_mask_draws_the_same_as_ours(bench: Bench) -> None:
    plan = bench.story(6, 1)
    with LockStep(bench.ways.network.model, plan) as run:
        run.advance()
        dense = result(dense_drawing(bench.ways.network.model, plan))
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
    with LockStep(bench.ways.network.model, replace(plan, masks=True)) as run:
        assert [len(members) for members in run.passes] == [MICRO_BATCH, 2]
        run.advance()
        assert all(masks.sure for masks in run.masks)


def test_the_command_prints_a_table_and_writes_plots(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tiny = ["--quick", "--panels", "2", "--steps", "1", "--shaped-steps", "1", "--side", "64"]
    out = tmp_path / "deep" / "out"
    rest = ["--divisor", "40", "--rounds", "1", "--out", str(out)]
    assert main(["bench", "consistency", *tiny, *rest]) == 0
    told = capsys.readouterr()
    assert "| Toon | 2 | 1 | ours, with masks |" in told.out
    assert "| SD1.5 shapes, 64 px, channels / 40 | 6 | 1 | plain |" in told.out
    assert "time, round 1 of 1" in told.err
    goal = r"(reached|MISSED): Toon, 6 panels, 1 steps: time with masks, x plain: \d+\.\d+, goal: "
    assert re.search(goal, told.out)
    figures = json.loads((out / "consistency.json").read_text(encoding="utf-8"))
    assert len(figures["measured"]) == 18  # Toon's two stories, the other's one
    assert len(figures["goals"]) == 12
    # the second network alone, taken up again: nothing is measured, all is told
    again = ["--only", "shaped", "--resume"]
    assert main(["bench", "consistency", *tiny, *rest, *again]) == 0
    retold = capsys.readouterr()
    assert retold.out == told.out
    assert "round" not in retold.err
    for name in ("ratio", "tensors"):
        with Image.open(out / f"{name}.png") as picture:
            assert picture.width > 700
    # the other network's stories are all as long, and none has more steps than another
    assert sorted(path.name for path in out.iterdir()) == [
        "consistency.json",
        "ratio.png",
        "tensors.png",
    ]


def test_ways_that_take_turns_draw_what_they_draw_alone(bench: Bench) -> None:
    """The pipeline of diffusers too, which stands still between its steps."""
    ways, plan = bench.ways, bench.story(6, 2)
    model = ways.network.model
    scheme = Released(model, skips=True, blocks=model.blocks)
    before = scheme.latents(plan)
    drawing = scheme.drawing(plan)
    others = [draw(plan) for way, draw in ways.all.items() if way != "ours"]
    progress = [next(drawing)]
    for other in others:
        next(other)
    while len(progress) < plan.steps * 4:  # two identity groups, two panels that look
        progress.append(next(drawing))
        for other in others:
            next(other, None)
    assert progress == sorted(progress)
    assert progress[-1] == 1
    with pytest.raises(StopIteration) as end:
        next(drawing)
    assert all(torch.equal(one, two) for one, two in zip(end.value.value, before, strict=True))


def test_every_way_says_how_far_it_is_and_ends_at_all(bench: Bench) -> None:
    plan = bench.story(6, 2)
    for way, draw in bench.ways.all.items():
        told = list(draw(plan))
        assert told == sorted(told), way
        assert 0 < told[0] < 1, way
        assert told[-1] == pytest.approx(1), way


def test_a_run_that_was_broken_off_goes_on_where_it_was(bench: Bench, tmp_path: Path) -> None:
    first = next(bench.run())
    write(tmp_path, first)
    known = read(tmp_path)
    assert known == first
    told: list[str] = []
    rest = list(bench.run(known, told.append))
    assert rest[0] == first
    assert not any("6 panels, 2 steps" in line for line in told)
    assert any("6 panels, 3 steps" in line for line in told)
    assert joined(known, rest[0]) == known
    assert joined(known, rest[2]) == known + rest[2]
    other = Bench(replace(TINY, rounds=2), bench.ways.network)
    assert next(other.run(known)) != first  # measured otherwise, so measured again


def test_what_cannot_be_taken_up_again_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["bench", "consistency", "--resume"]) == 2
    assert "--resume needs --out" in capsys.readouterr().err
    for told in (None, "[", '{"measured": [{"network": "x", "ratios": []}]}'):
        if told is not None:
            (tmp_path / "consistency.json").write_text(told, encoding="utf-8")
        assert main(["bench", "consistency", "--resume", "--out", str(tmp_path)]) == 2
        assert "can't be taken up again" in capsys.readouterr().err


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
    Bench(TINY, random_network(SIDE, DIVISOR))
    assert torch.equal(before, torch.random.get_rng_state())
