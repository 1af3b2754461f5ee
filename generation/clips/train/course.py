"""Teaches a model of SD1.5's shape to move, from a folder of videos.

The image network stays as it is. In order: the image encoder learns to keep what is where; the
predictor the way between the first and the last frame in that space, and drafts of the frames; the
motion modules to draw them (AnimateDiff's training, with both ends given and the path beside the
text). Each part takes its share of the steps; what stands in the folder already is gone on from.

The embedded model has courses of its own (`inkthread toon train`), which draw their films.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from generation.clips.camera import CameraMove, camera_between
from generation.clips.drafting import SIDE
from generation.clips.foresight import Ends, Foreseen, drafts, seen, unforeseen
from generation.clips.latents import encode_pixels, pixels
from generation.clips.ours import MotionWeights
from generation.clips.places import sized
from generation.clips.sampling import clip_noise, pinned_times, video_network
from generation.clips.semantics import even_times
from generation.clips.train.footage import Take
from generation.clips.trust import Noised
from generation.diffusion.model import DiffusionModel
from generation.diffusion.text import encode_prompt

RATE = 1e-4  # learning rate; AnimateDiff's
PATHLESS = 0.15  # share of lessons without the path, so that the modules learn to work alone
ALONE = 0.25  # weight of what the network says without drafts, so that it goes on learning
SHARES = {"image encoder": 0.15, "predictor": 0.25, "motion": 0.6}  # of all steps

Tell = Callable[[str, int, float], None]  # the part, its step, its loss


@dataclass(frozen=True)
class Lesson:
    """A take: its ends `(2, 3, height, width)` in -1..1, latents of all frames `(frames, channels,
    ...)`, what the encoder looks at `(frames, 3, side, side)`, its text `(words, channels)`, and
    how its camera moves."""

    ends: Tensor
    latents: Tensor
    small: Tensor
    text: Tensor
    camera: CameraMove


@dataclass
class Course:
    """One training. Randomness comes from the generator alone."""

    model: DiffusionModel
    weights: MotionWeights
    generator: torch.Generator
    tell: Tell
    rate: float = RATE
    lessons: list[Lesson] = field(default_factory=list)

    @torch.no_grad()
    def take_in(self, takes: Iterable[Take]) -> None:
        """What there is to learn, encoded once."""
        side = self.weights.shape.side
        for take in takes:
            frames = pixels(take.frames)
            small = F.interpolate(frames, (side, side), mode="area")
            latents = encode_pixels(self.model.vae, frames)
            text = encode_prompt(self.model, take.caption).tokens
            camera = camera_between(small[:1], small[-1:])
            self.lessons.append(
                Lesson(frames[[0, -1]], latents.float(), small, text.float(), camera)
            )

    def run(self, steps: int) -> None:
        parts: dict[str, tuple[list[nn.Module], Callable[[Lesson], Tensor]]] = {
            "image encoder": ([self.weights.encoder], self._seen),
            "predictor": ([self.weights.foresight], self._foreseen),
            "motion": ([self.weights.modules], self._drawn),
        }
        self.model.unet.requires_grad_(False)
        for name, (learners, loss) in parts.items():
            self._teach(name, learners, loss, max(1, round(SHARES[name] * steps)))

    def _teach(
        self,
        name: str,
        learners: list[nn.Module],
        loss: Callable[[Lesson], Tensor],
        steps: int,
    ) -> None:
        parameters = [one for learner in learners for one in learner.parameters()]
        for one in parameters:
            one.requires_grad_(True)
        optimizer = torch.optim.AdamW(parameters, lr=self.rate)
        for step in range(steps):
            lesson = self.lessons[self._chance(len(self.lessons))]
            error = loss(lesson)
            optimizer.zero_grad()
            error.backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_(parameters, 1.0)
            optimizer.step()
            self.tell(name, step + 1, error.item())
        for one in parameters:
            one.requires_grad_(False)

    def _seen(self, lesson: Lesson) -> Tensor:
        """How far each token is from telling the small picture of its place."""
        shown = self.weights.encoder.thumbnail(self.weights.encoder(lesson.small))
        return F.mse_loss(shown, F.interpolate(lesson.small, shown.shape[-2:], mode="area"))

    def _foreseen(self, lesson: Lesson) -> Tensor:
        """Squared errors of the path and of drafts, as shares of a straight line's and of a
        cross-fade's."""
        small = lesson.small
        with torch.no_grad():
            tokens = self.weights.encoder(small)
        pictures, when = sized(small, SIDE), even_times(len(small))
        ends = Ends(tokens[None, [0, -1]], pictures[None, [0, -1]])
        blind, _ = unforeseen(ends, when)
        path, drafted = self.weights.foresight(ends, when, camera=lesson.camera)
        line, fade = F.mse_loss(blind.tokens, tokens), F.mse_loss(blind.drafts[:, :3], pictures)
        plans = (*drafted.plans, drafted.plan)
        made = [drafts(one, ends, len(small))[:, :3] for one in plans]
        off = torch.stack([F.mse_loss(one, pictures) for one in made]).mean()
        away = F.mse_loss(path[0], tokens) / line.clamp(min=1e-6)
        return away + off / fade.clamp(min=1e-6)

    def _drawn(self, lesson: Lesson) -> Tensor:
        """Squared errors of what is predicted for the frames between the ends, by the network alone
        and with drafts."""
        frames, words = len(lesson.latents), len(lesson.text)
        levels = self.model.scheduler.config.num_train_timesteps
        timestep = torch.tensor([self._chance(levels)])
        noise = clip_noise(1, lesson.latents, self.generator)
        signal = self.model.scheduler.alphas_cumprod[timestep]
        noised, target = self._noised(lesson.latents, noise, signal.view(1, 1, 1, 1))
        context, foreseen = lesson.text.expand(frames, -1, -1), None
        modules, when = self.weights.modules, even_times(frames)
        if torch.rand((), generator=self.generator) >= PATHLESS:
            foreseen, drafted = self._known(lesson, when)
            context = modules.beside(context, foreseen)
        with video_network(self.model.unet, modules, when, words, foreseen):
            times = pinned_times(timestep, frames)
            predicted = self.model.unet(noised, times, encoder_hidden_states=context).sample
        alone = F.mse_loss(predicted[1:-1], target[1:-1])
        if foreseen is None:
            return alone
        given, kind = Noised(noised, signal.expand(frames)), self._kind
        mixed = modules.trust(predicted, given, kind, drafted, foreseen.drafts)
        return torch.lerp(F.mse_loss(mixed[1:-1], target[1:-1]), alone, ALONE)

    @torch.no_grad()
    def _known(self, lesson: Lesson, when: Tensor) -> tuple[Foreseen, Tensor]:
        """What is foreseen of the frames, and latents of their drafts."""
        ends = seen(self.weights.encoder, lesson.small[:1], lesson.small[-1:])
        foreseen, plan = self.weights.foresight.foresee(ends, when, lesson.camera)
        drafts = plan.between(lesson.ends[:1], lesson.ends[1:])
        return foreseen, encode_pixels(self.model.vae, drafts).float()

    @property
    def _kind(self) -> str:
        kind: str = self.model.scheduler.config.prediction_type
        return kind

    def _noised(self, latents: Tensor, noise: Tensor, signal: Tensor) -> tuple[Tensor, Tensor]:
        """What the network sees, with both ends clean, and what it should predict."""
        a, off = signal.sqrt(), (1 - signal).sqrt()
        noised = torch.cat([latents[:1], (a * latents + off * noise)[1:-1], latents[-1:]])
        return noised, noise if self._kind == "epsilon" else a * noise - off * latents

    def _chance(self, below: int) -> int:
        return int(torch.randint(below, (), generator=self.generator))
