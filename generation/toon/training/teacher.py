"""Makes lessons: panels alone, people seen closely, twins, doubles, and groups that share."""

from __future__ import annotations

import random
from pathlib import Path

import torch
from torch import Tensor
from transformers import CLIPTokenizer

from generation.toon.sharing import Sharing, some_others
from generation.toon.training import text
from generation.toon.training.closely import closely, nearby, windows
from generation.toon.training.latents import DOUBLE, Drawn, Pool
from generation.toon.training.lessons import (
    LOOKING_BACK,
    SLIGHT,
    DetailLesson,
    DoubleLesson,
    Lesson,
    TwinLesson,
)
from generation.toon.training.noise import (
    add_noise,
    close_timesteps,
    detail_timesteps,
    double_timesteps,
    finished_timesteps,
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
UNSAID = 0.1  # share of samples (or whole groups) whose caption is empty, for guidance


class Teacher:
    """Makes lessons. Owns all random numbers of a training run."""

    def __init__(self, folder: Path, tokenizer: CLIPTokenizer, seed: int) -> None:
        self.tokenizer = tokenizer
        self.generator = torch.Generator().manual_seed(seed)
        self.chance = random.Random(seed)
        self.singles, self.groups = Pool(folder, "single"), Pool(folder, "group")
        self.twins, self.doubles = Pool(folder, "twins"), Pool(folder, "doubles")
        self.deeds = Pool(folder, "deeds")
        self.held, self.held_twins = Pool(folder, "held"), Pool(folder, "held twins")
        self.held_doubles, self.held_deeds = (
            Pool(folder, "held doubles"),
            Pool(folder, "held deeds"),
        )
        self.signal = new_scheduler().alphas_cumprod
        self.refresh()

    def refresh(self) -> None:
        """Read files of latents made since the last time."""
        for pool in (*self._taught, self.held, self.held_twins, self.held_doubles, self.held_deeds):
            pool.refresh()

    def at_hand(self) -> str:
        counts = (pool.count for pool in self._taught)
        return "{} single, {} in groups, {} twins, {} doubles, {} deeds".format(*counts)

    @property
    def _taught(self) -> tuple[Pool, ...]:
        return self.singles, self.groups, self.twins, self.doubles, self.deeds

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
        """Windows where the pairs differ most."""
        one, other = drawn.latents[::2], drawn.latents[1::2]
        seen = windows((one - other).square().sum(1) + SLIGHT, TWIN_WINDOWS, generator)
        noised, difference = self._half_way(seen.of(one), seen.of(other), timesteps, generator)
        captions = [*drawn.captions[::2], *drawn.captions[1::2]]
        ids = text.token_ids(self.tokenizer, captions)
        return TwinLesson(noised, difference, timesteps, ids)

    def detail_lesson(self, pairs: int) -> DetailLesson:
        """Windows where twins differ most; half of the pairs are told nothing."""
        drawn = self.twins.draw(pairs, 2, self.chance)
        timesteps = detail_timesteps(pairs * TWIN_WINDOWS, self.generator)
        return self._details(drawn, timesteps, self.generator, pairs // 2)

    def _details(
        self, drawn: Drawn, timesteps: Tensor, generator: torch.Generator, untold: int
    ) -> DetailLesson:
        one, other = drawn.latents[::2], drawn.latents[1::2]
        seen = windows((one - other).square().sum(1) + SLIGHT, TWIN_WINDOWS, generator)
        pictures = torch.cat([seen.of(one), seen.of(other)])
        noise = torch.randn(pictures[: len(timesteps)].shape, generator=generator).repeat(
            2, 1, 1, 1
        )
        both = timesteps.repeat(2)
        noised, target = add_noise(pictures, noise, self.signal[both])
        difference = torch.sub(*pictures.chunk(2))
        ids = text.token_ids(self.tokenizer, self._half_told(drawn.captions, untold))
        return DetailLesson(noised, target, difference, both, ids)

    def _half_told(self, captions: list[str], untold: int) -> list[str]:
        """The ones' captions, then the others'; of the first `untold` pairs none."""
        told = [captions[who::2] for who in (0, 1)]
        return [words for each in told for words in [""] * untold + each[untold:]]

    def double_lesson(self, doubles: int) -> DoubleLesson:
        drawn = self.doubles.draw(doubles, DOUBLE, self.chance)
        timesteps = double_timesteps(doubles, self.generator)
        return self._doubles(drawn, timesteps, self.generator)

    def close_double_lesson(self, doubles: int) -> DoubleLesson:
        """Windows where the panels of two doubles differ most: as much work as a quarter."""
        drawn = nearby(self.doubles.draw(doubles, DOUBLE, self.chance), self.generator)
        timesteps = double_timesteps(doubles, self.generator)
        return self._doubles(drawn, timesteps, self.generator)

    def close_deed_lesson(self, deeds: int) -> DoubleLesson:
        """Windows where two deeds differ most, at the timesteps of twins: words decide them."""
        drawn = nearby(self.deeds.draw(deeds, DOUBLE, self.chance), self.generator)
        timesteps = twin_timesteps(deeds, self.generator)
        return self._doubles(drawn, timesteps, self.generator)

    def _doubles(self, drawn: Drawn, timesteps: Tensor, generator: torch.Generator) -> DoubleLesson:
        """A double is four panels: what was drawn of the one before and now, and of the other."""
        panels = drawn.latents.view(-1, 2, 2, *drawn.latents.shape[1:])
        noised, difference = self._half_way(panels[:, 0, 1], panels[:, 1, 1], timesteps, generator)
        clean = finished_timesteps(len(timesteps), generator)
        signal = self.signal[clean]
        noise = torch.randn(noised.shape, generator=generator)
        twos = [
            torch.stack([add_noise(panels[:, who, 0], noise, signal)[0], noised], 1).flatten(0, 1)
            for who in (0, 1)
        ]
        both = torch.stack([clean, timesteps], 1).flatten().repeat(2)
        captions = [
            words
            for who in (0, 2)
            for i in range(who, len(drawn.captions), DOUBLE)
            for words in drawn.captions[i : i + 2]
        ]
        ids = text.token_ids(self.tokenizer, captions)
        return DoubleLesson(torch.cat(twos), difference, both, ids)

    def _half_way(
        self, one: Tensor, other: Tensor, timesteps: Tensor, generator: torch.Generator
    ) -> tuple[Tensor, Tensor]:
        """What lies between two pictures, noised, and by how much their v differ behind it.

        With v = a e - s x and z = a x + s e, two pictures that differ by d and are hidden behind
        the same z differ by -d / s in v.
        """
        signal = self.signal[timesteps]
        noise = torch.randn(one.shape, generator=generator)
        noised, _ = add_noise((one + other) / 2, noise, signal)
        return noised, (other - one) / (1 - signal).sqrt().view(-1, 1, 1, 1)

    def looking_back(self) -> Sharing:
        """Who looks at whom among doubles."""
        return Sharing(LOOKING_BACK, self.chance.choice((0.5, 1.0)), self.generator)

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

    def held_detail_lesson(self, timestep: int) -> DetailLesson:
        """The same windows of held-out twins at every call, told nothing."""
        fixed = torch.Generator().manual_seed(timestep)
        drawn = self.held_twins.first(self.held_twins.count)
        pairs = len(drawn.latents) // 2
        timesteps = torch.full((pairs * TWIN_WINDOWS,), timestep)
        return self._details(drawn, timesteps, fixed, pairs)

    def held_double_lesson(self, timestep: int) -> DoubleLesson:
        """The same held-out doubles at every call."""
        fixed = torch.Generator().manual_seed(timestep)
        drawn = self.held_doubles.first(self.held_doubles.count)
        timesteps = torch.full((len(drawn.latents) // DOUBLE,), timestep)
        return self._doubles(drawn, timesteps, fixed)

    def held_deed_lesson(self, timestep: int) -> DoubleLesson:
        """The same held-out deeds at every call."""
        fixed = torch.Generator().manual_seed(timestep)
        drawn = nearby(self.held_deeds.first(self.held_deeds.count), fixed)
        timesteps = torch.full((len(drawn.latents) // DOUBLE,), timestep)
        return self._doubles(drawn, timesteps, fixed)

    def _lesson(self, drawn: Drawn, noise: Tensor, timesteps: Tensor, said: list[str]) -> Lesson:
        signal = self.signal[timesteps]
        noised, target = add_noise(drawn.latents, noise, signal)
        ids = text.token_ids(self.tokenizer, said)
        counts = drawn.focus / drawn.focus.mean()
        return Lesson(noised, target, timesteps, ids, weights(signal), counts)
