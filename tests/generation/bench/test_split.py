"""`inkthread bench story --split`."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from torch import nn

from generation.bench.split import Clock, Split, split, table
from generation.script.plan import RenderPlan
from generation.studio.studio import StudioError

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")


def test_the_parts_of_a_render_are_its_whole(
    models_file: Path, plan_of: Callable[..., RenderPlan]
) -> None:
    found = split(plan_of([(1,), (0,)], model="tiny", steps=2), models_file, 1)
    parts = dict(found.seconds)
    total = parts.pop("total")
    assert all(seconds > 0 for seconds in parts.values())
    assert sum(parts.values()) == pytest.approx(total)
    assert 0 < found.overhead < 1


def test_what_cannot_be_drawn_says_so(
    models_file: Path, plan_of: Callable[..., RenderPlan]
) -> None:
    with pytest.raises(StudioError, match="no model 'crayon'"):
        split(plan_of([()], model="crayon"), models_file, 1)


def test_overhead_is_what_neither_network_nor_autoencoder_takes() -> None:
    found = Split(text=1.0, unet=50.0, attention=20.0, vae=25.0, page=2.0, other=2.0)
    assert found.overhead == pytest.approx(0.05)
    assert "| attention | 20.000 | 20.0% |" in table(found)
    assert table(found).endswith(
        "reached: share of neither network nor autoencoder: 0.050, goal: at most 0.1"
    )
    assert not replace(found, page=9.0).goal.reached


def test_a_clock_leaves_nothing_in_the_modules_that_it_timed() -> None:
    layer, clock = nn.Identity(), Clock()
    with clock.on({"one": [layer]}):
        layer(1)
    assert clock.seconds["one"] > 0
    assert not layer._forward_hooks
    assert not layer._forward_pre_hooks
