"""`inkthread doctor`: what it finds, and what it says to do."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from config.cli import main
from generation.diffusion.policy import GIB, MemoryPolicy, Offload, choose_policy, free_memory
from generation.doctor.beside import lacking
from generation.doctor.examine import State, examine
from generation.doctor.needs import expected_needs
from generation.script.catalogue import Model, read_models

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

CONFIG = Path(__file__).parents[3] / "config"
SHIPPED = read_models(CONFIG / "models.toml")


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
    large = replace(tiny, vram=6.0)  # GiB with four panels at once
    found = examine(large, models_file.parent, free=GIB)
    assert found.state is State.TOO_LARGE
    assert "needs 1.5 GiB and 1.0 GiB are free" in found.advice  # a panel at a time
    assert examine(tiny, models_file.parent, free=1000).state is State.TOO_LARGE


def test_how_it_makes_do_with_the_memory_is_said(tiny: Model, models_file: Path) -> None:
    large = replace(tiny, vram=6.0)
    folder = models_file.parent
    plenty, some = (examine(large, folder, load=False, free=gib * GIB) for gib in (7, 4))
    assert plenty.policy == "all of it stays in memory"
    assert some.policy.endswith("panels are drawn 2 at a time")
    assert some.policy in some.advice
    unfetched = examine(replace(large, source="nobody/no-such-model"), folder)
    assert unfetched.state is State.MISSING
    assert "Drawing takes about" in unfetched.advice


def test_what_lacks_beside_a_model_is_said(tiny: Model, models_file: Path, tmp_path: Path) -> None:
    folder = models_file.parent
    on_hub = replace(
        tiny,
        ip_adapter="nobody/adapters/models/some.safetensors",
        likeness_encoder="nobody/eye",
    )
    told = examine(on_hub, folder, load=False).advice
    assert "`hf download nobody/adapters models/some.safetensors`" in told
    assert '`hf download nobody/adapters --include "models/image_encoder/*"`' in told
    assert '`hf download nobody/eye --include "*"`' in told
    (tmp_path / "image_encoder").mkdir()
    (tmp_path / "some.safetensors").touch()
    here = replace(tiny, ip_adapter=str(tmp_path / "some.safetensors"))
    assert f"put it at {tmp_path}/image_encoder/config.json." in lacking(here, folder)
    (tmp_path / "image_encoder" / "config.json").touch()
    assert lacking(here, folder) == ""


@pytest.mark.parametrize("name", SHIPPED)
def test_every_shipped_entry_gets_a_policy(name: str) -> None:
    """By its family's usual sizes: none of them is here but Toon."""
    entry = SHIPPED[name]
    cuda, cpu = torch.device("cuda"), torch.device("cpu")
    needs = expected_needs(entry, CONFIG, (), cuda)
    assert choose_policy(needs, 24 * GIB, "cuda") == MemoryPolicy()
    frugal = choose_policy(needs, 4 * GIB, "cuda")
    if entry.family == "sdxl":
        assert frugal is not None
        assert frugal.offload is Offload.GROUP
    small = expected_needs(entry, CONFIG, (), cpu)
    if entry.dtype == "auto":
        assert small.weights > 1.7 * needs.weights  # float32


def test_a_broken_model_says_what_is_wrong(tiny: Model, models_file: Path) -> None:
    found = examine(replace(tiny, family="sdxl"), models_file.parent)
    assert found.state is State.BROKEN
    assert "family 'sdxl'" in found.advice
    assert examine(replace(tiny, family="sdxl"), models_file.parent, load=False).state == "ready"


def test_free_memory_is_measured() -> None:
    assert free_memory(torch.device("cpu")) > 10_000_000


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
