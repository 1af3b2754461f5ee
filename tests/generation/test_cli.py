"""`inkthread render` as people call it."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
from PIL import Image

from config.cli import main

STORY = """[Tom] A young programmer wearing glasses.

[Tom] In the office, typing #Tom is writing a piece of code.
[Tom] At home, asleep
"""


@pytest.fixture
def story(tmp_path: Path) -> Path:
    file = tmp_path / "tabs-or-spaces.story"
    file.write_text(STORY, encoding="utf-8")
    return file


@pytest.fixture(autouse=True)
def _tiny_model_by_default(models_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INKTHREAD_MODELS", str(models_file))
    monkeypatch.setenv("INKTHREAD_DEFAULT_MODEL", "tiny")
    monkeypatch.setenv("INKTHREAD_THREADS", "1")


def test_a_story_becomes_panels_a_page_and_a_summary(
    story: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "deep" / "out"
    arguments = ["render", str(story), "--out", str(out), "--seed", "7", "--steps", "3", "--json"]
    assert main(arguments) == 0
    told = capfd.readouterr()
    summary = json.loads(told.out)
    assert json.loads((out / "summary.json").read_text(encoding="utf-8")) == summary
    assert "step 3 of 3" in told.err
    assert summary["seed"] == 7
    assert summary["steps"] == 3
    phases = dict(summary["seconds"])
    total, first_preview = phases.pop("total"), phases.pop("first_preview")
    assert set(phases) == {"load", "text", "denoise", "decode", "page", "other"}
    assert sum(phases.values()) == pytest.approx(total, abs=0.01)
    assert 0 < first_preview < total
    assert summary["peak_memory"] > 50_000_000
    assert len({panel["seed"] for panel in summary["panels"]}) == 2
    for entry in (*summary["panels"], *summary["pages"]):
        with Image.open(out / entry["file"]) as image:
            assert image.size == (entry["width"], entry["height"])
    assert [panel["width"] for panel in summary["panels"]] == [64, 64]
    files = sorted(file.name for file in out.iterdir())
    assert files == ["page-01.png", "panel-01.png", "panel-02.png", "summary.json"]


def test_plan_only_prints_the_plan_and_draws_nothing(
    story: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["render", str(story), "--plan-only", "--seed", "7", "--no-consistency"]) == 0
    plan = json.loads(capsys.readouterr().out)
    assert plan["title"] == "Tabs or spaces"
    assert plan["seed"] == 7
    assert [panel["references"] for panel in plan["panels"]] == [[], []]


def test_plan_predicts_what_a_story_costs(story: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plan", str(story), "--seed", "7"]) == 0
    assert len(json.loads(capsys.readouterr().out)["panels"]) == 2
    assert main(["plan", str(story), "--flops", "--json"]) == 0
    both = json.loads(capsys.readouterr().out)
    assert (both["panels"], both["hidden"]) == (2, 0)
    assert both["ratio"] > 1
    assert main(["plan", str(story), "--flops", "--no-consistency"]) == 0
    told = capsys.readouterr().out
    assert "consistent: 1.000 x that" in told
    assert "the model's own configuration" in told
    assert main(["plan", str(story), "--flops", "--style", "cubist"]) == 2
    assert "there is no style 'cubist'" in capsys.readouterr().err


def test_every_mistake_of_a_story_is_told_with_its_line(
    story: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    story.write_text(STORY + "[Tim] waves\n\n[Lisa] laughs\n", encoding="utf-8")
    assert main(["render", str(story), "--out", str(tmp_path / "out")]) == 2
    told = capsys.readouterr()
    assert "Line 5: " in told.err
    assert '"Tim"' in told.err
    assert "Line 7: " in told.err
    assert "Traceback" not in told.err
    assert told.out == ""
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--out", "out", "--model", "nonesuch"], "there is no model 'nonesuch'"),
        (["--out", "out", "--style", "nonesuch"], "there is no style 'nonesuch'"),
        (["--out", "out", "--steps", "0"], "steps"),
        ([], "--out DIR"),
    ],
)
def test_what_cannot_be_is_said_in_a_sentence(
    story: Path,
    arguments: list[str],
    complaint: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(story.parent)
    assert main(["render", str(story), *arguments]) == 2
    assert complaint in capsys.readouterr().err


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00\x01", b"[", b"\0" * 100, None])
def test_what_is_no_story_is_refused_with_a_message(
    content: bytes | None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "story"
    if content is not None:
        file.write_bytes(content)
    assert main(["render", str(file), "--out", str(tmp_path / "out")]) == 2
    assert "inkthread render: " in capsys.readouterr().err


def test_a_file_that_never_ends_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["render", "/dev/zero", "--plan-only"]) == 2
    assert "/dev/zero is too large for a story." in capsys.readouterr().err


def test_a_plan_that_is_read_only_in_part_ends_quietly(story: Path) -> None:
    story.write_text(STORY + "[Tom] waves at everyone in the street\n" * 55, encoding="utf-8")
    ran = subprocess.run(
        ["sh", "-c", '"$0" -m bot render "$1" --plan-only | head -c 1', sys.executable, str(story)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout == "{"
    assert ran.stderr == ""


def test_an_output_folder_that_cannot_be_made_is_said(
    story: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["render", str(story), "--out", str(story)]) == 2
    assert "can't be made" in capsys.readouterr().err


def test_a_picture_that_cannot_be_written_is_said(
    story: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    (out / "panel-01.png").mkdir(parents=True)
    assert main(["render", str(story), "--out", str(out), "--steps", "1"]) == 1
    told = capsys.readouterr().err
    assert f"{out}/panel-01.png can't be written" in told
    assert "Traceback" not in told


def test_a_model_that_is_not_there_ends_with_its_reason(
    story: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["render", str(story), "--out", str(tmp_path / "out"), "--model", "missing"]) == 1
    told = capsys.readouterr().err
    assert "nowhere" in told
    assert "Traceback" not in told


def test_ctrl_c_stops_everything(story: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    # A shell lets its background jobs ignore Ctrl-C, and their children inherit that.
    heard = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"
    command = [
        sys.executable,
        "-c",
        f"{heard}; from config.cli import main; raise SystemExit(main())",
    ]
    command += ["render", str(story), "--out", str(out), "--steps", "1000"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as running:
        assert running.stderr is not None
        while "step " not in running.stderr.readline():
            assert running.poll() is None
        children = psutil.Process(running.pid).children()
        assert children
        running.send_signal(signal.SIGINT)
        told = running.communicate(timeout=60)[1]
    assert running.returncode == 130
    assert "Stopped." in told
    assert "Traceback" not in told
    assert not psutil.wait_procs(children, timeout=30)[1]


def test_the_bench_says_where_a_storys_time_goes_cold_and_warm(
    story: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(["bench", "story", str(story), "--steps", "2", "--runs", "2", "--json"]) == 0
    cold, warm = json.loads(capfd.readouterr().out)
    assert warm["seconds"]["load"] < 0.1 * cold["seconds"]["load"]
    for run in (cold, warm):
        phases = dict(run["seconds"])
        total, first = phases.pop("total"), phases.pop("first preview")
        assert sum(phases.values()) == pytest.approx(total)
        assert 0 < first <= total
        assert run["memory"]["artist"] > run["memory"]["press"] > 10_000_000


def test_a_bench_of_a_bad_story_says_so(story: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "story", str(story), "--style", "cubist"]) == 2
    assert "there is no style 'cubist'" in capsys.readouterr().err
