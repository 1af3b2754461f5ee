"""Trains the denoiser with its text encoder: on single panels, and on groups that share."""

from __future__ import annotations

import random
from dataclasses import dataclass
from pathlib import Path

import torch
from diffusers import UNet2DConditionModel
from torch import Tensor, nn
from transformers import CLIPTextModel, CLIPTokenizer

from generation.toon.sharing import Sharing, all_others, group_attention, some_others
from generation.toon.training import text
from generation.toon.training.autoencoder import LATENT_CHANNELS
from generation.toon.training.latents import Drawn, Pool
from generation.toon.training.muon import optimisers
from generation.toon.training.noise import (
    add_noise,
    group_noise,
    group_timesteps,
    new_scheduler,
    single_timesteps,
    weights,
)
from generation.toon.training.parallel import Team
from generation.toon.training.run import Clock, Running, load_checkpoint, save_checkpoint, set_rate
from generation.toon.world.samples import GROUP

CHECKPOINT = "diffusion.pt"
OUTER = ("conv_in", "conv_out", "embedding", "time_emb_proj")
WIDTHS = (96, 192)
UNSAID = 0.1  # share of samples (or whole groups) whose caption is empty, for guidance
AVERAGING = 0.99  # of the weights that are exported, per step
SINGLES, GROUPS = 16, 4  # in a step, over all processes
SHARE = GROUPS * GROUP / (SINGLES + GROUPS * GROUP)  # of panels that are in groups
RATE = 2e-3  # learning rate
MEASURE_EVERY = 100  # steps
REFRESH_EVERY = 25  # steps between looks for new files of latents


def new_unet() -> UNet2DConditionModel:
    """9 M parameters: convolutions at 16 x 16, attention at 8 x 8 tokens, as SDXL has none on top.

    Attention at 16 x 16 too would cost half as much again for each sample. The text is also pooled
    and added to the timestep's embedding: a short way for what is true of the whole picture.
    """
    unet = UNet2DConditionModel(
        sample_size=16,
        in_channels=LATENT_CHANNELS,
        out_channels=LATENT_CHANNELS,
        block_out_channels=WIDTHS,
        layers_per_block=1,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
        cross_attention_dim=text.HIDDEN,
        attention_head_dim=4,
        norm_num_groups=16,
        addition_embed_type="text",
        addition_embed_type_num_heads=4,
    )
    for name, parameter in unet.named_parameters():
        if any(part in name for part in ("conv_out", "conv2", "proj_out", "add_embedding.norm2")):
            nn.init.zeros_(parameter)  # every block begins as the identity
    return unet


class Denoiser(nn.Module):
    """The denoiser and the text encoder it listens to."""

    def __init__(self, unet: UNet2DConditionModel, encoder: CLIPTextModel) -> None:
        super().__init__()
        self.unet, self.encoder = unet, encoder

    def forward(self, noised: Tensor, timesteps: Tensor, ids: Tensor) -> Tensor:
        """(batch, 8, 16, 16), (batch,), (batch, 77) to the predicted v, shaped as `noised`."""
        states = self.encoder(ids).last_hidden_state
        predicted: Tensor = self.unet(noised, timesteps, states).sample
        return predicted


@dataclass
class Lesson:
    """A noised batch with what should be predicted for it."""

    noised: Tensor
    target: Tensor
    timesteps: Tensor
    ids: Tensor
    weights: Tensor
    focus: Tensor

    def loss(self, model: Denoiser) -> Tensor:
        weighted: Tensor = self.errors(model) * self.weights
        return weighted.mean()

    def errors(self, model: Denoiser) -> Tensor:
        """(batch,) mean squared v errors, each latent as much as it counts."""
        off: Tensor = model(self.noised, self.timesteps, self.ids) - self.target
        return (off.square().mean(1) * self.focus).mean((1, 2))


