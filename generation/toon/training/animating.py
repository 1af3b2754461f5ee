"""Trains the motion modules between the frozen layers of the denoiser, on true motion."""

from __future__ import annotations

import random
from dataclasses import dataclass
from pathlib import Path

import torch
from diffusers import StableDiffusionPipeline
from torch import Tensor

from generation.clips.modules import MotionModules, new_modules
from generation.clips.sampling import clip_noise, pinned_times, video_network
from generation.clips.semantics import SemanticShape
from generation.clips.trust import Noised
from generation.toon.sheet import load_pipeline
from generation.toon.training.course import Course, teach
from generation.toon.training.motion_pool import MotionPool
from generation.toon.training.motions import Motions
from generation.toon.training.noise import add_noise, single_timesteps, weights
from generation.toon.training.parallel import Team
from generation.toon.training.text import token_ids

CHECKPOINT = "motion/motion.pt"
FRAMES = 16  # in a step of one process, over all motions
RATE = 1e-3  # learning rate
PATHLESS = 0.1  # share of lessons without the path, so that each part learns to work alone
STILL = 0.05  # share without the modules
UNSAID = 0.2  # share without captions
MOVING = 4.0  # how much more a place counts where a cross-fade would be wrong
ALONE = 0.25  # weight of what the network says without drafts, so that it goes on learning
HELD = 4  # motions
REFRESH_EVERY = 50
MEASURE_EVERY = 200


@dataclass(frozen=True)
class Animation:
    """The frozen networks and what is trained between them."""

    pipeline: StableDiffusionPipeline
    modules: MotionModules

    def text(self, motions: Motions, unsaid: bool) -> Tensor:
        """What is said of the frames, `(motions * frames, words, channels)`."""
        count = len(motions.latents)
        said = ["" if unsaid else text for pair in motions.captions for text in pair]
        with torch.no_grad():
            ids = token_ids(self.pipeline.tokenizer, said)
            ends = self.pipeline.text_encoder(ids).last_hidden_state.unflatten(0, (count, 2))
        parts = motions.times.view(1, -1, 1, 1)
        text = (1 - parts) * ends[:, :1] + parts * ends[:, 1:]
        said_of_all: Tensor = text.flatten(0, 1)
        return said_of_all

    def off(
        self,
        motions: Motions,
        timesteps: Tensor,
        generator: torch.Generator,
        pathless: bool = False,
        still: bool = False,
        unsaid: bool = False,
    ) -> Tensor:
        """`(2, motions, frames, height, width)` squared v errors: of what comes out, and of what
        the network says without drafts."""
        count, frames = motions.latents.shape[:2]
        latents = motions.latents.flatten(0, 1)
        noise = clip_noise(count, latents, generator)
        signal = self.pipeline.scheduler.alphas_cumprod[timesteps].repeat_interleave(frames)
        noised, target = add_noise(latents, noise, signal)
        inside = between(frames).repeat(count).view(-1, 1, 1, 1)
        pinned = torch.where(inside, noised, latents)
        text = self.text(motions, unsaid)
        context = text if pathless else self.modules.beside(text, motions.foreseen)
        modules, laid = None if still else self.modules, None if pathless else motions.foreseen
        unet = self.pipeline.unet
        with video_network(unet, modules, motions.times, text.shape[1], laid):
            times = pinned_times(timesteps, frames)
            alone = unet(pinned, times, encoder_hidden_states=context).sample
        believed = alone
        if modules is not None and laid is not None:
            given, kind = Noised(pinned, signal), self.pipeline.scheduler.config.prediction_type
            drafted = motions.drafted.flatten(0, 1)
            believed = modules.trust(alone, given, kind, drafted, laid.drafts)
        off: Tensor = (torch.stack([believed, alone]) - target).square().mean(2)
        return off.view(2, count, frames, *off.shape[2:])

    def errors(
        self, motions: Motions, timesteps: Tensor, generator: torch.Generator, **way: bool
    ) -> Tensor:
        """`(motions,)` v errors of the frames between the ends, each place as much as it counts."""
        believed, alone = self.off(motions, timesteps, generator, **way)
        off = torch.lerp(believed, alone, ALONE)
        counted: Tensor = (off * moving_places(motions))[:, between(off.shape[1])]
        return counted.mean((1, 2, 3))

    @torch.no_grad()
    def share_of_fade(
        self, motions: Motions, timesteps: Tensor, generator: torch.Generator, **way: bool
    ) -> float:
        """Squared error of the latents that a single step foresees, as a share of a cross-fade's.
        With z = a x + s e and v = a e - s x they are off by s times what v is."""
        hidden = 1 - self.pipeline.scheduler.alphas_cumprod[timesteps]
        inside = between(motions.latents.shape[1])
        off = self.off(motions, timesteps, generator, **way)[0] * hidden.view(-1, 1, 1, 1)
        return float(off[:, inside].mean() / faded(motions)[:, inside].mean())


