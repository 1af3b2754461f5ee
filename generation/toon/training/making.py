"""From samples, noise and timesteps to lessons: what is hidden, and what should be found."""

from __future__ import annotations

from dataclasses import dataclass, field

import torch
from torch import Tensor
from transformers import CLIPTokenizer

from generation.toon.training import text
from generation.toon.training.closely import windows
from generation.toon.training.latents import DOUBLE, Drawn
from generation.toon.training.lessons import (
    SLIGHT,
    DetailLesson,
    DoubleLesson,
    Lesson,
    TwinLesson,
)
from generation.toon.training.noise import add_noise, finished_timesteps, new_scheduler, weights

TWIN_WINDOWS = 2  # of each twin, where they differ


@dataclass(frozen=True)
class Maker:
    """Makes lessons; it holds no samples and no random numbers."""

    tokenizer: CLIPTokenizer
    signal: Tensor = field(default_factory=lambda: new_scheduler().alphas_cumprod)

    def panels(self, drawn: Drawn, noise: Tensor, timesteps: Tensor, said: list[str]) -> Lesson:
        """Of panels, or windows of some, a caption `said` for each or for several in a row."""
        signal = self.signal[timesteps]
        noised, target = add_noise(drawn.latents, noise, signal)
        ids = text.token_ids(self.tokenizer, said)
        counts = drawn.focus / drawn.focus.mean()
        return Lesson(noised, target, timesteps, ids, weights(signal), counts)

    def twins(self, drawn: Drawn, timesteps: Tensor, generator: torch.Generator) -> TwinLesson:
        """Of windows where pairs differ most, told half way between both."""
        one, other = drawn.latents[::2], drawn.latents[1::2]
        seen = windows((one - other).square().sum(1) + SLIGHT, TWIN_WINDOWS, generator)
        noised, difference = self._half_way(seen.of(one), seen.of(other), timesteps, generator)
        captions = [*drawn.captions[::2], *drawn.captions[1::2]]
        ids = text.token_ids(self.tokenizer, captions)
        return TwinLesson(noised, difference, timesteps, ids)

    def details(
        self, drawn: Drawn, timesteps: Tensor, generator: torch.Generator, untold: int
    ) -> DetailLesson:
        """Of windows where pairs differ most, behind one noise; `untold` pairs hear nothing."""
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

    def doubles(self, drawn: Drawn, timesteps: Tensor, generator: torch.Generator) -> DoubleLesson:
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
