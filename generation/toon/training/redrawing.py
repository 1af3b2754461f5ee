"""Panels as a model redraws them: what a judge of that model's panels must be taught and tested on.

A drawn panel gets noise, and the model takes it away again (Meng et al. 2021, arXiv 2108.01073).
What was drawn can still be told, but hands and faces are the model's own.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from diffusers import AutoencoderKL, StableDiffusionPipeline
from torch import Tensor

from generation.toon.training.autoencoder import to_tensor
from generation.toon.training.spoiling import through_latents
from generation.toon.training.text import token_ids
from generation.toon.world.captions import SAY_MOST, caption, describe
from generation.toon.world.draw import PICTURE_SIZE, draw_scene
from generation.toon.world.scene import Scene

STEPS = 10  # of a whole drawing
MOST_STEPS = 4  # of them that are done again: from timestep 399 on


@dataclass(frozen=True)
class Redrawing:
    """Spoils panels with the faults of a model in a diffusers folder."""

    pipeline: StableDiffusionPipeline

    @property
    def vae(self) -> AutoencoderKL:
        return self.pipeline.vae

    @torch.no_grad()
    def some(
        self, scenes: list[Scene], chance: random.Random, generator: torch.Generator
    ) -> Tensor:
        """Panels `(scenes, 3, side, side)` in -1..1: one redrawn, one through the autoencoder."""
        panels = torch.stack(
            [to_tensor(np.asarray(draw_scene(one, PICTURE_SIZE))) for one in scenes]
        )
        seen = panels.clone()
        seen[::2] = self.redrawn(panels[::2], scenes[::2], chance, generator)
        if len(scenes) > 1:
            seen[1::2] = through_latents(self.vae, panels[1::2], generator)
        return seen

    def redrawn(
        self, panels: Tensor, scenes: list[Scene], chance: random.Random, generator: torch.Generator
    ) -> Tensor:
        """All from one timestep, with captions that leave little open."""
        scheduler, words = self.pipeline.scheduler, self._words(scenes, chance)
        scheduler.set_timesteps(STEPS)
        timesteps = scheduler.timesteps[-chance.randint(1, MOST_STEPS) :]
        latents = self.vae.encode(panels).latent_dist.mean
        noise = torch.randn(latents.shape, generator=generator)
        latents = scheduler.add_noise(latents, noise, timesteps[:1].expand(len(latents)))
        for timestep in timesteps:
            told = self.pipeline.unet(latents, timestep, words).sample
            latents = scheduler.step(told, timestep, latents).prev_sample
        drawn: Tensor = self.vae.decode(latents).sample
        return drawn.clamp(-1, 1)

    def _words(self, scenes: list[Scene], chance: random.Random) -> Tensor:
        said = [
            caption(
                scene, [describe(one.look, chance, SAY_MOST) for one in scene.figures], chance
            ).text
            for scene in scenes
        ]
        states: Tensor = self.pipeline.text_encoder(
            token_ids(self.pipeline.tokenizer, said)
        ).last_hidden_state
        return states


def redrawing(model: Path) -> Redrawing:
    """With the model in a diffusers folder, frozen, in float32."""
    pipeline = StableDiffusionPipeline.from_pretrained(str(model), dtype=torch.float32)
    for part in (pipeline.vae, pipeline.unet, pipeline.text_encoder):
        part.eval().requires_grad_(False)
    return Redrawing(pipeline)
