"""`inkthread bench consistency`: what looking at each other costs, beside other ways of doing it.

In one run, on one SD1.5-shaped network with random weights, the same story is denoised by the
plain diffusers pipeline, the released code's scheme (without and with its random skips), a dense
mask, ours, and ours with subject masks. The ways take turns, so that a busy machine slows all of
them, and ratios are medians over the turns. Nothing is decoded; texts are short.
"""

import ctypes
import gc
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import torch
from diffusers import StableDiffusionPipeline

from generation.bench.dense import dense_latents
from generation.bench.networks import random_model
from generation.diffusion.conditioning import encode_panels
from generation.diffusion.lockstep import LockStep
from generation.diffusion.model import DiffusionModel
from generation.diffusion.predicting import predict
from generation.script.catalogue import Model
from generation.script.plan import PlannedPanel, RenderPlan, Subject
from generation.toon.baselines import Released
from generation.toon.evaluation.memory import Watch

MIB = 2**20
PAIRS = (("Tom", "a cat"), ("Lisa", "the dog"))
IDENTITY = 2  # panels of each character alone, which look at each other
MICRO_BATCH = 4
PLAIN, OURS = "plain", "ours"


@dataclass(frozen=True)
class Size:
    """How large a bench is. `divisor` of SD1.5's channels, `side` in pixels."""

    panels: tuple[int, ...]
    steps: tuple[int, ...]
    rounds: int
    divisor: int
    side: int
    rate: float = 0.5

    @property
    def stories(self) -> list[tuple[int, int]]:
        """Panels and steps: panels at the fewest steps, then steps at six panels."""
        growing = [(panels, self.steps[0]) for panels in self.panels]
        return list(dict.fromkeys([*growing, *((6, steps) for steps in self.steps)]))


FULL = Size((2, 4, 8, 16, 32), (10, 20, 40), rounds=3, divisor=4, side=512)
QUICK = Size((2, 6), (2, 4), rounds=2, divisor=8, side=256)


@dataclass(frozen=True)
class Measured:
    """One way with one story. `ratio` is its time over the plain pipeline's of the same turn,
    `memory` what the process grew by at most, `predicted` the FLOP ratio (None: not predicted)."""

    way: str
    panels: int
    steps: int
    seconds: float
    ratio: float
    memory: int
    bank: int
    predicted: float | None


