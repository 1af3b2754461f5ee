"""What was trained for motion is written, read back, and trained on."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from PIL import Image

from config.cli import main
from generation.clips.foresight import Foresight
from generation.clips.modules import new_modules
from generation.clips.ours import has_modules, load_drafts
from generation.clips.semantics import SemanticShape
from generation.clips.tween import Between, tween
from generation.diffusion.loading import load_model
from generation.script.catalogue import read_models
from generation.script.motions import WEIGHTS as CONFIG
from generation.toon import WEIGHTS
from generation.toon.sheet import load_pipeline
from generation.toon.training import animating, foreseeing, seeing
from generation.toon.training.course import taught
from generation.toon.training.motion_export import adopt_motion, export_motion
from generation.toon.training.run import save_checkpoint

MODELS = Path("config/models.toml")


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """A run whose image encoder and predictor have been taught something."""
    torch.manual_seed(0)
    folder, shape = tmp_path / "run", SemanticShape()
    width = load_pipeline(WEIGHTS).text_encoder.config.hidden_size
    for name, part in (
        (seeing.CHECKPOINT, seeing.Seeing(shape, width)),
        (foreseeing.CHECKPOINT, Foresight(shape)),
    ):
        save_checkpoint(folder / name, {"average": part.state_dict()})
    return folder


def test_trainings_go_on_from_what_was_exported_without_modules(run: Path, tmp_path: Path) -> None:
    out, again = tmp_path / "out", tmp_path / "again"
    assert not export_motion(WEIGHTS, run, out)
    assert not has_modules(out)
    model = load_model(read_models(MODELS)["toon"], MODELS.parent)
    first, last = (Image.new("RGB", (64, 64), colour) for colour in ("red", "blue"))
    drafted = tween(load_drafts(out, model), Between(first, last, frames=4))
    assert (len(drafted), drafted[0], drafted[-1]) == (4, first, last)
    width = load_pipeline(WEIGHTS).text_encoder.config.hidden_size
    adopt_motion(out, again, width)
    before, after = Foresight(SemanticShape()), Foresight(SemanticShape())
    taught(before, run / foreseeing.CHECKPOINT)
    taught(after, again / foreseeing.CHECKPOINT)
    for name, value in before.state_dict().items():
        assert torch.allclose(value, after.state_dict()[name], atol=1e-3), name
    one, two = (seeing.Seeing(SemanticShape(), width) for _ in range(2))
    taught(one, run / seeing.CHECKPOINT)
    taught(two, again / seeing.CHECKPOINT)
    given = torch.rand(1, 3, 128, 128)
    with torch.no_grad():
        shown = [each.encoder.thumbnail(each.encoder(given)) for each in (one, two)]
    assert torch.allclose(*shown, atol=0.02)
    adopt_motion(tmp_path / "nothing", tmp_path / "none", width)
    assert not (tmp_path / "none").exists()


def test_with_modules_clips_move(run: Path, tmp_path: Path) -> None:
    modules = new_modules(load_pipeline(WEIGHTS).unet, SemanticShape())
    save_checkpoint(run / animating.CHECKPOINT, {"average": modules.state_dict()})
    assert export_motion(WEIGHTS, run, tmp_path / "out")
    assert {file.name for file in (tmp_path / "out").iterdir()} == {
        CONFIG,
        "image_encoder.safetensors",
        "foresight.safetensors",
        "modules.safetensors",
    }
    width = load_pipeline(WEIGHTS).text_encoder.config.hidden_size
    adopt_motion(tmp_path / "out", tmp_path / "again", width)
    again = new_modules(load_pipeline(WEIGHTS).unet, SemanticShape())
    taught(again, tmp_path / "again" / animating.CHECKPOINT)
    for name, value in modules.state_dict().items():
        assert torch.allclose(value, again.state_dict()[name], atol=1e-3), name


def test_the_command_says_that_modules_are_missing_and_what_comes_first(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["toon", "train", "motion-export", "--folder", str(run), "--out", str(tmp_path / "out")]
    assert main(asked) in (0, None)
    assert "the motion modules aren't trained yet" in capsys.readouterr().out
    (run / foreseeing.CHECKPOINT).unlink()
    begun = ["toon", "train", "predictor", "--processes", "1", "--folder", str(run)]
    assert main(begun) == 2
    assert "isn't there; the help names what comes first" in capsys.readouterr().err
