"""The scheme of StoryDiffusion's released code, for comparison only; nothing draws with it.

Written from its description (Zhou et al., arXiv 2405.01434, section 3.1, and the way its code is
known to work): identity panels go through the whole of denoising first and write the hidden states
of every step and layer into a bank; each later panel then goes through alone, reads its step's
hidden states, and projects keys and values from them again. Up blocks only. The first step is
plain; after it every layer skips the sharing by chance, 0.3 of the time in the first 20 steps and
0.1 later. Which tokens are seen is a random mask over all, new at every step and resolution. Every
pass starts from a generator with the story's own seed, so all later panels have one start noise.
"""

from __future__ import annotations

from collections.abc import Collection, Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import torch
import torch.nn.functional as F
from diffusers.models.attention_processor import Attention
from PIL import Image
from torch import Tensor

from generation.consistency.install import self_attention_layers
from generation.diffusion.conditioning import (
    Conditioning,
    condition,
    encode_panels,
    is_guided,
)
from generation.diffusion.guidance import guide
from generation.diffusion.model import DiffusionModel
from generation.diffusion.pictures import decode
from generation.diffusion.solver import Solver
from generation.script.graph import batches
from generation.script.plan import RenderPlan

BLOCKS = ("up",)
PLAIN_STEPS = 1
EARLY_STEPS = 20
SKIP_EARLY, SKIP_LATE = 0.3, 0.1


@dataclass
class HiddenBank:
    """Hidden states `(halves, panels, tokens, channels)` by identity group, step and layer."""

    states: dict[tuple[int, int, str], Tensor] = field(default_factory=dict)

    @property
    def bytes(self) -> int:
        """What it holds now: it only grows while a story is drawn."""
        return sum(one.nbytes for one in self.states.values())


@dataclass
class Pass:
    """A run of denoising: who writes or reads what, and the step under way.

    `writes` is the identity group that is drawn, or None; `reads` the groups that are looked at.
    """

    panels: int
    writes: int | None
    reads: tuple[int, ...]
    generator: torch.Generator
    rate: float
    skips: bool
    step: int = 0
    masks: dict[tuple[int, int], Tensor] = field(default_factory=dict)

    def begin(self, step: int) -> None:
        self.step = step
        self.masks.clear()

    def plain(self) -> bool:
        """Whether this layer attends plainly now; asked once for every layer and step."""
        if self.step < PLAIN_STEPS or (self.writes is None and not self.reads):
            return True
        chance = SKIP_EARLY if self.step < EARLY_STEPS else SKIP_LATE
        return self.skips and float(torch.rand((), generator=self.generator)) < chance

    def seen(self, tokens: int, others: int) -> Tensor:
        """Which of `others` tokens are seen: `(others,)`, the same for all layers of a size."""
        if (tokens, others) not in self.masks:
            lots = torch.rand(others, generator=self.generator)
            self.masks[tokens, others] = lots < self.rate
        return self.masks[tokens, others]


@dataclass
class ReleasedProcessor:
    """Attention processor of one layer."""

    layer: str
    bank: HiddenBank
    current: Pass

    def __call__(
        self,
        attn: Attention,
        hidden_states: Tensor,
        encoder_hidden_states: Tensor | None = None,
        attention_mask: Tensor | None = None,
        temb: Tensor | None = None,
    ) -> Tensor:
        """`hidden_states` is `(halves * panels, tokens, channels)`, unconditional half first."""
        run = self.current
        if run.writes is not None:
            key = (run.writes, run.step, self.layer)
            self.bank.states[key] = _by_half(hidden_states, run.panels).clone()
        if run.plain():
            return _attend(attn, hidden_states, hidden_states, None)
        return self._share(attn, hidden_states)

    def _share(self, attn: Attention, hidden: Tensor) -> Tensor:
        """Every panel sees itself whole and of the others what the mask leaves."""
        run = self.current
        halves = _by_half(hidden, run.panels)
        _, panels, tokens, _ = halves.shape
        banked = [self.bank.states[group, run.step, self.layer] for group in run.reads]
        seen = torch.cat([halves, *banked], dim=1).flatten(1, 2)  # (halves, others, channels)
        lots = run.seen(tokens, seen.shape[1]).to(hidden.device)
        own = torch.arange(seen.shape[1], device=hidden.device) // tokens
        mask = torch.stack([lots | (own == panel) for panel in range(panels)])  # (panels, others)
        mask = mask.repeat_interleave(tokens, dim=0)
        return _attend(attn, halves.flatten(1, 2), seen, mask).view_as(hidden)


