"""What the progress message says: pure functions of updates and times."""

from dataclasses import dataclass

from discord.utils import escape_markdown

from bot.locales.durations import duration
from bot.locales.words import Words
from bot.reasons import reason_text
from bot.rendering.updates import RenderUpdate
from generation.script.plan import RenderPlan

BAR = 12  # cells; fits one line on a phone
FULL, EMPTY = "▰", "▱"
SHOWN_STRANGE = 12  # numbers of panels in strange words; more would be a list to read
MOMENT = 3.0  # seconds; less is not worth a figure
STEPS_TO_MEASURE = 3  # the first steps are slower than the rest


@dataclass(frozen=True, slots=True)
class Pace:
    """Where the clock of an attempt started: the step it began with (not 0 when it goes on from a
    checkpoint), and when the first step after that began. Seconds of any clock."""

    attempt: int
    step: int
    began: float

    @staticmethod
    def after(before: "Pace | None", update: RenderUpdate, now: float) -> "Pace":
        """The pace after an update: a new attempt starts the clock, and so does anything before
        its first step, which takes time for other things."""
        attempt, step = update.render.attempt, update.render.step
        if before is None or before.attempt != attempt or step <= before.step:
            return Pace(attempt, step, now)
        return before

    def seconds_left(self, update: RenderUpdate, now: float) -> int | None:
        """None until it can be told."""
        done, left = update.render.step - self.step, update.render.steps - update.render.step
        if done < STEPS_TO_MEASURE or left <= 0:
            return None
        return max(1, round((now - self.began) / done * left))


def progress_text(update: RenderUpdate, words: Words, seconds_left: int | None = None) -> str:
    """Title, and below it where the render is: its place, step, time left, or how it ended."""
    plan = RenderPlan.from_json(update.render.plan)
    line = " · " if update.kind == "done" else "\n"  # the page below has the title too
    title = escape_markdown(plan.title)
    if plan.clip is not None:
        title = words("clip.title", title=title)
    kind = "progress" if plan.clip is None else "clip"
    text = f"**{title}**{line}{_state(update, words, seconds_left, kind)}"
    if not plan.strange:
        return text
    numbers = ", ".join(map(str, plan.strange[:SHOWN_STRANGE]))
    more = "…" if len(plan.strange) > SHOWN_STRANGE else ""
    return f"{text}\n-# {words('progress.strange', panels=numbers + more)}"


def preview_text(update: RenderUpdate, words: Words) -> str:
    """What the picture below shows, for those who don't see it."""
    clip = RenderPlan.from_json(update.render.plan).clip
    return words("progress.preview" if clip is None else "clip.preview")


def step_bar(step: int, steps: int) -> str:
    """`▰▰▰▱▱▱`, full exactly when all steps are done."""
    cells = BAR * step // steps if steps else 0
    return FULL * cells + EMPTY * (BAR - cells)


def _state(update: RenderUpdate, words: Words, seconds_left: int | None, kind: str) -> str:
    """`kind`: the table of the message catalogue that has what differs."""
    render = update.render
    if update.kind == "queued":
        return _queued(update, words)
    if update.kind == "running":
        return _drawing(update, words, seconds_left, kind)
    if update.kind == "done":
        return _done(update, words, kind)
    if update.kind == "cancelled":
        return words("progress.cancelled")
    assert render.reason is not None  # as the database demands of what failed
    return words(f"{kind}.failed", reason=reason_text(render.reason, words))


def _queued(update: RenderUpdate, words: Words) -> str:
    ahead = (update.place or 1) - 1
    text = words("progress.next") if ahead == 0 else words("progress.queued", ahead=ahead)
    if update.wait is None or (ahead == 0 and update.wait < MOMENT):
        return text
    time = duration(update.wait, words)
    if ahead == 0:
        return words("progress.next_in", time=time)
    return words("progress.queued_for", ahead=ahead, time=time)


def _drawing(update: RenderUpdate, words: Words, seconds_left: int | None, kind: str) -> str:
    render = update.render
    bar = step_bar(render.step, render.steps)
    if render.step >= render.steps:
        return f"{bar} {words(f'{kind}.lettering')}"
    text = f"{bar} {words('progress.step', step=render.step, steps=render.steps)}"
    if seconds_left is None:
        return text
    return f"{text} · {words('progress.left', time=duration(seconds_left, words))}"


def _done(update: RenderUpdate, words: Words, kind: str) -> str:
    text = words("progress.done", time=duration(_seconds_taken(update), words))
    if update.trouble is None:
        return text
    key = f"{kind}.lost" if update.lost else f"{kind}.late"
    return f"{text}\n{words(key, reason=reason_text(update.trouble, words))}"


def _seconds_taken(update: RenderUpdate) -> int:
    """From the claim of the last attempt to the page, as the member waited."""
    render = update.render
    if render.started_at is None or render.finished_at is None:
        return 1
    return max(1, round((render.finished_at - render.started_at).total_seconds()))
