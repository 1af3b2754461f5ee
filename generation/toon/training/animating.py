"""Trains the motion modules between the frozen layers of the denoiser, on true motion."""

from __future__ import annotations

import random
from dataclasses import dataclass
from pathlib import Path

import torch
from diffusers import StableDiffusionPipeline
from torch import Tensor

from generation.clips.modules import MotionModules, places
from generation.clips.sampling import clip_noise, pinned_times, video_network
from generation.clips.semantics import MotionPredictor, SemanticShape
from generation.toon.sheet import load_pipeline
from generation.toon.training import foreseeing
from generation.toon.training.course import Course, taught, teach
from generation.toon.training.motion_data import MotionPool, Motions
from generation.toon.training.noise import add_noise, single_timesteps, weights
from generation.toon.training.parallel import Team
from generation.toon.training.text import token_ids

NAME = "motion"
BATCH = 1  # motions in a step of one process
RATE = 1e-3  # learning rate
PATHLESS = 0.15  # share of lessons without the path, so that each part learns to work alone
STILL = 0.1  # share without the modules
UNSAID = 0.2  # share without captions
MOVING = 4.0  # how much more a place counts where a cross-fade would be wrong
HELD = 4  # motions
REFRESH_EVERY = 50


@dataclass(frozen=True)
class Animation:
    """The frozen networks and what is trained between them."""

    pipeline: StableDiffusionPipeline
    predictor: MotionPredictor
    modules: MotionModules

    def context(self, motions: Motions, pathless: bool, unsaid: bool) -> tuple[Tensor, int]:
        """What the frames listen to, `(motions * frames, tokens, channels)`, and how many of its
        tokens are words."""
        count, frames = motions.latents.shape[:2]
        said = ["" if unsaid else text for pair in motions.captions for text in pair]
        with torch.no_grad():
            ids = token_ids(self.pipeline.tokenizer, said)
            ends = self.pipeline.text_encoder(ids).last_hidden_state.unflatten(0, (count, 2))
            path = self.predictor(motions.tokens[:, 0], motions.tokens[:, -1], frames)
        parts = torch.linspace(0, 1, frames).view(1, -1, 1, 1)
        text = ((1 - parts) * ends[:, :1] + parts * ends[:, 1:]).flatten(0, 1)
        words = text.shape[1]
        return (text if pathless else self.modules.beside(text, path.flatten(0, 1))), words

    def errors(
        self,
        motions: Motions,
        timesteps: Tensor,
        generator: torch.Generator,
        pathless: bool = False,
        still: bool = False,
        unsaid: bool = False,
    ) -> Tensor:
        """`(motions,)` weighted squared v errors of the frames between the ends."""
        count, frames = motions.latents.shape[:2]
        latents = motions.latents.flatten(0, 1)
        noise = clip_noise(count, latents, generator)
        signal = self.pipeline.scheduler.alphas_cumprod[timesteps]
        noised, target = add_noise(latents, noise, signal.repeat_interleave(frames))
        inside = torch.ones(frames, dtype=torch.bool)
        inside[0] = inside[-1] = False
        pinned = torch.where(inside.repeat(count).view(-1, 1, 1, 1), noised, latents)
        context, words = self.context(motions, pathless, unsaid)
        modules = None if still else self.modules
        unet = self.pipeline.unet
        with video_network(unet, modules, frames, words):
            times = pinned_times(timesteps, frames)
            predicted = unet(pinned, times, encoder_hidden_states=context).sample
        off = (predicted - target).square().mean(1).unflatten(0, (count, frames))
        counted: Tensor = (off * moving_places(motions.latents))[:, inside]
        return counted.mean((1, 2, 3))


def moving_places(latents: Tensor) -> Tensor:
    """How much each place counts, `(motions, frames, height, width)`, 1 on average: more where a
    cross-fade of `(motions, frames, channels, height, width)` is wrong."""
    frames = latents.shape[1]
    parts = torch.linspace(0, 1, frames).view(1, -1, 1, 1, 1)
    fade = (1 - parts) * latents[:, :1] + parts * latents[:, -1:]
    wrong = (latents - fade).square().mean(2)
    counts = 1 + MOVING * wrong / wrong.mean((1, 2, 3), keepdim=True).clamp(min=1e-6)
    counts = counts.clamp(max=1 + 3 * MOVING)
    return counts / counts.mean((1, 2, 3), keepdim=True)


def train_motion(model: Path, folder: Path, minutes: float, team: Team) -> None:
    """Train for `minutes` in all; the networks of the diffusers folder `model` stay as they are.

    Raises:
        FileNotFoundError: there are no motions, or no predictor, in `folder`.
    """
    torch.manual_seed(0)
    animation = new_animation(model, folder)
    pool, held = MotionPool(folder, "train"), MotionPool(folder, "held")
    pool.refresh()
    held.refresh()
    signal = animation.pipeline.scheduler.alphas_cumprod

    def lesson(step: int) -> Tensor:
        if step % REFRESH_EVERY == 0:
            pool.refresh()
        chance = random.Random(f"motion {step}")
        generator = torch.Generator().manual_seed(step)
        times = single_timesteps(BATCH, generator)
        still = chance.random() < STILL
        pathless = not still and chance.random() < PATHLESS
        errors = animation.errors(
            pool.draw(BATCH, chance), times, generator, pathless, still, chance.random() < UNSAID
        )
        return (errors * weights(signal[times])).mean()

    teach(
        Course(NAME, animation.modules, RATE, lesson, lambda: progress(animation, held)),
        folder,
        minutes,
        team,
    )


def new_animation(model: Path, folder: Path) -> Animation:
    """Untrained modules around trained, frozen networks."""
    pipeline = load_pipeline(model)
    for part in (pipeline.unet, pipeline.text_encoder):
        part.eval().requires_grad_(False)
    shape = SemanticShape()
    predictor = MotionPredictor(shape)
    taught(predictor, folder, foreseeing.NAME)
    predictor.eval().requires_grad_(False)
    width = pipeline.unet.config.cross_attention_dim
    return Animation(pipeline, predictor, MotionModules(places(pipeline.unet), shape.width, width))


@torch.no_grad()
def progress(animation: Animation, held: MotionPool) -> str:
    """Held-out errors at three noise levels: with everything / without the path / still."""
    motions = held.first(HELD)
    told: list[str] = []
    for timestep in (990, 700, 400):
        times = torch.full((HELD,), timestep)
        ways: tuple[dict[str, bool], ...] = (
            {},
            {"pathless": True},
            {"still": True, "pathless": True},
        )
        errors = [
            animation.errors(motions, times, torch.Generator().manual_seed(1), **way).mean().item()
            for way in ways
        ]
        told.append(f"{timestep} " + "/".join(f"{error:.4f}" for error in errors))
    return "held out: " + "  ".join(told)
