"""The artist on a machine with too little memory."""

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from generation.script.plan import RenderPlan
from generation.studio.artist import Artist
from generation.studio.events import Failed, Finished, Order, PanelDrawn
from generation.studio.portfolio import Portfolio
from generation.studio.wire import Drawn

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")


class Cramped(Artist):
    """Its network takes at most `panels` at once, guided."""

    def __init__(self, models_file: Path, panels: int) -> None:
        super().__init__(models_file, preview_interval=9.0, checkpoint_interval=9.0)
        unet = self._network("tiny").unet

        def measure(_: nn.Module, inputs: tuple[Tensor, ...]) -> None:
            if len(inputs[0]) > 2 * panels:
                raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 GiB")

        unet.mid_block.register_forward_pre_hook(measure)


def test_a_render_goes_on_with_fewer_panels_at_once_and_says_so(
    models_file: Path, make_plan: Callable[..., RenderPlan], tmp_path: Path
) -> None:
    plan = make_plan(steps=2)
    *events, last = Cramped(models_file, 1).draw(Order(1, 1, plan), lambda: False)
    assert sum(isinstance(event, PanelDrawn) for event in events) == len(plan.panels)
    assert isinstance(last, Drawn)
    assert last.micro_batch == 1
    assert last.notes[0] == "Memory ran short: at most 1 panel at once."
    finished = Finished(last.seconds, last.peak_memory, 1, last.steps_drawn, last.notes)
    summary = Portfolio(tmp_path, plan).finish(finished)
    assert set(last.notes) <= set(summary["notes"])


def test_a_render_that_can_never_fit_fails_with_a_sentence(
    models_file: Path, make_plan: Callable[..., RenderPlan]
) -> None:
    *_, last = Cramped(models_file, 0).draw(Order(1, 1, make_plan(steps=2)), lambda: False)
    assert isinstance(last, Failed)
    assert "not enough memory" in last.reason
