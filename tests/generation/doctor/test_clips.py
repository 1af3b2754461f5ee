"""What `inkthread doctor` says about clips."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from config.cli import main
from generation.clips.ours import MotionWeights
from generation.clips.semantics import SemanticShape
from generation.diffusion.loading import load_model
from generation.doctor.clips import movement
from generation.script.catalogue import Model, read_models
from generation.script.motions import MotionModel, Motions

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

SHAPE = SemanticShape(side=16, widths=(8, 16), width=16, heads=2, encoder_layers=1, layers=1)
LARGE = MotionModel("wan", "A large one", "wan-vace", "nobody/no-such-video-model")


@pytest.fixture
def tiny(models_file: Path) -> Model:
    return read_models(models_file)["tiny"]


@pytest.fixture
def motions(tmp_path: Path) -> Motions:
    ours = MotionModel("moving", "Tiny in motion", "ours", "motion", "tiny")
    return Motions({"moving": ours, "wan": LARGE}, tmp_path)


def test_panels_fade_where_no_motion_was_taught(
    tiny: Model, models_file: Path, motions: Motions
) -> None:
    folder = models_file.parent
    untaught = movement(tiny, folder, motions, load=True)
    assert untaught.name == "cross-fade"
    assert f"no motion weights in {motions.folder}/motion" in untaught.sentence
    other = movement(replace(tiny, name="other"), folder, motions, load=True)
    assert other.sentence.endswith("no entry of motion.toml belongs to it.")
    chosen = movement(tiny, folder, replace(motions, wanted="cut"), load=True)
    assert chosen.sentence == "Its clips cut from panel to panel, as INKTHREAD_MOTION says."


def test_weights_are_tried_on_the_model(tiny: Model, models_file: Path, motions: Motions) -> None:
    folder = models_file.parent
    torch.manual_seed(0)
    MotionWeights.new(SHAPE, load_model(tiny, folder)).save(motions.folder / "motion")
    good = movement(tiny, folder, motions, load=True)
    assert good.sentence == "Its clips are set in motion by Tiny in motion."
    (motions.folder / "motion" / "modules.safetensors").unlink()
    assert movement(tiny, folder, motions, load=True).sentence == good.sentence, "by drafts"
    (motions.folder / "motion" / "foresight.safetensors").unlink()
    gone = movement(tiny, folder, motions, load=True).sentence
    assert re.fullmatch(r"Its clips will fail: .*foresight\.safetensors can't be read: .*", gone)
    MotionWeights.new(SHAPE, load_model(tiny, folder)).save(motions.folder / "motion")
    (motions.folder / "motion" / "config.json").write_text(
        '{"side": 16, "widths": [8, 8], "width": 8, "heads": 2}', encoding="utf-8"
    )
    assert movement(tiny, folder, motions, load=False).sentence == good.sentence
    assert "Its clips will fail: the motion weights" in (
        movement(tiny, folder, motions, load=True).sentence
    )


def test_a_large_model_that_was_not_fetched_is_named(
    tiny: Model, models_file: Path, motions: Motions
) -> None:
    found = movement(tiny, models_file.parent, replace(motions, wanted="wan"), load=False)
    assert found.name == "wan"
    assert "`hf download nobody/no-such-video-model`" in found.sentence


def test_the_command_says_it_of_each_model(
    models_file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("INKTHREAD_MODELS", str(models_file))
    monkeypatch.setenv("INKTHREAD_DEFAULT_MODEL", "tiny")
    assert main(["doctor", "tiny", "--quick"]) == 0
    assert "Its clips " in capsys.readouterr().out
    monkeypatch.setenv("INKTHREAD_MOTION", "stop-motion")
    assert main(["doctor", "tiny", "--quick"]) == 2
    assert "stop-motion" in capsys.readouterr().err
