"""Trains the autoencoder: drawn pictures to latents and back, on crops."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from diffusers import AutoencoderKL
from torch import Tensor

from generation.toon.training.muon import optimisers
from generation.toon.training.parallel import Team
from generation.toon.training.run import Clock, Running, load_checkpoint, save_checkpoint, set_rate
from generation.toon.world.draw import PICTURE_SIZE, draw_scene
from generation.toon.world.focus import focus
from generation.toon.world.sampler import random_scene

CHECKPOINT = "autoencoder.pt"
LATENT_CHANNELS = 8
WIDTHS = (8, 16, 32, 64, 112)  # thin where the picture is large: that is where the time goes
CROP = 176  # pixels; the network is convolutional, so crops teach it whole pictures, faster
HEADS = 0.6  # share of crops from the upper half, where the heads are
KL_WEIGHT = 2e-4  # per latent number, against a loss per pixel: just enough to keep latents round
EDGE_WEIGHT = 0.5
COLOUR_WEIGHT = 2.0  # of flat colours: without it, edges drown what purple is
FLAT = 8  # pixels, each way, that are taken together for it
INEXACT = 0.25  # of a latent's deviation, at most: noise the decoder learns to forgive
BATCH = 6  # crops in a step, over all processes
RATE = 4e-3  # learning rate
OUTER = ("conv_in", "conv_out", "quant_conv")


@dataclass(frozen=True)
class Crops:
    """Cut-out pictures `(count, 3, side, side)` in -1..1, and how much each pixel counts
    `(count, 1, side, side)`, 1 on average."""

    pictures: Tensor
    focus: Tensor


def new_autoencoder(widths: tuple[int, ...] = WIDTHS) -> AutoencoderKL:
    """Squares of `2 ** (len(widths) - 1)` pixels to one token of 8 numbers."""
    return AutoencoderKL(
        in_channels=3,
        out_channels=3,
        down_block_types=("DownEncoderBlock2D",) * len(widths),
        up_block_types=("UpDecoderBlock2D",) * len(widths),
        block_out_channels=widths,
        layers_per_block=1,
        norm_num_groups=4,
        latent_channels=LATENT_CHANNELS,
        mid_block_add_attention=False,
        sample_size=PICTURE_SIZE,
    )


def trained_autoencoder(folder: Path) -> AutoencoderKL:
    """The autoencoder as far as it is trained. Raises FileNotFoundError if it isn't."""
    stored = load_checkpoint(folder / CHECKPOINT)
    if stored is None:
        raise FileNotFoundError(folder / CHECKPOINT)
    model = new_autoencoder()
    model.load_state_dict(stored["model"])
    return model


def train_autoencoder(folder: Path, minutes: float, team: Team) -> None:
    """Train for `minutes` in all; goes on from the checkpoint in `folder` if there is one."""
    torch.manual_seed(0)  # diffusers initialises its layers from the global generator
    model, file = new_autoencoder(), folder / CHECKPOINT
    optimiser = optimisers(model, RATE, OUTER, team)
    clock = Clock(minutes * 60)
    step, noise = 0, torch.Generator().manual_seed(team.rank)
    if stored := load_checkpoint(file):
        model.load_state_dict(stored["model"])
        for one, state in zip(optimiser, stored["optimiser"], strict=bool(stored["optimiser"])):
            one.load_state_dict(state)
        step, clock.spent = stored["step"], stored["seconds"]
    squared = Running()
    while not clock.done:
        clock.tick()
        clock.spent = team.agree(clock.spent)
        batch = crops(BATCH // team.size, random.Random(f"autoencoder {step} {team.rank}"))
        set_rate(optimiser, RATE * clock.rate())
        loss, error = reconstruction_loss(model, batch, noise)
        torch.autograd.backward(loss)
        team.average_gradients(model.parameters())
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        for one in optimiser:
            one.step()
            one.zero_grad()
        step += 1
        squared.add(error)
        if team.leads and step % 50 == 0:
            psnr = -10 * math.log10(squared.mean / 4)
            print(f"{clock.spent:6.0f} s  step {step}  PSNR {psnr:.2f}", flush=True)
        if team.leads and clock.save_due():
            save_checkpoint(
                file,
                {
                    "model": model.state_dict(),
                    "optimiser": [one.state_dict() for one in optimiser],
                    "step": step,
                    "seconds": clock.spent,
                    "samples": step * BATCH,
                },
            )


def crops(count: int, chance: random.Random) -> Crops:
    """`count` crops, CROP wide; two from each drawn picture."""
    pictures: list[Tensor] = []
    maps: list[Tensor] = []
    whole = counts = torch.empty(0)
    for i in range(count):
        if i % 2 == 0:
            scene = random_scene(chance)
            whole = to_tensor(np.asarray(draw_scene(scene)))
            counts = torch.from_numpy(focus(scene, PICTURE_SIZE).copy()).float()[None]
        room = PICTURE_SIZE - CROP
        top = chance.randint(0, room // 2 if chance.random() < HEADS else room)
        left = chance.randint(0, room)
        there = (slice(None), slice(top, top + CROP), slice(left, left + CROP))
        pictures.append(whole[there])
        maps.append(counts[there])
    stacked = torch.stack(maps)
    return Crops(torch.stack(pictures), stacked / stacked.mean())


def to_tensor(pixels: np.ndarray[tuple[int, ...], np.dtype[np.uint8]]) -> Tensor:
    """(height, width, 3) bytes to (3, height, width) in -1..1."""
    return torch.from_numpy(pixels.copy()).permute(2, 0, 1).float().div(127.5).sub(1)


def reconstruction_loss(
    model: AutoencoderKL, batch: Crops, noise: torch.Generator
) -> tuple[Tensor, float]:
    """The loss, and the mean squared error alone, each pixel counted once."""
    posterior = model.encode(batch.pictures).latent_dist
    drawn = model.decode(_inexact(posterior.sample(noise), noise)).sample
    squared = (drawn - batch.pictures).square().mean().item()
    smallness = KL_WEIGHT * posterior.kl().mean() / posterior.mean[0].numel()
    return distance(drawn, batch) + smallness, squared


def distance(drawn: Tensor, batch: Crops) -> Tensor:
    """How far the drawn pictures are from what they should be, with edges and flat colours."""
    off, focus_ = drawn - batch.pictures, batch.focus
    across, down = off[..., 1:] - off[..., :-1], off[..., 1:, :] - off[..., :-1, :]
    edges = (across.abs() * focus_[..., 1:]).mean() + (down.abs() * focus_[..., 1:, :]).mean()
    flat = (F.avg_pool2d(off, FLAT).abs() * F.avg_pool2d(focus_, FLAT)).mean()
    far: Tensor = ((off.abs() + off.square()) * focus_).mean()
    return far + EDGE_WEIGHT * edges + COLOUR_WEIGHT * flat


def _inexact(latents: Tensor, noise: torch.Generator) -> Tensor:
    """Latents with the faults of a denoiser's, in every other picture."""
    amount = INEXACT * torch.rand(len(latents), 1, 1, 1, generator=noise)
    amount[::2] = 0
    spread = latents.detach().std((0, 2, 3), keepdim=True) * amount
    return latents + spread * torch.randn(latents.shape, generator=noise)
