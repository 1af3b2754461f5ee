"""How long a plan will take and how much memory: rough, to be said before it is queued."""

from collections.abc import Sequence
from dataclasses import dataclass

from generation.script.catalogue import Model
from generation.script.plan import PlannedPanel, RenderPlan

GIB = 2**30
LATENT_SIDE = 8  # pixels of the picture per latent
NUMBER_BYTES = 2  # float16
GUIDED = 2  # the network sees each panel with and without its prompt
KEY_AND_VALUE = 2
ATTENTION_SHARE = 0.2  # of a step's time goes to self-attention in the up blocks

# Self-attention layers of the up blocks: side of a token in latents, channels, number of layers.
UP_BLOCKS = {
    "sd15": ((1, 320, 3), (2, 640, 3), (4, 1280, 3)),
    "sdxl": ((2, 640, 6), (4, 1280, 30)),
}


@dataclass(frozen=True, slots=True)
class Estimate:
    """`seconds` is None when the catalogue doesn't say how long the model's step takes.
    `memory_bytes` is what the model needs plus the bank of looked-at tokens."""

    seconds: float | None
    memory_bytes: int


def estimate(plan: RenderPlan, model: Model) -> Estimate:
    """Time in proportion to the tokens looked at; memory for the bank of one timestep."""
    memory = round(model.vram * GIB) + _bank_bytes(plan, model.family)
    if not model.seconds_per_step:
        return Estimate(None, memory)
    size = plan.width * plan.height / (model.width * model.height)
    work = sum(
        1 + ATTENTION_SHARE * plan.shown_rate * len(panel.references) for panel in plan.panels
    )
    return Estimate(plan.steps * work * size * model.seconds_per_step, memory)


def _bank_bytes(plan: RenderPlan, family: str) -> int:
    latents = plan.width * plan.height // LATENT_SIDE**2
    tokens = sum(
        latents // side**2 * channels * layers
        for side, channels, layers in UP_BLOCKS.get(family, ())
    )
    kept = plan.shown_rate * len(_looked_at(plan.panels))
    return round(kept * tokens * KEY_AND_VALUE * GUIDED * NUMBER_BYTES)


def _looked_at(panels: Sequence[PlannedPanel]) -> set[int]:
    return {to for panel in panels for to in panel.references}
