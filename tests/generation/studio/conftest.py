"""Plans for the tiny model."""

from collections.abc import Callable

import pytest

from generation.script.plan import PlannedPanel, RenderPlan
from generation.script.story import Lettering


@pytest.fixture(scope="session")
def make_plan() -> Callable[..., RenderPlan]:
    """Two identity panels, one that looks at them, and a hidden sheet that the first look at."""

    def make(steps: int = 6, model: str = "tiny", seed: int = 1, size: int = 64) -> RenderPlan:
        references = ((1, 3), (0, 3), (0, 1), (0, 1))
        return RenderPlan(
            title="Tabs or spaces",
            model=model,
            style="comic book",
            width=size,
            height=size,
            steps=steps,
            guidance=3.0,
            seed=seed,
            rate=0.5,
            shared_noise=0.0,
            micro_batch=2,
            panels=tuple(
                PlannedPanel(
                    prompt=f"Tom at work, panel {position}",
                    negative_prompt="blurry",
                    seed=seed * 100 + position,
                    references=looks_at,
                    characters=("Tom",),
                    number=position + 1 if position < 3 else None,
                    lettering=(Lettering("Tom is writing a piece of code."),),
                    alt_text=f"Panel {position + 1}.",
                )
                for position, looks_at in enumerate(references)
            ),
        )

    return make