class Released:
    """Draws plans in that scheme. `skips` of False leaves the random skips out, for timing.

    Identity groups are the plan's, hidden sheets too, so both schemes see the same panels.
    `peak_bank_bytes` is of the story drawn last.
    """

    def __init__(
        self, model: DiffusionModel, *, skips: bool = True, blocks: Collection[str] = BLOCKS
    ) -> None:
        """`blocks` other than its own are for timing, too."""
        self.model = model
        self.skips = skips
        self.blocks = blocks
        self.peak_bank_bytes = 0

    def pictures(self, plan: RenderPlan) -> list[Image.Image]:
        """The picture of every stack position."""
        return [decode(self.model.vae, one) for one in self.latents(plan)]

    def latents(self, plan: RenderPlan) -> list[Tensor]:
        """The finished latents of every stack position."""
        drawing = self.drawing(plan)
        while True:
            try:
                next(drawing)
            except StopIteration as end:
                latents: list[Tensor] = end.value
                return latents

    def drawing(self, plan: RenderPlan) -> Generator[float, None, list[Tensor]]:
        """The same step by step, each with the share that is done. Between two steps the network
        is as it was."""
        bank, latents = HiddenBank(), dict[int, Tensor]()
        groups, later = _identity_groups(plan)
        texts = encode_panels(self.model, plan)
        writing = [(group, number, ()) for number, group in enumerate(groups)]
        reading = [((at,), None, _reads(plan, at, groups)) for at in later]
        for members, writes, reads in (*writing, *reading):
            told = condition(self.model, plan, [texts[at] for at in members])
            run = self._pass(plan, len(members), writes, reads)
            denoising = self._denoise(plan, told, run, bank)
            for step, current in enumerate(denoising, start=1):
                latents |= dict(zip(members, current, strict=True))
                others = len(latents) - len(members)
                yield (others + len(members) * step / plan.steps) / len(plan.panels)
        self.peak_bank_bytes = bank.bytes
        return [latents[at] for at in range(len(plan.panels))]

    def _pass(
        self, plan: RenderPlan, panels: int, writes: int | None, reads: tuple[int, ...]
    ) -> Pass:
        generator = torch.Generator().manual_seed(plan.seed)
        return Pass(panels, writes, reads, generator, plan.rate, self.skips)

    def _denoise(
        self, plan: RenderPlan, told: Conditioning, run: Pass, bank: HiddenBank
    ) -> Iterator[Tensor]:
        """Latents `(panels, channels, height, width)` of one pass after each of its steps."""
        unet, unit = self.model.unet, self.model.pixels_per_latent
        seeds = [plan.seed] * run.panels  # as its start noise: the same in every pass
        solver = Solver(self.model.scheduler, plan.steps, self.model.device, seeds)
        shape = (run.panels, unet.config.in_channels, plan.height // unit, plan.width // unit)
        noise = torch.randn(shape, generator=run.generator)
        latents = solver.start(noise.to(self.model.device, self.model.dtype))
        halves = len(told.tokens) // run.panels
        for step, timestep in enumerate(solver.timesteps):
            run.begin(step)
            with torch.inference_mode(), _installed(self, bank, run):
                prediction = unet(
                    solver.network_input(latents, step).repeat(halves, 1, 1, 1),
                    timestep,
                    encoder_hidden_states=told.tokens,
                    added_cond_kwargs=told.added,
                    return_dict=False,
                )[0]
                if is_guided(plan):
                    prediction = guide(prediction, plan.guidance, self.model.guidance_rescale)
                latents = solver.advance(prediction, latents, step)
            yield latents


def _reads(plan: RenderPlan, at: int, groups: Sequence[Sequence[int]]) -> tuple[int, ...]:
    """The identity groups that a later panel looks at."""
    seen = set(plan.panels[at].references)
    return tuple(number for number, group in enumerate(groups) if seen & set(group))


def _identity_groups(plan: RenderPlan) -> tuple[list[Sequence[int]], list[int]]:
    """Groups of panels that others look at, and the panels that only look."""
    looked_at = {to for panel in plan.panels for to in panel.references}
    groups = [group for group in batches(plan) if set(group) <= looked_at]
    inside = {at for group in groups for at in group}
    return list(groups), [at for at in range(len(plan.panels)) if at not in inside]


@contextmanager
def _installed(scheme: Released, bank: HiddenBank, run: Pass) -> Iterator[None]:
    layers = self_attention_layers(scheme.model.unet, scheme.blocks)
    before = {name: layer.processor for name, layer in layers.items()}
    try:
        for name, layer in layers.items():
            layer.set_processor(ReleasedProcessor(name, bank, run))
        yield
    finally:
        for name, layer in layers.items():
            layer.set_processor(before[name])


def _by_half(hidden: Tensor, panels: int) -> Tensor:
    """`(halves * panels, tokens, channels)` to `(halves, panels, tokens, channels)`."""
    return hidden.view(-1, panels, *hidden.shape[1:])


def _attend(attn: Attention, looking: Tensor, seen: Tensor, mask: Tensor | None) -> Tensor:
    """Attention of `looking` over `seen`, both projected here and now."""
    query, key, value = attn.to_q(looking), attn.to_k(seen), attn.to_v(seen)
    query, key, value = (
        one.view(*one.shape[:2], attn.heads, -1).transpose(1, 2) for one in (query, key, value)
    )
    out = F.scaled_dot_product_attention(query, key, value, mask).transpose(1, 2).flatten(2)
    projected: Tensor = attn.to_out[1](attn.to_out[0](out))
    return projected
