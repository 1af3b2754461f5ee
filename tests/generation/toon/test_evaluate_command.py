"""What `inkthread evaluate` prints, of few pictures in few steps."""

import json
import re
from pathlib import Path

import pytest

from config.cli import main
from generation.toon.evaluation.measure import BACKGROUND, KAPPA
from generation.toon.evaluation.mixing import BLENDED, LEAKED, MIXED, SWAPPED
from tests.quick_toon import quick_toon

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

READER = "../generation/toon/weights/reader"  # as a catalogue in config/ would name it


def test_each_use_of_the_masks_is_in_one_table_with_the_goals_below(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["evaluate", "--masks", "--quick", "--stories", "1", "--steps", "1"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert re.split(r"  +", lines[0].strip()) == [
        "plain",
        "no masks",
        "bank",
        "queries",
        "within",
        "all",
    ]
    rows = {re.split(r"  +", line)[0] for line in lines}
    assert {KAPPA, SWAPPED, BLENDED, LEAKED, MIXED, BACKGROUND, "guards"} <= rows
    verdicts = [line for line in lines if re.match("reached|MISSED|not measured", line)]
    assert len(verdicts) == 3
    assert "looks mixed up" in verdicts[0]
    assert "kappa lost" in verdicts[1]


def test_the_likeness_that_parts_characters_is_printed_as_the_catalogue_wants_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    few = ["--quick", "--stories", "3", "--steps", "6"]
    assert main(["evaluate", "--likeness", "--encoder", READER, *few]) == 0
    told = capsys.readouterr().out
    assert re.search(r"^likeness_least = [01]\.\d\d$", told, re.MULTILINE)
    assert re.search(r"\d+% of \d+ pictures of somebody else", told)


def test_likeness_needs_something_that_compares(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in quick_toon(tmp_path).items():  # its catalogue leaves the encoder out
        monkeypatch.setenv(name, value)
    assert main(["evaluate", "--likeness", "--model", "toon"]) == 2
    assert "toon has no likeness_encoder: name one with --encoder." in capsys.readouterr().err


def test_other_guidance_and_portraits_without_lots_are_drawn_with(
    capsys: pytest.CaptureFixture[str],
) -> None:
    few = ["evaluate", "--json", "--modes", "ours", "--quick", "--stories", "1", "--steps", "2"]
    told = []
    same = [], ["--guidance", "3"]
    others = ["--guidance", "1"], ["--guidance-rescale", "0"], ["--as-written"]
    for chosen in (*same, *others):
        assert main([*few, *chosen]) == 0
        told.append(json.loads(capsys.readouterr().out)[0]["figures"])
    as_it_is, the_same, less, unscaled, written = told
    assert as_it_is == the_same
    assert the_same != less != unscaled != the_same
    assert written not in (as_it_is, less, unscaled)


def test_guidance_that_is_none_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    for chosen in (["--guidance", "-1"], ["--guidance-rescale", "1.5"]):
        with pytest.raises(SystemExit):
            main(["evaluate", *chosen])
        assert "number from 0" in capsys.readouterr().err


def test_an_encoder_that_is_not_there_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", "--likeness", "--encoder", "./nowhere"]) == 2
    assert "nowhere" in capsys.readouterr().err


def test_uses_of_the_masks_can_be_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    few = ["--masks", "--quick", "--stories", "1", "--steps", "1"]
    assert main(["evaluate", *few, "--modes", "bank"]) == 0
    top = capsys.readouterr().out.splitlines()[0]
    assert re.split(r"  +", top.strip()) == ["plain", "no masks", "bank", "all"]
    assert main(["evaluate", *few, "--modes", "ours"]) == 2
    assert "there is no 'ours'; there is plain, no masks" in capsys.readouterr().err
