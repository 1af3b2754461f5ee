"""How large and how carefully a story is drawn."""

from dataclasses import dataclass

from generation.script.catalogue import Model
from generation.script.errors import PlanError

SIZES = range(64, 2049, 8)  # pixels; the autoencoders divide by eight
MOST_STEPS = 1000  # the length of the training schedule


@dataclass(frozen=True)
class Canvas:
    """Pixels of a panel, timesteps, and how strongly the words count."""

    width: int
    height: int
    steps: int
    guidance: float

    @staticmethod
    def of(
        model: Model,
        width: int | None,
        height: int | None,
        steps: int | None,
        guidance: float | None,
    ) -> "Canvas":
        """What isn't given comes from the model.

        Raises:
            PlanError: a size isn't a multiple of 8 from 64 to 2048, or steps aren't 1 to 1000, or
                the guidance is negative.
        """
        canvas = Canvas(
            width or model.width,
            height or model.height,
            model.steps if steps is None else steps,
            model.guidance if guidance is None else guidance,
        )
        canvas.check()
        return canvas

    def check(self) -> None:
        """Raises:
        PlanError: see `of`.
        """
        for side, size in (("width", self.width), ("height", self.height)):
            if size not in SIZES:
                raise PlanError(
                    f"the {side} must be a multiple of {SIZES.step} pixels "
                    f"from {SIZES.start} to {SIZES.stop - 1}, not {size}"
                )
        if not 1 <= self.steps <= MOST_STEPS:
            raise PlanError(f"the number of steps must be 1 to {MOST_STEPS}, not {self.steps}")
        if not 0 <= self.guidance < float("inf"):
            raise PlanError(f"the guidance must be 0 or more, not {self.guidance}")
