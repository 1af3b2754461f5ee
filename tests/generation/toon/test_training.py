"""Parts of the training that can be checked without training."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
import torch

from generation.toon.training import autoencoder, latents
from generation.toon.training.autoencoder import crops, new_autoencoder, reconstruction_loss
from generation.toon.training.latents import Pool, _standardise, focus_maps, shard_file
from generation.toon.training.muon import optimisers, orthogonal
from generation.toon.training.noise import (
    BLIND,
    CLEAN,
    add_noise,
    group_noise,
    group_timesteps,
    new_scheduler,
    single_timesteps,
    weights,
)
from generation.toon.training.parallel import Team
from generation.toon.training.run import Clock, load_checkpoint, save_checkpoint
from generation.toon.training.text import answers, build_tokenizer, questions, token_ids
from generation.toon.world.samples import single


def test_a_later_run_draws_pictures_that_earlier_ones_did_not_have(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(latents, "SHARD", 4)
    monkeypatch.setattr(latents, "HELD", {"group": 1, "twins": 1, "doubles": 1, "deeds": 1})
    early, late = tmp_path / "early", tmp_path / "late"
    for folder, files, first in ((early, 2, 0), (late, 1, 1)):
        folder.mkdir()
        model = {"model": autoencoder.new_autoencoder().state_dict()}
        save_checkpoint(folder / autoencoder.CHECKPOINT, model)
        count = autoencoder.LATENT_CHANNELS
        alike = {"mean": torch.zeros(count), "deviation": torch.ones(count)}
        save_checkpoint(folder / latents.STATISTICS, alike)
        latents.make_shards(folder, files, first)
    for part in ("single", "group", "twins", "doubles", "deeds"):
        told = [
            torch.load(shard_file(folder, part, number), weights_only=True)["captions"]
            for folder, number in ((early, 0), (early, 1), (late, 0))
        ]
        assert told[0] != told[1] == told[2]
    held = [shard_file(folder, "held", 0) for folder in (early, late)]
    one, other = (torch.load(file, weights_only=True)["captions"] for file in held)
    assert one == other


def test_a_new_vocabulary_reads_empty_unknown_and_foreign_text(tmp_path: Path) -> None:
    tokenizer = build_tokenizer(tmp_path, captions=200)
    texts = ["", "a young programmer wearing glasses", "zorblax", "一只猫 🐱 قطة", "word " * 500]
    ids = token_ids(tokenizer, texts)
    assert ids.shape == (5, 77)
    assert ids.max() < len(tokenizer)
    assert tokenizer.decode(ids[1], skip_special_tokens=True) == texts[1]
    unknown = tokenizer.unk_token_id
    assert unknown == tokenizer.eos_token_id
    assert (ids[3][:12] != unknown).all()  # known by its bytes, not dropped


def test_answers_are_about_what_was_said() -> None:
    for seed in range(60):
        sample = single(seed)
        right = answers(sample.scene, sample.caption)
        for (question, possible), answer in zip(questions().items(), right, strict=True):
            assert (answer > 0) == (question in sample.caption.said)
            assert answer <= len(possible)


def test_the_last_timestep_has_no_signal_and_v_is_invertible() -> None:
    signal = new_scheduler().alphas_cumprod
    assert signal[-1] == 0
    generator = torch.Generator().manual_seed(0)
    latents, noise = torch.randn(2, 3, 4, 8, 8, generator=generator)
    part = signal[torch.tensor([10, 500, 990])]
    noised, target = add_noise(latents, noise, part)
    a, s = part.sqrt().view(-1, 1, 1, 1), (1 - part).sqrt().view(-1, 1, 1, 1)
    assert torch.allclose(a * noised - s * target, latents, atol=1e-5)
    assert weights(signal).min() >= 0.7


def test_coupled_noise_is_still_standard_noise() -> None:
    noise = group_noise(torch.empty(400, 4, 8, 8), 4, torch.Generator().manual_seed(1))
    assert noise.shape == (400, 4, 8, 8)
    assert abs(noise.mean().item()) < 0.02
    assert abs(noise.std().item() - 1) < 0.02


def test_in_lessons_of_looking_some_panels_have_more_noise_than_the_others() -> None:
    times = group_timesteps(500, 4, torch.Generator().manual_seed(1)).view(500, 4)
    most = times.amax(1, keepdim=True)
    lessons = (times != most).any(1)
    assert 0.6 < lessons.float().mean() < 0.8
    assert ((times == most).sum(1)[lessons] == BLIND).all()
    least = times.amin(1, keepdim=True)
    finished = lessons & (least < CLEAN).squeeze(1)
    assert most[lessons & ~finished].min() >= 500
    assert 0.5 < finished[lessons].float().mean() < 0.75
    assert most[finished].min() >= 2 * CLEAN
    assert times[~lessons].min() < 100


@pytest.mark.parametrize("shape", [(12, 40), (40, 12)])
def test_muon_steps_are_nearly_orthogonal(shape: tuple[int, int]) -> None:
    update = orthogonal(torch.randn(shape, generator=torch.Generator().manual_seed(2)))
    values = torch.linalg.svdvals(update)
    assert values.min() > 0.5
    assert values.max() < 1.4


@torch.no_grad()
def test_standardised_latents_give_the_same_pictures() -> None:
    torch.manual_seed(0)
    model = new_autoencoder().eval()
    pictures = torch.rand(1, 3, 64, 64, generator=torch.Generator().manual_seed(1))
    before = model.encode(pictures).latent_dist
    drawn = model.decode(before.mean).sample
    mean, deviation = torch.linspace(-1, 1, 8), torch.linspace(0.5, 2, 8)
    model.requires_grad_(False)
    _standardise(model, mean, deviation)
    after = model.encode(pictures).latent_dist
    expected = (before.mean - mean.view(1, -1, 1, 1)) / deviation.view(1, -1, 1, 1)
    assert torch.allclose(after.mean, expected, atol=1e-4)
    assert torch.allclose(after.std, before.std / deviation.view(1, -1, 1, 1), rtol=1e-3)
    inner = model.decode(after.mean).sample[..., 8:-8, 8:-8]
    assert torch.allclose(inner, drawn[..., 8:-8, 8:-8], atol=0.2)


def test_checkpoints_and_the_clock_survive_a_restart(tmp_path: Path) -> None:
    file = tmp_path / "some" / "state.pt"
    assert load_checkpoint(file) is None
    save_checkpoint(file, {"step": 3, "weights": torch.ones(2)})
    stored = load_checkpoint(file)
    assert stored is not None
    assert stored["step"] == 3
    clock = Clock(budget=100.0, spent=100.0)
    assert clock.done
    assert clock.rate() < 0.05
    assert Clock(budget=100.0, spent=50.0).rate() == 1.0


def test_the_autoencoder_learns_a_picture() -> None:
    torch.manual_seed(0)
    model = new_autoencoder()
    optimiser = optimisers(model, autoencoder.RATE, autoencoder.OUTER, Team())
    batch, noise = crops(1, random.Random(1)), torch.Generator().manual_seed(2)
    assert batch.focus.mean().item() == pytest.approx(1.0)
    seen: list[float] = []
    for _ in range(6):
        loss, _ = reconstruction_loss(model, batch, noise)
        torch.autograd.backward(loss)
        for one in optimiser:
            one.step()
            one.zero_grad()
        seen.append(loss.item())
    assert min(seen[3:]) < 0.8 * seen[0]


def test_late_timesteps_come_more_often_but_all_come() -> None:
    times = single_timesteps(4000, torch.Generator().manual_seed(1))
    assert times.max() < 1000
    assert 0.1 < (times < 300).float().mean() < 0.2
    assert (times > 500).float().mean() > 0.6


def test_a_pool_tells_the_same_pictures_in_varying_words(tmp_path: Path) -> None:
    scenes = [single(seed).scene for seed in range(4)]
    told = [[f"picture {i} told {telling}" for i in range(4)] for telling in range(6)]
    file = {"latents": torch.arange(4.0).view(4, 1, 1, 1).expand(4, 8, 16, 16).half()}
    file |= {"focus": focus_maps(scenes).half(), "captions": told}
    save_checkpoint(shard_file(tmp_path, "group", 0), file)
    pool = Pool(tmp_path, "group")
    assert pool.refresh() == 4
    drawn = pool.draw(40, 2, random.Random(0))
    for first in range(0, 80, 2):
        pair = drawn.captions[first : first + 2]
        assert [int(one.split()[1]) for one in pair] == drawn.latents[
            first : first + 2, 0, 0, 0
        ].tolist()
        assert pair[0].split()[3] == pair[1].split()[3]
    assert len(set(drawn.captions)) > 12
    assert drawn.focus.shape == (80, 16, 16)
    assert drawn.focus.max() > 2 * drawn.focus.min()
