"""How long a plan will take and how much memory: rough, to be said before it is queued."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from generation.script.catalogue import Model
from generation.script.graph import timesteps
from generation.script.plan import PlannedPanel, RenderPlan

GIB = 2**30
MEGAPIXEL = 2**20
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


@dataclass(frozen=True, slots=True)
class Speed:
    """Measured seconds: a `step` of one panel (or frame of a clip) for each megapixel of it, and
    all else (text, picture, page, film) for a `panel`."""

    step: float
    panel: float


def estimate(plan: RenderPlan, model: Model, speed: Speed | None = None) -> Estimate:
    """Time in proportion to the tokens looked at, by what was measured, or else by what the
    catalogue says; memory for the bank of one timestep."""
    memory = round(model.vram * GIB) + _bank_bytes(plan, model.family)
    if speed is None and not model.seconds_per_step:
        return Estimate(None, memory)
    if speed is None:
        own = model.width * model.height / MEGAPIXEL
        speed = Speed(model.seconds_per_step / own, 0.0)
    return Estimate(plan.steps * _work(plan) * speed.step + len(plan.panels) * speed.panel, memory)


def measured(plan: RenderPlan, seconds: Mapping[str, float], steps: int) -> Speed | None:
    """The speed at which a plan was drawn: `seconds` by phase, for so many of its timesteps. None
    when nothing was drawn. The time to load a model is no part of it: it stays loaded."""
    if steps < 1 or not plan.panels:
        return None
    if plan.clip is not None:
        step = seconds.get("frames", 0.0) / (steps * _clip_work(plan))
        return Speed(step, seconds.get("film", 0.0) / len(plan.panels))
    rest = sum(seconds.get(phase, 0.0) for phase in ("text", "decode", "page"))
    made = plan.steps * steps / timesteps(plan)  # by every panel
    step = seconds.get("denoise", 0.0) / (made * _work(plan))
    return Speed(step, rest / len(plan.panels))


def speed_key(plan: RenderPlan) -> str:
    """Under which the speed of such plans is kept."""
    return plan.model if plan.clip is None else f"clip {plan.clip.motion}"


def clip_seconds(plan: RenderPlan, speed: Speed | None) -> float | None:
    """What a clip takes. The catalogue says nothing of it, so None until one was measured."""
    if speed is None:
        return None
    return timesteps(plan) * _clip_work(plan) * speed.step + len(plan.panels) * speed.panel


def _clip_work(plan: RenderPlan) -> float:
    """What a step of a transition has to do: the megapixels of its frames."""
    assert plan.clip is not None
    return plan.clip.frames * plan.width * plan.height / MEGAPIXEL


def _work(plan: RenderPlan) -> float:
    """What a step has to do: megapixels, those with much to look at counting more."""
    panels = sum(
        1 + ATTENTION_SHARE * plan.shown_rate * len(panel.references) for panel in plan.panels
    )
    return panels * plan.width * plan.height / MEGAPIXEL


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
