"""What a plan will cost, from the network's shapes alone: nothing is loaded, nothing is drawn."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from generation.consistency.cost import NetworkCost, bank_bytes, flop_ratio, network_cost
from generation.consistency.passes import most_seen, slot_numbers, slots_seen
from generation.consistency.schedule import forward_passes
from generation.diffusion.conditioning import is_guided, lone_halves
from generation.script.catalogue import Model
from generation.script.graph import batches, waves
from generation.script.plan import RenderPlan


@dataclass(frozen=True)
class Prediction:
    """`step_flops` is one timestep of all panels drawn plainly; `ratio` the consistent story over
    that (with masks at most: the background looks at nobody); `story_ratio` over the story's own
    panels without hidden sheets. `bank_bytes` in the type that the network draws in."""

    panels: int
    hidden: int
    steps: int
    step_flops: int
    ratio: float
    story_ratio: float
    bank_bytes: int


def predict(
    plan: RenderPlan,
    model: Model,
    config: Mapping[str, Any],
    bytes_per_number: int = 4,
    pixels_per_latent: int = 8,
) -> Prediction:
    """`config` is the network's. Texts are taken to be one chunk of 77 tokens long.

    Raises:
        GraphError: the plan's references can't be drawn.
    """
    return predict_at(plan, cost_for(plan, model, config, pixels_per_latent), bytes_per_number)


def cost_for(
    plan: RenderPlan, model: Model, config: Mapping[str, Any], pixels_per_latent: int = 8
) -> NetworkCost:
    """What a forward pass of the network costs at the size of the plan's panels."""
    height, width = (side // pixels_per_latent for side in (plan.height, plan.width))
    return network_cost(config, height, width, blocks=model.blocks)


def predict_at(plan: RenderPlan, cost: NetworkCost, bytes_per_number: int = 4) -> Prediction:
    """As `predict`, where the network has been counted already."""
    names = [[subject.name for subject in panel.subjects] for panel in plan.panels]
    seen = slots_seen([panel.references for panel in plan.panels], names if plan.masks else None)
    rate = plan.shown_rate
    halves = 2 if is_guided(plan) else 1
    lone = lone_halves(plan)
    heard = sum(plan.masks and bool(panel.subjects) for panel in plan.panels)
    slots = [
        most_seen(row, len(panel.subjects)) for row, panel in zip(seen, plan.panels, strict=True)
    ]
    again = sum(len(_finished(plan, number)) for number in range(1, len(waves(plan))))
    ratio = flop_ratio(cost, slots, rate, halves, heard, lone)
    ratio += again / len(plan.panels) / plan.steps
    hidden = sum(panel.number is None for panel in plan.panels)
    passes = forward_passes(
        [panel.references for panel in plan.panels], batches(plan), plan.micro_batch
    )
    shown = 1 + max(slot_numbers(seen, passes, plan.ahead).values(), default=-1)
    return Prediction(
        panels=len(plan.panels) - hidden,
        hidden=hidden,
        steps=plan.steps,
        step_flops=len(plan.panels) * halves * cost.flops,
        ratio=ratio,
        story_ratio=ratio * len(plan.panels) / max(1, len(plan.panels) - hidden),
        bank_bytes=bank_bytes(cost, shown, rate, halves - lone, bytes_per_number),
    )


def _finished(plan: RenderPlan, wave: int) -> set[int]:
    """Panels of earlier waves that go through the network once more, to be looked at."""
    before = {at for group in waves(plan)[:wave] for at in group}
    return before & {to for panel in plan.panels for to in panel.references}


def told(found: Prediction, source: str) -> str:
    """For people. `source` says where the shapes are from."""
    return (
        f"{found.panels} panels and {found.hidden} hidden, {found.steps} steps, by {source}:\n"
        f"drawn plainly: {found.step_flops * found.steps / 1e12:.3g} teraflops\n"
        f"consistent: {found.ratio:.3f} x that; {found.story_ratio:.3f} x the story's own panels\n"
        f"bank of one timestep: {found.bank_bytes / 2**20:.1f} MiB"
    )
