"""Where looks get lost: the drawn world's own panels, through parts of the network.

What the autoencoder alone loses no denoiser can keep, and what the last steps lose of panels that
were right until then no consistency can mend.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, replace

from PIL import Image

from generation.diffusion.lockstep import LockStep
from generation.diffusion.model import DiffusionModel
from generation.diffusion.pictures import decode, encode, to_pixels
from generation.diffusion.props import gather
from generation.script.plan import PlannedPanel, RenderPlan
from generation.toon.evaluation.artists import World
from generation.toon.evaluation.story import Story

LAST = 0.4  # of the steps, that the denoiser does again


@dataclass(frozen=True)
class Decoded:
    """The world's panels, to latents and back."""

    model: DiffusionModel
    world: World

    def draw(self, story: Story, plan: RenderPlan) -> list[Image.Image]:
        return [self._through(one) for one in self.world.draw(story, plan)]

    def _through(self, picture: Image.Image) -> Image.Image:
        (latents,) = encode(self.model.vae, to_pixels(picture)[None])
        return decode(self.model.vae, latents)


@dataclass(frozen=True)
class Redrawn:
    """The world's panels, noised, and drawn again by the last steps, each for itself."""

    model: DiffusionModel
    world: World

    def draw(self, story: Story, plan: RenderPlan) -> list[Image.Image]:
        drawn = self.world.draw(story, plan)
        panels = tuple(_begun(panel, str(at)) for at, panel in enumerate(plan.panels))
        again = replace(plan, panels=panels, shared_noise=0.0)
        files = {str(at): _file(one) for at, one in enumerate(drawn)}
        with LockStep(self.model, again, gather(self.model, again, files, None)) as run:
            while not run.done:
                run.advance()
            return run.pictures()


def _begun(panel: PlannedPanel, key: str) -> PlannedPanel:
    return replace(panel, references=(), start=key, strength=LAST)


def _file(picture: Image.Image) -> bytes:
    written = io.BytesIO()
    picture.save(written, "PNG")
    return written.getvalue()