def between(frames: int) -> Tensor:
    """`(frames,)` true for all but the ends."""
    inside = torch.ones(frames, dtype=torch.bool)
    inside[0] = inside[-1] = False
    return inside


def faded(motions: Motions) -> Tensor:
    """`(motions, frames, height, width)` squared errors of a cross-fade of the ends' latents."""
    parts = motions.times.view(1, -1, 1, 1, 1)
    fade = (1 - parts) * motions.latents[:, :1] + parts * motions.latents[:, -1:]
    return (motions.latents - fade).square().mean(2)


def moving_places(motions: Motions) -> Tensor:
    """How much each place counts, `(motions, frames, height, width)`, 1 on average: more where a
    cross-fade is wrong."""
    wrong = faded(motions)
    counts = 1 + MOVING * wrong / wrong.mean((1, 2, 3), keepdim=True).clamp(min=1e-6)
    counts = counts.clamp(max=1 + 3 * MOVING)
    return counts / counts.mean((1, 2, 3), keepdim=True)


def train_motion(model: Path, folder: Path, minutes: float, team: Team) -> None:
    """Train for `minutes` in all; the networks of the diffusers folder `model` stay as they are.

    Raises:
        FileNotFoundError: there are no motions in `folder`.
    """
    torch.manual_seed(0)
    animation = new_animation(model)
    pool, held = MotionPool(folder, "train"), MotionPool(folder, "held")
    pool.refresh()
    held.refresh()
    signal = animation.pipeline.scheduler.alphas_cumprod

    def lesson(step: int) -> Tensor:
        if step % REFRESH_EVERY < team.size:
            pool.refresh()
        chance = random.Random(f"motion {step}")
        generator = torch.Generator().manual_seed(step)
        motions = pool.draw(FRAMES, chance)
        times = single_timesteps(len(motions.latents), generator)
        still = chance.random() < STILL
        pathless = not still and chance.random() < PATHLESS
        errors = animation.errors(
            motions,
            times,
            generator,
            pathless=pathless,
            still=still,
            unsaid=chance.random() < UNSAID,
        )
        return (errors * weights(signal[times])).mean()

    def measure() -> str:
        return progress(animation, held)

    course = Course(
        CHECKPOINT, animation.modules, RATE, lesson, measure, measure_every=MEASURE_EVERY
    )
    teach(course, folder, minutes, team)


def new_animation(model: Path) -> Animation:
    """Untrained modules around trained, frozen networks."""
    pipeline = load_pipeline(model)
    for part in (pipeline.unet, pipeline.text_encoder):
        part.eval().requires_grad_(False)
    return Animation(pipeline, new_modules(pipeline.unet, SemanticShape()))


@torch.no_grad()
def progress(animation: Animation, held: MotionPool) -> str:
    """Errors of held-out latents as shares of a cross-fade's, from pure noise and from less:
    with everything / without the path / with neither path nor modules. Beside them the drafts'."""
    motions = held.first(HELD)
    drafts = (motions.drafted - motions.latents).square().mean()
    told = [f"drafts {float(drafts / faded(motions).mean()):.3f}"]
    for timestep in (999, 600):
        times = torch.full((HELD,), timestep)
        ways: tuple[dict[str, bool], ...] = (
            {},
            {"pathless": True},
            {"still": True, "pathless": True},
        )
        shares = [
            animation.share_of_fade(motions, times, torch.Generator().manual_seed(1), **way)
            for way in ways
        ]
        told.append(f"{timestep} " + "/".join(f"{share:.3f}" for share in shares))
    return "held out, of a cross-fade's: " + "  ".join(told)
