"""Panels as a model draws them: what a judge of that model's panels must be taught and tested on.

A drawn panel gets noise, and the model takes it away again (Meng et al. 2021, arXiv 2108.01073).
What was drawn can still be told, but hands and faces are the model's own. A whole panel is the
model's own, and nobody knows for sure what it shows.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from diffusers import AutoencoderKL, StableDiffusionPipeline
from torch import Tensor

from generation.diffusion.guidance import guide
from generation.toon.reader import as_panels
from generation.toon.sheet import RESCALE, draw_captions, load_pipeline
from generation.toon.training import text
from generation.toon.world.captions import SAY_LOOKS, SAY_MOST, Caption, caption, describe
from generation.toon.world.scene import Scene

STEPS = 10  # of a whole drawing
MOST_STEPS = 4  # of them that are done again: from timestep 399 on
GUIDANCE = 3.0  # of a whole drawing, as the catalogue has it
SEEDS = 1 << 30
TRIES = 30  # captions, of which the one is taken that says most


@dataclass(frozen=True)
class Redrawing:
    """The faults of a model in a diffusers folder."""

    pipeline: StableDiffusionPipeline

    @property
    def vae(self) -> AutoencoderKL:
        return self.pipeline.vae

    @torch.no_grad()
    def redrawn(
        self,
        panels: Tensor,
        scenes: Sequence[Scene],
        chance: random.Random,
        generator: torch.Generator,
    ) -> Tensor:
        """Panels `(panels, 3, side, side)` in -1..1 from one timestep on, with captions that leave
        little open."""
        said = [one.text for one in self.captions(scenes, chance)]
        latents = self.vae.encode(panels).latent_dist.mean
        last = chance.randint(1, MOST_STEPS)
        drawn: Tensor = self.vae.decode(self.again(latents, said, STEPS, last, generator)).sample
        return drawn.clamp(-1, 1)

    @torch.no_grad()
    def again(
        self,
        latents: Tensor,
        said: Sequence[str],
        steps: int,
        last: int,
        generator: torch.Generator,
        guidance: float = 1.0,
    ) -> Tensor:
        """Latents `(panels, 8, side, side)`, with a caption each, noised and drawn again by the
        last of so many `steps`; none of them leaves the latents as they are."""
        if not last:
            return latents
        scheduler = self.pipeline.scheduler
        words = self._states(["", *said] if guidance > 1 else said)
        if guidance > 1:
            words = torch.cat([words[:1].expand(len(said), -1, -1), words[1:]])
        scheduler.set_timesteps(steps)
        timesteps = scheduler.timesteps[-last:]
        noise = torch.randn(latents.shape, generator=generator)
        latents = scheduler.add_noise(latents, noise, timesteps[:1].expand(len(latents)))
        for timestep in timesteps:
            seen = latents.repeat(len(words) // len(latents), 1, 1, 1)
            told = self.pipeline.unet(seen, timestep, words).sample
            told = guide(told, guidance, RESCALE) if guidance > 1 else told
            latents = scheduler.step(told, timestep, latents).prev_sample
        return latents

    def whole(self, scenes: Sequence[Scene], chance: random.Random) -> tuple[Tensor, list[Caption]]:
        """What the model draws after captions of these scenes, and the captions."""
        captions = self.captions(scenes, chance)
        said = [one.text for one in captions]
        drawn = draw_captions(self.pipeline, said, chance.randrange(SEEDS), STEPS, GUIDANCE)
        return as_panels(drawn), captions

    def captions(self, scenes: Sequence[Scene], chance: random.Random) -> list[Caption]:
        """They say most of what there is: moods and poses before all, which are others soon where
        they aren't said, and no more than the text encoder hears."""
        return [
            max((_caption(one, chance) for _ in range(TRIES)), key=self._worth) for one in scenes
        ]

    def _worth(self, told: Caption) -> tuple[bool, int, int]:
        heard = len(self.pipeline.tokenizer(told.text).input_ids) <= text.MAX_TOKENS
        deeds = sum(one.endswith((".pose", ".expression")) for one in told.said)
        return heard, deeds, len(told.said)

    def _states(self, said: Sequence[str]) -> Tensor:
        ids = text.token_ids(self.pipeline.tokenizer, list(said))
        states: Tensor = self.pipeline.text_encoder(ids).last_hidden_state
        return states


def _caption(scene: Scene, chance: random.Random) -> Caption:
    say = SAY_MOST if len(scene.figures) < 2 else SAY_LOOKS
    return caption(scene, [describe(one.look, chance, say) for one in scene.figures], chance)


def redrawing(model: Path) -> Redrawing:
    """With the model in a diffusers folder, frozen, in float32."""
    pipeline = load_pipeline(model)
    for part in (pipeline.vae, pipeline.unet, pipeline.text_encoder):
        part.eval().requires_grad_(False)
    return Redrawing(pipeline)
