"""What `inkthread evaluate` says before it draws anything."""

import pytest

from config.cli import main


def test_likeness_needs_something_that_compares(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", "--likeness", "--model", "toon"]) == 2
    assert "toon has no likeness_encoder: name one with --encoder." in capsys.readouterr().err


def test_an_encoder_that_is_not_there_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", "--likeness", "--encoder", "./nowhere"]) == 2
    assert "nowhere" in capsys.readouterr().err
