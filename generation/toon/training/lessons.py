"""What a step of training teaches: panels alone, groups that share, and people seen closely."""

from __future__ import annotations

import random
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor
from transformers import CLIPTokenizer

from generation.toon.sharing import Sharing, some_others
from generation.toon.training import text
from generation.toon.training.closely import closely, windows
from generation.toon.training.denoiser import Denoiser
from generation.toon.training.latents import Drawn, Pool
from generation.toon.training.noise import (
    add_noise,
    close_timesteps,
    group_noise,
    group_timesteps,
    new_scheduler,
    single_timesteps,
    twin_timesteps,
    weights,
)
from generation.toon.world.samples import GROUP

WINDOWS = 4  # of a panel that is seen closely: as much work as the whole panel
TWIN_WINDOWS = 2  # of each twin, where they differ
SLIGHT = 1e-3  # mean square: a difference below it hardly counts
UNSAID = 0.1  # share of samples (or whole groups) whose caption is empty, for guidance


@dataclass
class Lesson:
    """A noised batch with what should be predicted for it; a caption may be of several in a row."""

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


@dataclass
class TwinLesson:
    """What lies half way between two twins, noised, told once with the words of the one and once
    with those of the other: `difference` is what their v should differ by, and only words can tell.
    """

    noised: Tensor
    difference: Tensor
    timesteps: Tensor
    ids: Tensor

    def loss(self, model: Denoiser) -> Tensor:
        """Share of the difference that the network doesn't make: 1 if it ignores the words."""
        told = model(self.noised.repeat(2, 1, 1, 1), self.timesteps.repeat(2), self.ids)
        one, other = told.chunk(2)
        off = (one - other - self.difference).square().mean((1, 2, 3))
        share: Tensor = off / (self.difference.square().mean((1, 2, 3)) + SLIGHT)
        return share.mean()


class Teacher:
    """Makes lessons. Owns all random numbers of a training run."""

    def __init__(self, folder: Path, tokenizer: CLIPTokenizer, seed: int) -> None:
        self.tokenizer = tokenizer
        self.generator = torch.Generator().manual_seed(seed)
        self.chance = random.Random(seed)
        self.singles, self.groups = Pool(folder, "single"), Pool(folder, "group")
        self.twins = Pool(folder, "twins")
        self.held, self.held_twins = Pool(folder, "held"), Pool(folder, "held twins")
        self.signal = new_scheduler().alphas_cumprod
        self.refresh()

    def refresh(self) -> None:
        """Read files of latents made since the last time."""
        for pool in (self.singles, self.groups, self.twins, self.held, self.held_twins):
            pool.refresh()

    def at_hand(self) -> str:
        counts = (self.singles.count, self.groups.count, self.twins.count)
        return "{} single, {} in groups, {} twins".format(*counts)

    def single_lesson(self, count: int) -> Lesson:
        drawn = self.singles.draw(count, 1, self.chance)
        noise = torch.randn(drawn.latents.shape, generator=self.generator)
        timesteps = single_timesteps(count, self.generator)
        return self._lesson(drawn, noise, timesteps, self._some_unsaid(drawn.captions, 1))

    def close_lesson(self, pictures: int) -> Lesson:
        """WINDOWS windows around the people of each of `pictures` panels."""
        drawn = closely(self.singles.draw(pictures, 1, self.chance), WINDOWS, self.generator)
        noise = torch.randn(drawn.latents.shape, generator=self.generator)
        timesteps = close_timesteps(len(noise), self.generator)
        return self._lesson(drawn, noise, timesteps, self._some_unsaid(drawn.captions, 1))

    def group_lesson(self, groups: int) -> Lesson:
        drawn = self.groups.draw(groups, GROUP, self.chance)
        noise = group_noise(drawn.latents, GROUP, self.generator)
        timesteps = group_timesteps(groups, GROUP, self.generator)
        return self._lesson(drawn, noise, timesteps, self._some_unsaid(drawn.captions, GROUP))

    def twin_lesson(self, pairs: int) -> TwinLesson:
        drawn = self.twins.draw(pairs, 2, self.chance)
        timesteps = twin_timesteps(pairs * TWIN_WINDOWS, self.generator)
        return self._twins(drawn, timesteps, self.generator)

    def _twins(self, drawn: Drawn, timesteps: Tensor, generator: torch.Generator) -> TwinLesson:
        """Windows where the pairs differ most.

        With v = a e - s x and z = a x + s e, two pictures that differ by d and are hidden behind
        the same z differ by -d / s in v.
        """
        one, other = drawn.latents[::2], drawn.latents[1::2]
        seen = windows((one - other).square().sum(1) + SLIGHT, TWIN_WINDOWS, generator)
        middle, apart = seen.of((one + other) / 2), seen.of(one - other)
        signal = self.signal[timesteps]
        noised, _ = add_noise(middle, torch.randn(middle.shape, generator=generator), signal)
        hidden = (1 - signal).sqrt().view(-1, 1, 1, 1)
        captions = [*drawn.captions[::2], *drawn.captions[1::2]]
        ids = text.token_ids(self.tokenizer, captions)
        return TwinLesson(noised, -apart / hidden, timesteps, ids)

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

    def held_close_lesson(self, timestep: int, pictures: int) -> Lesson:
        """The same windows of held-out panels at every call."""
        fixed = torch.Generator().manual_seed(timestep)
        drawn = closely(self.held.first(pictures), WINDOWS, fixed)
        noise = torch.randn(drawn.latents.shape, generator=fixed)
        timesteps = torch.full((len(noise),), timestep)
        return self._lesson(drawn, noise, timesteps, drawn.captions)

    def held_twin_lesson(self, timestep: int) -> TwinLesson:
        """The same windows of held-out twins at every call."""
        fixed = torch.Generator().manual_seed(timestep)
        drawn = self.held_twins.first(self.held_twins.count)
        timesteps = torch.full((len(drawn.latents) // 2 * TWIN_WINDOWS,), timestep)
        return self._twins(drawn, timesteps, fixed)

    def _lesson(self, drawn: Drawn, noise: Tensor, timesteps: Tensor, said: list[str]) -> Lesson:
        signal = self.signal[timesteps]
        noised, target = add_noise(drawn.latents, noise, signal)
        ids = text.token_ids(self.tokenizer, said)
        counts = drawn.focus / drawn.focus.mean()
        return Lesson(noised, target, timesteps, ids, weights(signal), counts)
