"""The progress message's text."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.locales.words import Words, read_catalogue
from bot.rendering.progress import Pace, progress_text, step_bar
from bot.rendering.updates import Kind, RenderUpdate
from generation.script.plan import RenderPlan
from storage.reasons import told
from storage.values import Render, RenderState

BEGIN = datetime(2025, 3, 1, 12, 0, tzinfo=UTC)
PLAN = RenderPlan("Tabs *or* spaces", "toon", "comic", 128, 128, 30, 5.0, 1, 0.5, 0.0, 4, ())
RENDER = Render(
    id=5,
    story_id=1,
    guild_id=2,
    channel_id=3,
    user_id=4,
    state=RenderState.RUNNING,
    lane=1,
    attempt=1,
    plan=PLAN.to_json(),
    step=0,
    steps=30,
    progress_message_id=None,
    checkpoint=None,
    reason=None,
    created_at=BEGIN,
    started_at=BEGIN,
    finished_at=None,
)
TITLE = r"**Tabs \*or\* spaces**"


@pytest.fixture
def words() -> Words:
    return read_catalogue().words("en")


def update(kind: Kind, place: int | None = None, **changes: object) -> RenderUpdate:
    return RenderUpdate(replace(RENDER, **changes), place, None, kind)  # type: ignore[arg-type]


def text(words: Words, kind: Kind, place: int | None = None, **changes: object) -> str:
    return progress_text(update(kind, place, **changes), words)


def paced(*steps: tuple[int, float], attempt: int = 1, before: Pace | None = None) -> Pace:
    """The pace after updates of one attempt: (step, seconds)."""
    pace = before
    for step, seconds in steps:
        pace = Pace.after(pace, update("running", step=step, attempt=attempt), seconds)
    assert pace is not None
    return pace


def test_a_waiting_render_says_how_many_come_before_it(words: Words) -> None:
    assert text(words, "queued", place=3) == f"{TITLE}\nIn the queue: 2 before it."
    assert text(words, "queued", place=1).endswith("Next in the queue: drawing begins in a moment.")


def test_a_running_render_shows_bar_step_and_time_left(words: Words) -> None:
    running = update("running", step=10)
    assert progress_text(running, words, 10) == (
        f"{TITLE}\n▰▰▰▰▱▱▱▱▱▱▱▱ step 10 of 30 · about 10 s left"
    )
    assert progress_text(running, words).endswith("step 10 of 30")


def test_panels_in_words_the_model_hardly_knows_are_named(words: Words) -> None:
    strange = replace(PLAN, strange=tuple(range(2, 20))).to_json()
    told = text(words, "queued", place=1, plan=strange)
    assert "knows few words of panel 2, 3, 4," in told
    assert "13…" in told
    assert "knows few words" not in text(words, "queued", place=1)


def test_time_left_is_measured_from_the_first_step_on(words: Words) -> None:
    pace = paced((0, 0.0), (0, 20.0), (1, 21.0), (5, 25.0))  # 20 s of loading
    assert pace.seconds_left(update("running", step=5), 25.0) == 25


def test_no_time_is_promised_before_it_is_measured(words: Words) -> None:
    assert paced((0, 0.0), (2, 2.0)).seconds_left(update("running", step=2), 2.0) is None


def test_an_attempt_that_goes_on_from_a_checkpoint_counts_its_own_steps(words: Words) -> None:
    first = paced((0, 0.0), (20, 20.0))
    second = paced((20, 100.0), (24, 108.0), attempt=2, before=first)
    resumed = update("running", step=24, attempt=2)
    assert second.seconds_left(resumed, 108.0) == 12


def test_after_the_last_step_it_letters_the_page(words: Words) -> None:
    assert text(words, "running", step=30).endswith("drawn, now lettering the page")


def test_the_end_is_short(words: Words) -> None:
    ended = {"finished_at": BEGIN + timedelta(seconds=14.2)}
    assert text(words, "done", **ended) == f"{TITLE} · Done in 14 s."
    assert "the story is kept" in text(words, "cancelled")
    assert "Out of memory." in text(words, "failed", reason=told("Out of memory."))


@pytest.mark.parametrize("step", range(31))
def test_the_bar_is_full_exactly_at_the_end(step: int) -> None:
    bar = step_bar(step, 30)
    assert len(bar) == 12
    assert ("▱" not in bar) == (step == 30)


@pytest.mark.parametrize(("lost", "says"), [(False, "I keep trying"), (True, "story is kept")])
def test_a_page_that_is_not_posted_is_told_with_the_reason(
    words: Words, lost: bool, says: str
) -> None:
    shown = progress_text(replace(update("done"), trouble=told("no *room*"), lost=lost), words)
    assert r"no \*room\*" in shown
    assert says in shown


@pytest.mark.parametrize(
    ("place", "wait", "says"),
    [
        (3, 40.0, "In the queue: 2 before it, about 40 s."),
        (1, 600.0, "Next in the queue: drawing begins in about 10 min."),
        (1, 0.0, "Next in the queue: drawing begins in a moment."),
    ],
)
def test_a_waiting_render_says_how_long_it_waits(
    words: Words, place: int, wait: float, says: str
) -> None:
    assert progress_text(replace(update("queued", place), wait=wait), words).endswith(says)
