"""What a denoiser is examined by: lessons of held-out panels, the same at every call."""

from __future__ import annotations

from pathlib import Path

import torch
from transformers import CLIPTokenizer

from generation.toon.training.closely import closely, nearby
from generation.toon.training.latents import DOUBLE, Part, Pool, shard_file
from generation.toon.training.lessons import DetailLesson, DoubleLesson, Lesson, TwinLesson
from generation.toon.training.making import TWIN_WINDOWS, Maker
from generation.toon.training.teacher import WINDOWS
from generation.toon.world.samples import GROUP


class Examination:
    """Of the held-out panels in a run's folder. A lesson's noise and windows are fixed by its
    timestep."""

    def __init__(self, folder: Path, tokenizer: CLIPTokenizer) -> None:
        """Raises:
        FileNotFoundError: held-out panels weren't made yet.
        """
        self.make = Maker(tokenizer)
        self._groups, self._twins = _pool(folder, "held"), _pool(folder, "held twins")
        self._doubles, self._deeds = _pool(folder, "held doubles"), _pool(folder, "held deeds")

    def together(self, timestep: int, others: int, groups: int) -> Lesson:
        """Groups whose panels share: each one's first panel at one timestep, `others` at
        another."""
        count = groups * GROUP
        fixed = torch.Generator().manual_seed(timestep)
        drawn = self._groups.first(count)
        noise = torch.randn(drawn.latents.shape, generator=fixed)
        timesteps = torch.tensor([timestep] + [others] * (GROUP - 1)).repeat(groups)
        return self.make.panels(drawn, noise, timesteps, drawn.captions)

    def closely(self, timestep: int, pictures: int) -> Lesson:
        """Windows around people."""
        fixed = torch.Generator().manual_seed(timestep)
        drawn = closely(self._groups.first(pictures), WINDOWS, fixed)
        noise = torch.randn(drawn.latents.shape, generator=fixed)
        timesteps = torch.full((len(noise),), timestep)
        return self.make.panels(drawn, noise, timesteps, drawn.captions)

    def twins(self, timestep: int) -> TwinLesson:
        """Windows of what lies half way between twins."""
        fixed = torch.Generator().manual_seed(timestep)
        drawn = self._twins.first(self._twins.count)
        timesteps = torch.full((len(drawn.latents) // 2 * TWIN_WINDOWS,), timestep)
        return self.make.twins(drawn, timesteps, fixed)

    def details(self, timestep: int) -> DetailLesson:
        """Windows of twins that have the same noise, told nothing."""
        fixed = torch.Generator().manual_seed(timestep)
        drawn = self._twins.first(self._twins.count)
        pairs = len(drawn.latents) // 2
        timesteps = torch.full((pairs * TWIN_WINDOWS,), timestep)
        return self.make.details(drawn, timesteps, fixed, pairs)

    def doubles(self, timestep: int) -> DoubleLesson:
        """Pairs that only what was drawn before them tells apart."""
        fixed = torch.Generator().manual_seed(timestep)
        drawn = self._doubles.first(self._doubles.count)
        timesteps = torch.full((len(drawn.latents) // DOUBLE,), timestep)
        return self.make.doubles(drawn, timesteps, fixed)

    def deeds(self, timestep: int) -> DoubleLesson:
        """Windows of pairs that only words tell apart, after the same panel."""
        fixed = torch.Generator().manual_seed(timestep)
        drawn = nearby(self._deeds.first(self._deeds.count), fixed)
        timesteps = torch.full((len(drawn.latents) // DOUBLE,), timestep)
        return self.make.doubles(drawn, timesteps, fixed)


def _pool(folder: Path, part: Part) -> Pool:
    pool = Pool(folder, part)
    if not pool.refresh():
        raise FileNotFoundError(shard_file(folder, part, 0))
    return pool
