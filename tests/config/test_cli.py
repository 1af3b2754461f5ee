"""The command line: every part registers itself and tells bad input in one sentence."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from config.cli import COMMANDS, main

README = Path(__file__).parents[2] / "README.md"


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_shows_its_help(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main([name, "--help"])
    assert stop.value.code == 0
    assert f"inkthread {name}" in capsys.readouterr().out


def test_the_readme_lists_every_command() -> None:
    chapter = (
        README.read_text(encoding="utf-8").split("## On the command line")[1].split("\n## ")[0]
    )
    assert set(re.findall(r"^\| `inkthread (\w+)", chapter, re.MULTILINE)) == set(COMMANDS)


def test_an_unknown_command_lists_the_known_ones(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["draw"])
    assert stop.value.code == 2
    assert "render" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("variable", "value", "says"),
    [
        ("INKTHREAD_THREADS", "many", "INKTHREAD_THREADS='many'"),
        ("INKTHREAD_LOG_LEVEL", "loud", "INKTHREAD_LOG_LEVEL='loud'"),
        ("INKTHREAD_DEFAULT_MODEL", "crayon", "there is toon, sd15, sdxl"),
        ("INKTHREAD_DATABASE", "mysql://here", "SQLite or PostgreSQL"),
        ("INKTHREAD_ARTIFACTS", "attic://here", "'attic://here'"),
    ],
)
def test_a_bad_setting_ends_with_a_sentence_and_status_2(
    variable: str, value: str, says: str
) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "bot", "bot"],
        env={"DISCORD_TOKEN": "t", variable: value},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 2
    assert "Traceback" not in ran.stderr
    assert says in ran.stderr


def test_styles_that_the_model_was_never_taught_stop_the_bot(tmp_path: Path) -> None:
    (tmp_path / "styles.toml").write_text(
        '[fresco]\ntitle = "Fresco"\npositive = "{scene}"\nnegative = ""\n', encoding="utf-8"
    )
    ran = subprocess.run(
        [sys.executable, "-m", "bot", "bot"],
        env={"DISCORD_TOKEN": "t", "INKTHREAD_STYLES": str(tmp_path / "styles.toml")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 2
    assert "draws none of the styles" in ran.stderr
