"""The drift check on real drawings of a tiny network, with wrong panels planted among them."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest
from PIL import Image, ImageChops, ImageStat

from generation.diffusion.lockstep import LockStep
from generation.diffusion.model import DiffusionModel
from generation.drift.check import (
    MOST_REDRAWN,
    DriftCheck,
    Judged,
    anchors,
    another_seed,
    glimpse,
)
from generation.drift.eyes import Glimpse
from generation.script.plan import RenderPlan
from tests.generation.consistency.casting import cast_plan

Planner = Callable[..., RenderPlan]
WRONG = Image.new("RGB", (96, 64), "red")


class ColourEye:
    """Sees mean colours only; a hundred levels apart is nothing alike."""

    def see(self, glimpse: Glimpse) -> list[float]:
        return ImageStat.Stat(glimpse.picture).mean

    def likeness(self, one: list[float], other: list[float]) -> float | None:
        far = max(abs(a - b) for a, b in zip(one, other, strict=True))
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
    model: DiffusionModel, plan: RenderPlan, least: float = 0.5
) -> tuple[DriftCheck, list[RenderPlan]]:
    """A check, and the plans it has drawn again."""
    again: list[RenderPlan] = []

    def redraw(changed: RenderPlan, _: Sequence[int]) -> LockStep:
        again.append(changed)
        return LockStep(model, changed)

    return DriftCheck(plan, ColourEye(), least, redraw), again


def judge(check: DriftCheck, pictures: list[Image.Image]) -> list[Judged]:
    again = check.begin(pictures)
    if again is None:
        return [Judged(one) for one in pictures]
    with again:
        while not again.done:
            again.advance()
        return check.choose(pictures, again)


def planted(pictures: list[Image.Image], *wrong: int) -> list[Image.Image]:
    return [WRONG if at in wrong else picture for at, picture in enumerate(pictures)]


def test_a_planted_panel_is_drawn_once_more_with_another_seed_and_said(
    story: tuple[DiffusionModel, RenderPlan, list[Image.Image]],
) -> None:
    model, plan, pictures = story
    check, again = checking(model, plan)
    judged = judge(check, planted(pictures, 2))
    for position, one in enumerate(judged):
        assert (one.picture is pictures[position]) == (position != 2)
        assert (one.seed is None) == (position != 2)
    (note,) = check.notes
    assert note.startswith("Panel 3: Tom had drifted (0.")
    assert "it was drawn with another seed" in note
    (changed,) = again
    assert changed.panels[-1].number == 3
    assert changed.panels[-1].seed == judged[2].seed != plan.panels[2].seed
    with LockStep(model, changed) as run:
        run.advance()
        expected = run.picture(len(changed.panels) - 1)
    assert judged[2].picture.tobytes() == expected.tobytes()
    assert set(check.seconds) == {"text", "denoise", "decode"}
    assert all(check.seconds.values())


def test_panels_that_drifted_are_drawn_again_together_each_as_if_alone(
    story: tuple[DiffusionModel, RenderPlan, list[Image.Image]],
) -> None:
    model, plan, pictures = story
    check, again = checking(model, plan)
    both = judge(check, planted(pictures, 1, 3))
    (changed,) = again
    assert [panel.number for panel in changed.panels] == [None, 2, 4]
    for position in (1, 3):
        alone = judge(checking(model, plan)[0], planted(pictures, position))[position]
        assert alone.seed == both[position].seed
        off = ImageChops.difference(alone.picture, both[position].picture).getextrema()
        assert max(high for _, high in off) <= 1  # of 255: batches of other sizes round otherwise


def test_what_no_other_seed_makes_better_stays(
    story: tuple[DiffusionModel, RenderPlan, list[Image.Image]],
) -> None:
    model, plan, pictures = story
    red = planted(pictures, 0)  # its sheet looks as nothing that the network draws
    nearly = red[1] = Image.new("RGB", (96, 64), (250, 5, 5))
    red[2:] = [WRONG] * 3
    check, again = checking(model, plan, least=1.0)
    assert judge(check, red)[1] == Judged(nearly)
    assert len(again) == 1
    (note,) = check.notes
    assert note.endswith("another seed was no better.")


def test_only_the_worst_are_drawn_again(
    story: tuple[DiffusionModel, RenderPlan, list[Image.Image]],
) -> None:
    model, plan, pictures = story
    wrong = planted(pictures, 1, 2, 3, 4)
    means = zip(ImageStat.Stat(pictures[0]).mean, ImageStat.Stat(WRONG).mean, strict=True)
    far = max(abs(one - other) for one, other in means)
    wrong[2] = Image.blend(pictures[0], WRONG, 70 / far)  # 0.3 alike, the others less
    check, again = checking(model, plan)
    kept = [one.seed is None for one in judge(check, wrong)]
    assert kept == [True, False, True, False, False]
    assert len(again[0].panels) == 1 + MOST_REDRAWN
    assert [note.split(":")[0] for note in check.notes] == [f"Panel {n}" for n in (2, 3, 4, 5)]
    assert check.notes[1].endswith("it was left, since others had drifted more.")


def test_where_nothing_has_drifted_nothing_is_drawn(
    story: tuple[DiffusionModel, RenderPlan, list[Image.Image]],
) -> None:
    model, plan, pictures = story
    check, again = checking(model, plan, least=0.01)
    assert check.begin(pictures) is None
    assert not again
    assert check.notes == ()


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
