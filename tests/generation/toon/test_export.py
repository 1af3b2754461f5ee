"""Going on from an exported model."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from config.cli import main
from generation.toon.training import autoencoder, diffusion, text
from generation.toon.training.autoencoder import new_autoencoder
from generation.toon.training.denoiser import Denoiser, new_unet
from generation.toon.training.export import adopt, export
from generation.toon.training.run import load_checkpoint, save_checkpoint
from generation.toon.training.trained import load_trained


@torch.no_grad()
def test_a_run_goes_on_from_what_was_exported(tmp_path: Path) -> None:
    run, out, again = tmp_path / "run", tmp_path / "out", tmp_path / "again"
    tokenizer = text.build_tokenizer(run, captions=200)
    model = Denoiser(new_unet(), text.new_text_encoder(tokenizer))
    vae = new_autoencoder()
    save_checkpoint(run / diffusion.CHECKPOINT, {"average": model.state_dict()})
    save_checkpoint(run / autoencoder.CHECKPOINT, {"model": vae.state_dict()})
    statistics = {"mean": torch.zeros(8), "deviation": torch.ones(8)}
    save_checkpoint(run / "latent_statistics.pt", statistics)
    export(run, out)
    adopt(out, again)
    before, after = load_trained(run), load_trained(again)
    for one, other in ((before.unet, after.unet), (before.vae, after.vae)):
        theirs = other.state_dict()
        for name, value in one.state_dict().items():
            assert torch.allclose(value, theirs[name], rtol=1e-3, atol=1e-4), name
    stored = load_checkpoint(again / diffusion.CHECKPOINT)
    assert stored is not None
    assert stored["seconds"] == 0.0
    with pytest.raises(FileExistsError):
        adopt(out, again)


def test_what_cannot_begin_says_what_to_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    alone = ["--processes", "1", "--folder", str(tmp_path)]
    assert main(["toon", "train", "diffusion", *alone]) == 2
    said = capsys.readouterr().err
    assert "deeds-0000.pt isn't there; the help names what comes first." in said
    assert main(["toon", "train", "decoder", *alone]) == 2
    said = capsys.readouterr().err
    assert said.endswith("autoencoder.pt isn't there; the help names what comes first.\n")
    (tmp_path / diffusion.CHECKPOINT).touch()
    assert main(["toon", "train", "adopt", "--folder", str(tmp_path)]) == 2
    said = capsys.readouterr().err
    assert f"{diffusion.CHECKPOINT} is there already: train on in that folder" in said


def test_files_of_earlier_runs_are_counted_from_none(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["toon", "train", "data", "--first", "-1"])
    assert "invalid number from 0 value: '-1'" in capsys.readouterr().err
