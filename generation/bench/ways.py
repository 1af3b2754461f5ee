"""Ways of denoising one story: what `inkthread bench consistency` compares.

The plain diffusers pipeline, the released code's scheme (without and with its random skips), a
dense mask, ours, and ours with subject masks, all on one network. Nothing is decoded; texts are
short.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import torch
from diffusers import StableDiffusionPipeline

from generation.bench.dense import dense_drawing
from generation.bench.interleave import Steps, paused
from generation.bench.networks import random_model
from generation.consistency.cost import NetworkCost
from generation.diffusion.conditioning import PanelText, encode_panels
from generation.diffusion.loading import load_model
from generation.diffusion.lockstep import LockStep
from generation.diffusion.model import DiffusionModel
from generation.diffusion.predicting import cost_for, predict_at
from generation.script.catalogue import Model
from generation.script.plan import PlannedPanel, RenderPlan, Subject
from generation.toon.baselines import Released

PAIRS = (("Tom", "a cat"), ("Lisa", "the dog"))
IDENTITY = 2  # panels of each character alone, which look at each other
MICRO_BATCH = 4
PLAIN, RELEASED, SKIPPING, DENSE = "plain", "released", "released, with skips", "dense mask"
OURS, MASKED = "ours", "ours, with masks"


@dataclass(frozen=True)
class Network:
    """A network to draw with, `name` in tables."""

    name: str
    entry: Model
    model: DiffusionModel


def random_network(side: int, divisor: int) -> Network:
    """Of SD1.5's shape with its channels divided, for pictures of `side` pixels."""
    entry = Model(
        name="bench",
        title="SD1.5-shaped",
        source="",
        family="sd15",
        width=side,
        height=side,
        steps=1,
        guidance=5.0,
    )
    of = "" if divisor == 1 else f", channels / {divisor}"
    return Network(f"SD1.5 shapes, {side} px{of}", entry, random_model(entry, divisor))


def catalogue_network(entry: Model, folder: Path) -> Network:
    """An entry of the catalogue in `folder`.

    Raises:
        DiffusionError: it can't be loaded.
    """
    return Network(entry.title, entry, load_model(entry, folder, device="cpu"))


class Ways:
    """Each way draws a plan step by step, yields the share that is done, and returns how many bytes
    its bank held at most. Between two steps the network is as it was, so ways may take turns."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self._model = network.model
        self._pipeline = _pipeline(network.model)
        self.all: dict[str, Callable[[RenderPlan], Steps]] = {
            PLAIN: self._plain,
            RELEASED: lambda plan: self._released(plan, skips=False),
            SKIPPING: lambda plan: self._released(plan, skips=True),
            DENSE: self._dense,
            OURS: self._ours,
            MASKED: lambda plan: self._ours(replace(plan, masks=True)),
        }

    def story(self, panels: int, steps: int, rate: float) -> RenderPlan:
        """Two panels of each of two characters alone, then panels of both that look at all four."""
        entry = self.network.entry
        return RenderPlan(
            title="bench",
            model=entry.name,
            style="",
            width=entry.width,
            height=entry.height,
            steps=steps,
            guidance=entry.guidance,
            seed=1,
            rate=rate,
            shared_noise=0.0,
            micro_batch=MICRO_BATCH,
            panels=tuple(_panel(at) for at in range(panels)),
        )

    @cached_property
    def _cost(self) -> NetworkCost:
        """Of one forward pass: the same for all stories, and slow to count."""
        plan, model = self.story(1, 1, 1.0), self._model
        return cost_for(plan, self.network.entry, model.unet.config, model.pixels_per_latent)

    def predicted(self, way: str, plan: RenderPlan) -> float | None:
        """Operations over the plain pipeline's; None for ways that aren't ours."""
        if way not in (OURS, MASKED):
            return None
        return predict_at(replace(plan, masks=way == MASKED), self._cost).ratio

    def _plain(self, plan: RenderPlan) -> Steps:
        """In batches as large as ours."""
        texts = encode_panels(self._model, plan)
        for first in range(0, len(texts), MICRO_BATCH):
            some = texts[first : first + MICRO_BATCH]
            for step, _ in enumerate(paused(partial(self._batch, plan, some)), start=1):
                yield (first + len(some) * step / plan.steps) / len(texts)
        return 0

    def _batch(
        self, plan: RenderPlan, texts: Sequence[PanelText], pause: Callable[[], None]
    ) -> None:
        """Through the pipeline, which stands still after each of its steps."""

        def stand_still(
            _: StableDiffusionPipeline, step: int, timestep: int, tensors: dict[str, Any]
        ) -> dict[str, Any]:
            pause()
            return tensors

        negative, prompt = (
            torch.stack([text.halves[side].tokens for text in texts]) for side in (0, 1)
        )
        self._pipeline(
            prompt_embeds=prompt,
            negative_prompt_embeds=negative,
            width=plan.width,
            height=plan.height,
            num_inference_steps=plan.steps,
            guidance_scale=plan.guidance,
            generator=torch.Generator().manual_seed(plan.seed),
            output_type="latent",
            callback_on_step_end=stand_still,
        )

    def _released(self, plan: RenderPlan, *, skips: bool) -> Steps:
        """In as many layers as ours."""
        scheme = Released(self._model, skips=skips, blocks=self._model.blocks)
        yield from scheme.drawing(plan)
        return scheme.peak_bank_bytes

    def _dense(self, plan: RenderPlan) -> Steps:
        yield from dense_drawing(self._model, plan)
        return 0

    def _ours(self, plan: RenderPlan) -> Steps:
        with LockStep(self._model, plan) as run:
            while not run.done:
                run.advance()
                yield run.step / run.steps
            return run.peak_bank_bytes


def _pipeline(model: DiffusionModel) -> StableDiffusionPipeline:
    pipeline = StableDiffusionPipeline(
        unet=model.unet,
        vae=model.vae,
        text_encoder=model.text_encoders[0],
        tokenizer=model.tokenizers[0],
        scheduler=type(model.scheduler).from_config(model.scheduler.config),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    )
    pipeline.set_progress_bar_config(disable=True)
    return pipeline


def _panel(at: int) -> PlannedPanel:
    identity = IDENTITY * len(PAIRS)
    cast = PAIRS[at // IDENTITY : at // IDENTITY + 1] if at < identity else PAIRS
    others = range(at - at % IDENTITY, at - at % IDENTITY + IDENTITY) if at < identity else ()
    width = 1 / len(cast)
    return PlannedPanel(
        prompt=" and ".join([*(words for _, words in cast), f"scene {at}"]),
        negative_prompt="blurry",
        seed=100 + at,
        references=tuple(to for to in others or range(identity) if to != at),
        characters=tuple(name for name, _ in cast),
        number=at + 1,
        lettering=(),
        alt_text="",
        subjects=tuple(
            Subject(name, words, (place * width, (place + 1) * width))
            for place, (name, words) in enumerate(cast)
        ),
    )
