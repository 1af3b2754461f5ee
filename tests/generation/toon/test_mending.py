"""The decoder learns to show what the denoiser blurred."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
import torch

from generation.toon.training import mending
from generation.toon.training.export import adopt, export
from generation.toon.training.latents import PIXELS
from generation.toon.training.mending import WINDOW, Gallery, drawn_again, off, train_decoder
from generation.toon.training.parallel import Team
from generation.toon.training.redrawing import Redrawing, redrawing
from generation.toon.training.run import load_checkpoint
from generation.toon.training.trained import load_trained
from generation.toon.world.sampler import random_scene

WEIGHTS = Path("generation/toon/weights")


@pytest.fixture(scope="module")
def faults() -> Redrawing:
    return redrawing(WEIGHTS)


@torch.no_grad()
def test_latents_are_drawn_again_by_the_last_steps_alone(faults: Redrawing) -> None:
    latents = torch.randn(2, 8, 16, 16, generator=torch.Generator().manual_seed(1))
    said = ["a man in the park", "a cat"]
    again = [
        faults.again(latents, said, 10, last, torch.Generator().manual_seed(2), guidance)
        for last, guidance in ((0, 3.0), (1, 1.0), (4, 1.0), (4, 3.0))
    ]
    assert torch.equal(again[0], latents)
    far = [(one - latents).square().mean().item() for one in again]
    assert 0.0 == far[0] < far[1] < far[2]
    assert not torch.allclose(again[2], again[3], atol=0.05)


@torch.no_grad()
def test_crops_are_of_the_same_place_in_pixels_and_latents(faults: Redrawing) -> None:
    gallery = Gallery(faults)
    gallery.add(2, random.Random(3), torch.Generator().manual_seed(3))
    latents, crops = gallery.some(4, random.Random(4))
    assert latents.shape == (4, 8, WINDOW, WINDOW)
    assert crops.pictures.shape == (4, 3, WINDOW * PIXELS, WINDOW * PIXELS)
    assert crops.focus.mean().item() == pytest.approx(1.0, abs=1e-4)
    shown = faults.vae.decode(latents).sample
    own = (shown - crops.pictures).abs().mean((1, 2, 3))
    strange = (shown - crops.pictures.roll(PIXELS * 2, -1)).abs().mean((1, 2, 3))
    assert (own < strange).all()
    assert off(faults.vae, gallery.pictures[:1]) > 0


@torch.no_grad()
def test_it_learns_from_blurred_latents_and_from_clean_ones(faults: Redrawing) -> None:
    scenes = [random_scene(random.Random(5))]
    clean, blurred = (
        drawn_again(faults, scenes, 12, last, random.Random(1), torch.Generator().manual_seed(1))[0]
        for last in (0, 4)
    )
    assert torch.equal(clean.picture, blurred.picture)
    levels = clean.picture[None].float().div(127.5).sub(1)
    encoded = faults.vae.encode(levels).latent_dist.mean[0]
    assert torch.allclose(clean.latents, encoded, atol=0.05)
    assert (blurred.latents - encoded).square().mean() > 0.01
    assert off(faults.vae, [clean]) < off(faults.vae, [blurred])


def test_only_the_decoder_learns_and_an_export_has_it(tmp_path: Path) -> None:
    run, out = tmp_path / "run", tmp_path / "out"
    adopt(WEIGHTS, run)
    before = load_trained(run).vae.state_dict()
    train_decoder(run, 1e-6, Team())  # minutes: one step
    stored = load_checkpoint(run / mending.CHECKPOINT)
    assert stored is not None
    learnt = stored["average"]
    moved = {name for name, value in before.items() if not torch.equal(value, learnt[name])}
    assert {name.split(".")[0] for name in moved} == {"decoder", "post_quant_conv"}
    export(run, out)
    shipped = redrawing(out).vae.state_dict()
    assert all(torch.equal(shipped[name], learnt[name].half().float()) for name in moved)