class Teacher:
    """Makes lessons. Owns all random numbers of a training run."""

    def __init__(self, folder: Path, tokenizer: CLIPTokenizer, seed: int) -> None:
        self.tokenizer = tokenizer
        self.generator = torch.Generator().manual_seed(seed)
        self.chance = random.Random(seed)
        self.singles, self.groups = Pool(folder, "single"), Pool(folder, "group")
        self.held = Pool(folder, "held")
        self.signal = new_scheduler().alphas_cumprod

    def refresh(self) -> None:
        """Read files of latents made since the last time."""
        for pool in (self.singles, self.groups, self.held):
            pool.refresh()

    def at_hand(self) -> str:
        return f"{self.singles.count} single, {self.groups.count} in groups"

    def single_lesson(self, count: int) -> Lesson:
        drawn = self.singles.draw(count, 1, self.chance)
        noise = torch.randn(drawn.latents.shape, generator=self.generator)
        timesteps = single_timesteps(count, self.generator)
        return self._lesson(drawn, noise, timesteps, self._some_unsaid(drawn.captions, 1))

    def group_lesson(self, groups: int) -> Lesson:
        drawn = self.groups.draw(groups, GROUP, self.chance)
        noise = group_noise(drawn.latents, GROUP, self.generator)
        timesteps = group_timesteps(groups, GROUP, self.generator)
        return self._lesson(drawn, noise, timesteps, self._some_unsaid(drawn.captions, GROUP))

    def _some_unsaid(self, captions: list[str], together: int) -> list[str]:
        keep = [self.chance.random() >= UNSAID for _ in range(len(captions) // together)]
        return [one if keep[i // together] else "" for i, one in enumerate(captions)]

    def sharing(self) -> Sharing:
        """Who looks at whom in a step: one to three others, at a rate around 0.5."""
        refs = self.chance.choice((1, 2, GROUP - 1, GROUP - 1))
        rate = self.chance.choice((0.5, 0.5, self.chance.uniform(0.3, 1.0)))
        return Sharing(some_others(GROUP, refs, self.generator), rate, self.generator)

    def held_lesson(self, timestep: int, others: int, groups: int) -> Lesson:
        """The same lesson at every call: each group's first panel at one timestep, `others` at
        another."""
        count = groups * GROUP
        fixed = torch.Generator().manual_seed(timestep)
        drawn = self.held.first(count)
        noise = torch.randn(drawn.latents.shape, generator=fixed)
        timesteps = torch.tensor([timestep] + [others] * (GROUP - 1)).repeat(groups)
        return self._lesson(drawn, noise, timesteps, drawn.captions)

    def _lesson(self, drawn: Drawn, noise: Tensor, timesteps: Tensor, said: list[str]) -> Lesson:
        signal = self.signal[timesteps]
        noised, target = add_noise(drawn.latents, noise, signal)
        ids = text.token_ids(self.tokenizer, said)
        counts = drawn.focus / drawn.focus.mean()
        return Lesson(noised, target, timesteps, ids, weights(signal), counts)


@torch.no_grad()
def looking(model: Denoiser, teacher: Teacher, groups: int = 8) -> str:
    """Does it look? Held-out v error of a panel: alone / sharing with its group / with strangers.

    Strangers are panels of other characters: if sharing with them helps as much as sharing with
    one's own group, the network only likes more tokens.
    """
    told: list[str] = []
    with group_attention(model.unet) as attention:
        for timestep, others in ((990, 50), (800, 50), (800, 800)):
            lesson = teacher.held_lesson(timestep, others, groups)
            seen = torch.arange(groups * GROUP).view(groups, GROUP)
            seen[:, 1:] = seen[:, 1:].roll(1, 0)
            strange = Lesson(*(part[seen.flatten()] for part in vars(lesson).values()))
            errors: list[float] = []
            for one, shared in ((lesson, False), (lesson, True), (strange, True)):
                rule = Sharing(all_others(GROUP), 0.5, torch.Generator().manual_seed(timestep))
                with attention.among(rule if shared else None):
                    errors.append(one.errors(model)[::GROUP].mean().item())
            told.append(f"{timestep}|{others} " + "/".join(f"{error:.4f}" for error in errors))
    return "  ".join(told)


def train_diffusion(folder: Path, minutes: float, team: Team) -> None:
    """Train for `minutes` in all; goes on from the checkpoint in `folder` if there is one.

    Each step learns from SINGLES panels alone and GROUPS groups of four that share tokens.
    """
    torch.manual_seed(0)  # diffusers initialises its layers from the global generator
    tokenizer = CLIPTokenizer.from_pretrained(str(folder / text.TOKENIZER))
    model = Denoiser(new_unet(), text.taught_encoder(folder, tokenizer))
    optimiser = optimisers(model, RATE, OUTER, team)
    clock, step = Clock(minutes * 60), 0
    average = {name: value.clone() for name, value in model.state_dict().items()}
    if stored := load_checkpoint(folder / CHECKPOINT):
        model.load_state_dict(stored["model"])
        for one, state in zip(optimiser, stored["optimiser"], strict=bool(stored["optimiser"])):
            one.load_state_dict(state)
        average, step, clock.spent = stored["average"], stored["step"], stored["seconds"]
    teacher = Teacher(folder, tokenizer, seed=step * team.size + team.rank)
    teacher.refresh()
    losses = (Running(), Running())
    while not clock.done:
        clock.tick()
        clock.spent = team.agree(clock.spent)
        if step % REFRESH_EVERY == 0:
            teacher.refresh()
        set_rate(optimiser, RATE * clock.rate(warmup=60.0))
        alone = teacher.single_lesson(SINGLES // team.size).loss(model)
        torch.autograd.backward(alone * (1 - SHARE))
        with group_attention(model.unet) as attention, attention.among(teacher.sharing()):
            together = teacher.group_lesson(GROUPS // team.size).loss(model)
            torch.autograd.backward(together * SHARE)
        team.average_gradients(model.parameters())
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        for one in optimiser:
            one.step()
            one.zero_grad()
        step += 1
        if not team.leads:
            continue
        follow(average, model, min(AVERAGING, (1 + step) / (10 + step)))
        for running, loss in zip(losses, (alone, together), strict=True):
            running.add(loss.item())
        if step % 20 == 0:
            print(
                f"{clock.spent:6.0f} s  step {step}  alone {losses[0].mean:.4f}  "
                f"together {losses[1].mean:.4f}",
                flush=True,
            )
        if step % MEASURE_EVERY == 0:
            print(f"looking: {looking(model, teacher)}  ({teacher.at_hand()})", flush=True)
        if clock.save_due():
            save_checkpoint(
                folder / CHECKPOINT,
                {
                    "model": model.state_dict(),
                    "average": average,
                    "optimiser": [one.state_dict() for one in optimiser],
                    "step": step,
                    "seconds": clock.spent,
                    "samples": step * (SINGLES + GROUPS * GROUP),
                },
            )


@torch.no_grad()
def follow(average: dict[str, Tensor], model: nn.Module, keep: float) -> None:
    """Move the running average of the weights a little toward the weights."""
    for name, value in model.state_dict().items():
        if value.is_floating_point():
            average[name].lerp_(value, 1 - keep)
