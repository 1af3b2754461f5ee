"""The drift check on real drawings of a tiny network, with wrong panels planted among them."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest
from PIL import Image, ImageStat

from generation.diffusion.lockstep import LockStep
from generation.diffusion.model import DiffusionModel
from generation.drift.check import MOST_REDRAWN, DriftCheck, anchors, another_seed, glimpse
from generation.drift.eyes import Glimpse
from generation.script.plan import RenderPlan
from tests.generation.consistency.casting import cast_plan

Planner = Callable[..., RenderPlan]
WRONG = Image.new("RGB", (96, 64), "red")


class ColourEye:
    """Sees mean colours only; a hundred levels apart is nothing alike."""

    def likeness(self, one: Glimpse, other: Glimpse) -> float | None:
        first, second = (ImageStat.Stat(glimpse.picture).mean for glimpse in (one, other))
        far = max(abs(a - b) for a, b in zip(first, second, strict=True))
        return max(0.0, 1 - far / 100)


@pytest.fixture(scope="module")
def story(
    model_of: Callable[..., DiffusionModel], plan_of: Planner
) -> tuple[DiffusionModel, RenderPlan, list[Image.Image]]:
    model = model_of("sd15")
    plan = plan_of([(), (0,), (0,), (0,), (0,)], steps=1)
    with LockStep(model, plan) as run:
        run.advance()
        return model, plan, run.pictures()


def checking(
    model: DiffusionModel, plan: RenderPlan, pictures: list[Image.Image], least: float = 0.5
) -> tuple[DriftCheck, list[RenderPlan]]:
    """A check, and the plans it has drawn again."""
    again: list[RenderPlan] = []

    def redraw(changed: RenderPlan, _: Sequence[int]) -> LockStep:
        again.append(changed)
        return LockStep(model, changed)

    return DriftCheck(plan, ColourEye(), least, pictures.__getitem__, redraw), again


def test_a_planted_panel_is_drawn_once_more_with_another_seed_and_said(
    story: tuple[DiffusionModel, RenderPlan, list[Image.Image]],
) -> None:
    model, plan, pictures = story
    check, again = checking(*story)
    for position, picture in enumerate(pictures):
        planted = WRONG if position == 2 else picture
        judged = check.judge(position, planted, lambda: False)
        assert (judged.picture is planted) == (position != 2)
        assert (judged.seed is None) == (position != 2)
    (note,) = check.notes
    assert note.startswith("Panel 3: Tom had drifted (0.")
    assert "it was drawn with another seed" in note
    (changed,) = again
    assert changed.panels[-1].number == 3
    assert changed.panels[-1].seed != plan.panels[2].seed
    with LockStep(model, changed) as run:
        run.advance()
        expected = run.picture(len(changed.panels) - 1)
    twice, _ = checking(*story)
    assert twice.judge(2, WRONG, lambda: False).picture.tobytes() == expected.tobytes()


def test_what_no_other_seed_makes_better_stays(
    story: tuple[DiffusionModel, RenderPlan, list[Image.Image]],
) -> None:
    model, plan, pictures = story
    red = [WRONG, *pictures[1:]]  # its sheet looks as nothing that the network draws
    check, again = checking(model, plan, red, least=1.0)
    nearly = Image.new("RGB", (96, 64), (250, 5, 5))
    assert check.judge(1, nearly, lambda: False).picture is nearly
    assert len(again) == 1
    assert check.notes[0].endswith("another seed was no better.")


def test_only_a_few_are_drawn_again_and_none_once_it_is_stopped(
    story: tuple[DiffusionModel, RenderPlan, list[Image.Image]],
) -> None:
    check, again = checking(*story)
    kept = [check.judge(at, WRONG, lambda: False).picture is WRONG for at in range(1, 5)]
    assert kept == [False] * MOST_REDRAWN + [True]
    assert len(again) == MOST_REDRAWN
    check, again = checking(*story)
    assert check.judge(1, WRONG, lambda: True).picture is WRONG


def test_sheets_are_hidden_panels_first_then_those_that_show_a_character_alone(
    plan_of: Planner,
) -> None:
    plan = cast_plan(plan_of)
    assert anchors(plan) == {"Tom": 0, "Lisa": 2}
    together = glimpse(plan, 4, "Tom", WRONG)  # Lisa on the left
    assert (together.place, together.figures, together.left) == (1, 2, 0.5)
    alone = glimpse(plan, 0, "Tom", WRONG)
    assert (alone.figures, alone.left, alone.right) == (1, 0.0, 1.0)


def test_a_panel_is_never_drawn_again_from_a_seed_of_the_story(plan_of: Planner) -> None:
    plan = plan_of([(), (0,)], steps=1)
    first = another_seed(plan, 1)
    assert first == another_seed(plan, 1) != another_seed(plan, 0)
    taken = replace(plan, panels=(replace(plan.panels[0], seed=first), plan.panels[1]))
    assert another_seed(taken, 1) not in {plan.seed, first, plan.panels[1].seed}
    assert another_seed(replace(plan, seed=first), 1) != first
