"""How a member wants a story drawn, and what a model makes of it.

A choice that a model can't carry out becomes the nearest it can: what is stored stays what was
chosen, so that it counts again with the next model.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from generation.script.catalogue import Model, Style

LIGHT = 0.5  # of the model's own rate


class Quality(StrEnum):
    """How many timesteps are drawn."""

    QUICK = "quick"
    NORMAL = "normal"
    FINE = "fine"


class Consistency(StrEnum):
    """How much of the panels that show a character others look at."""

    OFF = "off"
    LIGHT = "light"
    NORMAL = "normal"
    STRONG = "strong"


class Layout(StrEnum):
    """How panels are put on a page."""

    PAGE = "page"  # rows of different lengths, as in an album
    GRID = "grid"  # all of one size
    STRIP = "strip"  # one below the other


@dataclass(frozen=True, slots=True)
class Choices:
    """An empty name leaves that to the model, no seed leaves it to chance. `size` is "512x768"."""

    model: str = ""
    style: str = ""
    size: str = ""
    quality: Quality = Quality.NORMAL
    consistency: Consistency = Consistency.NORMAL
    layout: Layout = Layout.PAGE
    seed: int | None = None


@dataclass(frozen=True, slots=True)
class Terms:
    """Choices as one model carries them out. Sizes in pixels; with a `rate` of 0 no panel looks at
    another."""

    model: Model
    style: Style
    width: int
    height: int
    steps: int
    rate: float
    layout: Layout
    seed: int | None


def agree(choices: Choices, model: Model, style: Style) -> Terms:
    """The choices, with the model's own size and so on where it can't do what was chosen."""
    width, height = sizes(model).get(choices.size, (model.width, model.height))
    return Terms(
        model,
        style,
        width,
        height,
        qualities(model).get(choices.quality, model.steps),
        rates(model).get(choices.consistency, model.rate),
        choices.layout,
        choices.seed,
    )


def sizes(model: Model) -> Mapping[str, tuple[int, int]]:
    """Width and height in pixels by name, the model's own first."""
    own = (model.width, model.height)
    return {f"{width}x{height}": (width, height) for width, height in (own, *model.sizes)}


def qualities(model: Model) -> Mapping[Quality, int]:
    """Steps of each quality that the model has; one that was made for few steps has one."""
    found = {
        Quality.QUICK: model.quick_steps,
        Quality.NORMAL: model.steps,
        Quality.FINE: model.fine_steps,
    }
    return {quality: steps for quality, steps in found.items() if steps}


def rates(model: Model) -> Mapping[Consistency, float]:
    """The rate of each strength; the strong one is half way from the model's own to everything."""
    return {
        Consistency.OFF: 0.0,
        Consistency.LIGHT: model.rate * LIGHT,
        Consistency.NORMAL: model.rate,
        Consistency.STRONG: (1 + model.rate) / 2,
    }


def draft_steps(model: Model) -> int:
    """Steps of a preview. Its pictures are of full size: a smaller one is another picture, while
    fewer steps make the same picture, less finished."""
    return model.draft_steps or model.steps
