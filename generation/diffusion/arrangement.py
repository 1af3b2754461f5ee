"""How the panels of a plan go through the network: who with whom, told what, looking at whom."""

from collections.abc import Sequence
from dataclasses import dataclass

from generation.consistency.attention import ConsistentSelfAttention
from generation.consistency.schedule import Group, forward_passes
from generation.consistency.separation import WHOLE, Separation
from generation.consistency.subjects import Subjects
from generation.diffusion.checkpoint import Frugality
from generation.diffusion.conditioning import (
    Conditioning,
    PanelText,
    condition,
    find_subjects,
    lone_halves,
)
from generation.diffusion.model import DiffusionModel
from generation.script.graph import batches, make_causal, waves
from generation.script.plan import RenderPlan


@dataclass(frozen=True)
class Arrangement:
    """`conditions` are of each forward pass of `attention`, `groups` the panels that look at each
    other."""

    frugality: Frugality
    groups: tuple[Group, ...]
    conditions: list[Conditioning]
    attention: ConsistentSelfAttention

    @property
    def smaller(self) -> Frugality | None:
        """What needs less memory, or None: there is nothing left to give.

        The largest forward pass is halved. Where panels that look at each other keep it from that,
        they look only at those drawn before them.
        """
        largest = max(len(scope.panels) for scope in self.attention.passes)
        group = max(map(len, self.groups))
        if largest == 1:
            return None
        if largest > group:
            return Frugality((largest + 1) // 2, self.frugality.causal)
        return Frugality((group + 1) // 2, causal=True)


def arrange(
    model: DiffusionModel,
    plan: RenderPlan,
    texts: Sequence[PanelText],
    latents: tuple[int, int],
    frugality: Frugality,
    separation: Separation = WHOLE,
) -> Arrangement:
    """`latents` is their height and width, `separation` what a plan's masks are used for."""
    drawn = make_causal(plan) if frugality.causal else plan
    groups = batches(drawn)
    references = [panel.references for panel in drawn.panels]
    wave = {at: number for number, group in enumerate(waves(plan)) for at in group}
    kinds = [text.chunks * len(wave) + wave[at] for at, text in enumerate(texts)]
    passes = forward_passes(references, groups, frugality.micro_batch, kinds)
    conditions = [condition(model, plan, [texts[at] for at in members]) for members in passes]
    attention = ConsistentSelfAttention(
        references,
        passes,
        seed=plan.seed,
        panel_seeds=[panel.seed for panel in plan.panels],
        rate=plan.shown_rate if separation.bank else plan.rate,
        subjects=_subjects(model, plan, texts, passes, conditions, latents),
        separation=separation,
        lone_halves=lone_halves(plan),
        lasting=plan.ahead,
        device=model.device,
    )
    return Arrangement(frugality, groups, conditions, attention)


def _subjects(
    model: DiffusionModel,
    plan: RenderPlan,
    texts: Sequence[PanelText],
    passes: Sequence[Group],
    conditions: Sequence[Conditioning],
    latents: tuple[int, int],
) -> Subjects | None:
    """The characters of all panels with the places of their words; None in a plan without masks."""
    if not plan.masks:
        return None
    chunks = {
        panel: told.chunks
        for members, told in zip(passes, conditions, strict=True)
        for panel in members
    }
    found = [
        find_subjects(model, panel, texts[at], chunks[at]) for at, panel in enumerate(plan.panels)
    ]
    return Subjects(found, latents, plan.steps)


def told_shortage(plan: RenderPlan, frugality: Frugality) -> tuple[str, ...]:
    """What a lack of memory changed, for the record."""
    if frugality == Frugality(plan.micro_batch):
        return ()
    few = frugality.micro_batch
    note = f"Memory ran short: at most {few} panel{'s' if few > 1 else ''} at once."
    causal = make_causal(plan).notes[len(plan.notes) :] if frugality.causal else ()
    return (note, *causal)
