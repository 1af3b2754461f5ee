"""What a model makes of a member's choices."""

from dataclasses import replace
from pathlib import Path

import pytest

from config import settings
from generation.script.catalogue import Model, Style, read_models
from generation.script.choices import (
    Choices,
    Consistency,
    Layout,
    Quality,
    agree,
    draft_steps,
    qualities,
    rates,
    sizes,
)
from generation.script.parse import parse_script
from generation.script.planning import plan_agreed

MODEL = Model(
    "m",
    "M",
    "nowhere",
    "sd15",
    512,
    512,
    30,
    5.0,
    rate=0.5,
    sizes=((512, 768),),
    quick_steps=15,
    fine_steps=50,
)
FEW = replace(MODEL, steps=4, quick_steps=0, fine_steps=0, sizes=())
STYLE = Style("plain", "Plain", "{scene}", "")
STORY = parse_script("[Tom] a baker\n\n[Tom] waves\n[Tom] runs\nrain [NC]")
WISHES = Choices("m", "plain", "512x768", Quality.FINE, Consistency.STRONG, Layout.STRIP, seed=42)


def test_choices_that_the_model_can_carry_out_are_in_the_plan() -> None:
    plan = plan_agreed(STORY, agree(WISHES, MODEL, STYLE), title="", seed=7)
    assert (plan.width, plan.height, plan.steps, plan.rate) == (512, 768, 50, 0.75)
    assert (plan.layout, plan.seed) == (Layout.STRIP, 42)


def test_a_model_for_few_steps_keeps_its_own() -> None:
    terms = agree(WISHES, FEW, STYLE)
    assert (terms.width, terms.height, terms.steps) == (512, 512, 4)
    assert list(qualities(FEW)) == [Quality.NORMAL]
    assert draft_steps(FEW) == 4


def test_without_consistency_no_panel_looks_at_another() -> None:
    terms = agree(replace(WISHES, consistency=Consistency.OFF), MODEL, STYLE)
    plan = plan_agreed(STORY, terms, title="", seed=7)
    assert not any(panel.references for panel in plan.panels)
    assert plan.rate > 0, "a rate of nothing is no rate"


def test_strengths_grow_from_nothing_to_less_than_all() -> None:
    assert list(rates(MODEL).values()) == [0.0, 0.25, 0.5, 0.75]


@pytest.mark.parametrize("name", read_models(settings.CATALOGUES / "models.toml"))
def test_whatever_the_shipped_models_offer_can_be_planned(name: str) -> None:
    model = read_models(Path(settings.CATALOGUES / "models.toml"))[name]
    assert 1 <= draft_steps(model) <= model.steps
    assert sorted(qualities(model).values()) == list(qualities(model).values())
    for size in sizes(model):
        for quality in qualities(model):
            terms = agree(Choices(size=size, quality=quality), model, STYLE)
            plan = plan_agreed(STORY, terms, title="", seed=1)
            assert plan.width * plan.height <= 2 * model.width * model.height
