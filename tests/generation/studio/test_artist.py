"""The artist on a machine with too little memory, and with all that a model may have beside it."""

import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from PIL import Image
from torch import Tensor, nn

from generation.diffusion.loading import load_model
from generation.script.catalogue import read_models
from generation.script.plan import RenderPlan, Subject
from generation.studio.artist import Artist
from generation.studio.events import Cancelled, Failed, Finished, Order, PanelDrawn
from generation.studio.portfolio import Portfolio
from generation.studio.wire import Drawn
from tests.generation.conftest import CATALOGUE
from tests.generation.diffusion.adapters import write_adapter

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")


class Cramped(Artist):
    """Its network takes at most `panels` at once, guided."""

    def __init__(self, models_file: Path, panels: int) -> None:
        super().__init__(models_file, preview_interval=9.0, checkpoint_interval=9.0)
        unet = self.easel("tiny").network.unet

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


def test_it_looks_at_pictures_and_checks_for_drift_with_what_the_catalogue_names(
    models_file: Path, make_plan: Callable[..., RenderPlan], tmp_path: Path
) -> None:
    folder = models_file.parent
    write_adapter(load_model(read_models(models_file)["tiny"], folder).unet, tmp_path)
    entry = CATALOGUE.split("[missing]")[0].replace('"tiny"', f'"{folder / "tiny"}"')
    catalogue = tmp_path / "models.toml"
    extras = 'ip_adapter = "adapter.safetensors"\nlikeness_encoder = "image_encoder"\n'
    catalogue.write_text(f"{entry}{extras}likeness_least = 0.9999999\n")
    plan = make_plan(steps=1)
    tom = Subject("Tom", "Tom", (0.0, 1.0), "tom")
    looking = replace(plan, panels=tuple(replace(one, subjects=(tom,)) for one in plan.panels))
    artist = Artist(catalogue, preview_interval=9.0, checkpoint_interval=9.0)
    buffer = io.BytesIO()
    Image.new("RGB", (40, 40), "red").save(buffer, "PNG")

    def drawn(plan: RenderPlan) -> tuple[dict[int, PanelDrawn], tuple[str, ...]]:
        order = Order(1, 1, plan, pictures={"tom": buffer.getvalue()})
        *events, last = artist.draw(order, lambda: False)
        assert isinstance(last, Drawn)
        assert events.count(None) == len(plan.panels) + 1  # pictures, a step of drawing again
        panels = [event for event in events if isinstance(event, PanelDrawn)]
        return {event.position: event for event in panels}, last.notes

    plain, notes = drawn(plan)
    assert [note.split(":")[0] for note in notes] == ["Panel 1", "Panel 2", "Panel 3"]
    for event in plain.values():
        said = [note for note in notes if note.startswith(f"Panel {event.position + 1}:")]
        assert (event.seed is not None) == any("with another seed (" in note for note in said)
    turns = len(plan.panels)  # then the panels that have drifted are drawn again
    answers: list[object] = []
    for event in artist.draw(Order(1, 1, plan), lambda: answers.count(None) >= turns):
        answers.append(event)
    assert isinstance(answers[-1], Cancelled)
    assert not any(isinstance(event, PanelDrawn) for event in answers)
    seen, _ = drawn(looking)
    assert seen[3].image != plain[3].image
    *_, last = artist.draw(Order(1, 1, looking), lambda: False)
    assert isinstance(last, Drawn)
    assert last.notes[0] == "The reference picture of Tom is gone."
