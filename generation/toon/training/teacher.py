"""Draws a run's lessons by lot: panels alone, people closely, twins, doubles, groups that share."""

from __future__ import annotations

import random
from pathlib import Path

import torch
from transformers import CLIPTokenizer

from generation.toon.sharing import Sharing, some_others
from generation.toon.training.closely import closely, nearby
from generation.toon.training.latents import DOUBLE, Pool
from generation.toon.training.lessons import (
    LOOKING_BACK,
    DetailLesson,
    DoubleLesson,
    Lesson,
    TwinLesson,
)
from generation.toon.training.making import TWIN_WINDOWS, Maker
from generation.toon.training.noise import (
    close_timesteps,
    detail_timesteps,
    double_timesteps,
    group_noise,
    group_timesteps,
    single_timesteps,
    twin_timesteps,
)
from generation.toon.world.samples import GROUP

WINDOWS = 4  # of a panel that is seen closely: as much work as the whole panel
UNSAID = 0.1  # share of samples (or whole groups) whose caption is empty, for guidance


class Teacher:
    """Chooses samples, noise and timesteps. Owns all random numbers of a training run."""

    def __init__(self, folder: Path, tokenizer: CLIPTokenizer, seed: int) -> None:
        self.make = Maker(tokenizer)
        self.generator = torch.Generator().manual_seed(seed)
        self.chance = random.Random(seed)
        self.singles, self.groups = Pool(folder, "single"), Pool(folder, "group")
        self.twins, self.doubles = Pool(folder, "twins"), Pool(folder, "doubles")
        self.deeds = Pool(folder, "deeds")
        self.refresh()

    def refresh(self) -> None:
        """Read files of latents made since the last time."""
        for pool in self._taught:
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
        return self.make.panels(drawn, noise, timesteps, self._some_unsaid(drawn.captions, 1))

    def close_lesson(self, pictures: int) -> Lesson:
        """WINDOWS windows around the people of each of `pictures` panels."""
        drawn = closely(self.singles.draw(pictures, 1, self.chance), WINDOWS, self.generator)
        noise = torch.randn(drawn.latents.shape, generator=self.generator)
        timesteps = close_timesteps(len(noise), self.generator)
        return self.make.panels(drawn, noise, timesteps, self._some_unsaid(drawn.captions, 1))

    def group_lesson(self, groups: int) -> Lesson:
        drawn = self.groups.draw(groups, GROUP, self.chance)
        noise = group_noise(drawn.latents, GROUP, self.generator)
        timesteps = group_timesteps(groups, GROUP, self.generator)
        return self.make.panels(drawn, noise, timesteps, self._some_unsaid(drawn.captions, GROUP))

    def twin_lesson(self, pairs: int) -> TwinLesson:
        drawn = self.twins.draw(pairs, 2, self.chance)
        timesteps = twin_timesteps(pairs * TWIN_WINDOWS, self.generator)
        return self.make.twins(drawn, timesteps, self.generator)

    def detail_lesson(self, pairs: int) -> DetailLesson:
        """Windows where twins differ most; half of the pairs are told nothing."""
        drawn = self.twins.draw(pairs, 2, self.chance)
        timesteps = detail_timesteps(pairs * TWIN_WINDOWS, self.generator)
        return self.make.details(drawn, timesteps, self.generator, pairs // 2)

    def double_lesson(self, doubles: int) -> DoubleLesson:
        drawn = self.doubles.draw(doubles, DOUBLE, self.chance)
        timesteps = double_timesteps(doubles, self.generator)
        return self.make.doubles(drawn, timesteps, self.generator)

    def close_double_lesson(self, doubles: int) -> DoubleLesson:
        """Windows where the panels of two doubles differ most: as much work as a quarter."""
        drawn = nearby(self.doubles.draw(doubles, DOUBLE, self.chance), self.generator)
        timesteps = double_timesteps(doubles, self.generator)
        return self.make.doubles(drawn, timesteps, self.generator)

    def close_deed_lesson(self, deeds: int) -> DoubleLesson:
        """Windows where two deeds differ most, at the timesteps of twins: words decide them."""
        drawn = nearby(self.deeds.draw(deeds, DOUBLE, self.chance), self.generator)
        timesteps = twin_timesteps(deeds, self.generator)
        return self.make.doubles(drawn, timesteps, self.generator)

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