class Bench:
    """The ways of drawing, and a network to draw with."""

    def __init__(self, size: Size) -> None:
        self.size = size
        self.entry = Model(
            name="bench",
            title="SD1.5-shaped",
            source="",
            family="sd15",
            width=size.side,
            height=size.side,
            steps=size.steps[0],
            guidance=5.0,
        )
        self.model = random_model(self.entry, size.divisor)
        self._pipeline = _pipeline(self.model)
        self.ways: dict[str, Callable[[RenderPlan], int]] = {
            PLAIN: self._plain,
            "released": lambda plan: _released(self.model, plan, skips=False),
            "released, with skips": lambda plan: _released(self.model, plan, skips=True),
            "dense mask": self._dense,
            OURS: self._ours,
            "ours, with masks": lambda plan: self._ours(replace(plan, masks=True)),
        }

    def story(self, panels: int, steps: int) -> RenderPlan:
        """Two panels of each of two characters alone, then panels of both that look at all four."""
        return RenderPlan(
            title="bench",
            model=self.entry.name,
            style="",
            width=self.size.side,
            height=self.size.side,
            steps=steps,
            guidance=self.entry.guidance,
            seed=1,
            rate=self.size.rate,
            shared_noise=0.0,
            micro_batch=MICRO_BATCH,
            panels=tuple(_panel(at) for at in range(panels)),
        )

    def run(self, told: Callable[[str], None] = lambda _: None) -> list[Measured]:
        """Every way with every story; `told` gets a line after every turn."""
        found = []
        for panels, steps in self.size.stories:
            plan = self.story(panels, steps)
            turns: dict[str, list[tuple[float, int, int]]] = {way: [] for way in self.ways}
            for turn in range(self.size.rounds):
                for way, draw in self.ways.items():
                    turns[way].append(_measure(draw, plan))
                told(f"{panels} panels, {steps} steps: turn {turn + 1} of {self.size.rounds}")
            found += [self._sum_up(way, plan, turns) for way in self.ways]
        return found

    def _sum_up(
        self, way: str, plan: RenderPlan, turns: dict[str, list[tuple[float, int, int]]]
    ) -> Measured:
        mine, plain = turns[way], turns[PLAIN]
        return Measured(
            way=way,
            panels=len(plan.panels),
            steps=plan.steps,
            seconds=statistics.median(one[0] for one in mine),
            ratio=statistics.median(a[0] / b[0] for a, b in zip(mine, plain, strict=True)),
            memory=min(one[1] for one in mine),  # what else grows meanwhile isn't this way's
            bank=mine[0][2],
            predicted=self._predicted(way, plan),
        )

    def _predicted(self, way: str, plan: RenderPlan) -> float | None:
        if not way.startswith(OURS):
            return None
        plan = replace(plan, masks=way != OURS)
        pixels = self.model.pixels_per_latent
        config = self.model.unet.config
        return predict(plan, self.entry, config, pixels_per_latent=pixels).ratio

    def _plain(self, plan: RenderPlan) -> int:
        """In batches as large as ours."""
        texts = encode_panels(self.model, plan)
        for first in range(0, len(plan.panels), MICRO_BATCH):
            some = texts[first : first + MICRO_BATCH]
            negative, prompt = (
                torch.stack([text.halves[side].tokens for text in some]) for side in (0, 1)
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
            )
        return 0

    def _dense(self, plan: RenderPlan) -> int:
        dense_latents(self.model, plan)
        return 0

    def _ours(self, plan: RenderPlan) -> int:
        with LockStep(self.model, plan) as run:
            while not run.done:
                run.advance()
            return run.peak_bank_bytes


def table(found: Sequence[Measured]) -> str:
    """A line for each way and story, as Markdown."""
    lines = [
        "| panels | steps | way | seconds | x plain | predicted | memory MiB | bank MiB |",
        "| --- " * 8 + "|",
    ]
    for one in found:
        predicted = "" if one.predicted is None else f"{one.predicted:.3f}"
        lines.append(
            f"| {one.panels} | {one.steps} | {one.way} | {one.seconds:.2f} | {one.ratio:.3f} "
            f"| {predicted} | {one.memory / MIB:.0f} | {one.bank / MIB:.2f} |"
        )
    return "\n".join(lines)


def curves(found: Sequence[Measured], over: str, what: str) -> dict[str, list[tuple[float, float]]]:
    """For a plot: `what` (a field) of each way over "panels" or "steps", all else the same."""
    stories = [(one.panels, one.steps) for one in found]
    fixed = min(steps for _, steps in stories) if over == "panels" else 6
    other = "steps" if over == "panels" else "panels"
    lines: dict[str, list[tuple[float, float]]] = {}
    for one in found:
        if getattr(one, other) == fixed:
            lines.setdefault(one.way, []).append((getattr(one, over), getattr(one, what)))
    return {way: sorted(points) for way, points in lines.items()}


def _measure(draw: Callable[[RenderPlan], int], plan: RenderPlan) -> tuple[float, int, int]:
    """Seconds, bytes that the process grew by at most, bytes of the bank."""
    gc.collect()
    _give_back()
    with Watch() as idle:
        pass
    began = time.perf_counter()
    with Watch() as memory:
        bank = draw(plan)
    return time.perf_counter() - began, max(0, memory.peak - idle.peak), bank


def _give_back() -> None:
    """Freed memory goes back to the system, so that the next way's growth shows."""
    trim: Any = getattr(ctypes.CDLL(None), "malloc_trim", None)  # glibc alone has it
    if trim is not None:
        trim(0)


def _released(model: DiffusionModel, plan: RenderPlan, *, skips: bool) -> int:
    scheme = Released(model, skips=skips)
    scheme.latents(plan)
    return scheme.peak_bank_bytes


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
