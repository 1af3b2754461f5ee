"""`inkthread doctor`: what it finds, and what it says to do."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from config.cli import main
from generation.doctor.examine import GIB, State, examine, free_memory
from generation.script.catalogue import Model, read_models

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")


@pytest.fixture
def tiny(models_file: Path) -> Model:
    return read_models(models_file)["tiny"]


def test_a_model_that_is_there_and_loads_is_ready(tiny: Model, models_file: Path) -> None:
    found = examine(tiny, models_file.parent)
    assert found.state is State.READY
    assert found.advice.startswith("It loads in ")
    assert 100_000 < found.needed < found.free


def test_a_drawn_step_is_timed(tiny: Model, models_file: Path) -> None:
    found = examine(tiny, models_file.parent, draw=True)
    assert found.state is State.READY
    assert found.seconds_per_step > 0
    assert "seconds_per_step = " in found.advice


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("./nowhere", "Put a diffusers folder"),
        ("nowhere.safetensors", "or change its `source`"),
        ("nobody/no-such-model", "hf download nobody/no-such-model --revision v1"),
    ],
)
def test_a_model_that_is_not_there_says_how_to_get_it(
    tiny: Model, tmp_path: Path, source: str, says: str
) -> None:
    found = examine(replace(tiny, source=source, revision="v1"), tmp_path)
    assert found.state is State.MISSING
    assert says in found.advice


def test_a_folder_without_weights_is_missing(tiny: Model, tmp_path: Path) -> None:
    (tmp_path / "tiny").mkdir()
    assert examine(tiny, tmp_path).state is State.MISSING


def test_a_model_that_does_not_fit_is_not_loaded(tiny: Model, models_file: Path) -> None:
    large = replace(tiny, vram=6.0)
    found = examine(large, models_file.parent, free=4 * GIB)
    assert found.state is State.TOO_LARGE
    assert "needs 6.0 GiB and 4.0 GiB are free" in found.advice
    assert examine(large, models_file.parent, free=7 * GIB).state is State.READY
    assert examine(tiny, models_file.parent, free=1000).state is State.TOO_LARGE  # by its files


def test_a_broken_model_says_what_is_wrong(tiny: Model, models_file: Path) -> None:
    found = examine(replace(tiny, family="sdxl"), models_file.parent)
    assert found.state is State.BROKEN
    assert "family 'sdxl'" in found.advice
    assert examine(replace(tiny, family="sdxl"), models_file.parent, load=False).state == "ready"


def test_free_memory_is_measured() -> None:
    assert free_memory() > 10_000_000


@pytest.fixture
def _tiny_catalogue(models_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INKTHREAD_MODELS", str(models_file))
    monkeypatch.setenv("INKTHREAD_DEFAULT_MODEL", "tiny")


@pytest.mark.usefixtures("_tiny_catalogue")
def test_the_command_has_a_line_for_every_model(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor"]) == 0
    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith("tiny: ready. It loads in")
    assert second.startswith("missing: missing. Put a diffusers folder")


@pytest.mark.usefixtures("_tiny_catalogue")
def test_figures_are_printed_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", "tiny", "--quick", "--json"]) == 0
    (found,) = json.loads(capsys.readouterr().out)
    assert (found["name"], found["state"]) == ("tiny", "ready")


@pytest.mark.usefixtures("_tiny_catalogue")
def test_a_default_model_that_cannot_draw_is_a_failure(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("INKTHREAD_DEFAULT_MODEL", "missing")
    assert main(["doctor", "--quick"]) == 1
    monkeypatch.setenv("INKTHREAD_DEFAULT_MODEL", "crayon")
    assert main(["doctor", "--quick"]) == 1
    assert "'crayon'; the catalogue has tiny, missing." in capsys.readouterr().err


@pytest.mark.usefixtures("_tiny_catalogue")
def test_an_unknown_name_is_bad_input(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", "crayon"]) == 2
    assert "there is no model 'crayon'" in capsys.readouterr().err


def test_the_catalogue_that_ships_has_no_mistakes(
    capsys: pytest.CaptureFixture[str], models_file: Callable[..., Path]
) -> None:
    assert main(["doctor", "toon", "--quick"]) == 0
    assert capsys.readouterr().err == ""
