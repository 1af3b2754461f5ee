"""How schedules read in a message. Dates are Discord's timestamps: everyone sees their own time."""

from collections.abc import Sequence
from datetime import datetime

from discord.utils import escape_markdown

from bot.locales.words import Words
from bot.reasons import reason_text
from storage.values import Occurrence, Schedule, Story


def date_text(moment: datetime) -> str:
    """https://docs.discord.com/developers/reference#message-formatting-timestamp-styles"""
    return f"<t:{int(moment.timestamp())}:f>"


def schedule_text(schedule: Schedule, story: Story, dates: Sequence[datetime], words: Words) -> str:
    listed = "\n".join(f"- {date_text(date)}" for date in dates)
    return words(
        "schedule.added",
        title=escape_markdown(story.title),
        rule=rule_text(schedule),
        channel=f"<#{schedule.channel_id}>",
        dates=listed,
    )


def list_text(found: Sequence[tuple[Schedule, Story, Occurrence | None]], words: Words) -> str:
    if not found:
        return words("schedule.none")
    return "\n".join([words("schedule.list"), *(_line(*one, words) for one in found)])


def choice_text(schedule: Schedule, story: Story) -> str:
    return f"{schedule.id} · {story.title} · {rule_text(schedule)}"


def rule_text(schedule: Schedule) -> str:
    return f"{schedule.cron} {schedule.zone}"


def _line(schedule: Schedule, story: Story, latest: Occurrence | None, words: Words) -> str:
    when = (
        words("schedule.paused")
        if schedule.next_at is None
        else words("schedule.next", date=date_text(schedule.next_at))
    )
    line = (
        f"**{schedule.id}.** {escape_markdown(story.title)[:60]} · <#{schedule.channel_id}>"
        f" · {when}"
    )
    if latest is None:
        return line
    if latest.reason is not None:
        reason = reason_text(latest.reason, words)
        return f"{line} · {words('schedule.last_failed', reason=reason)}"
    outcome = "drawn" if latest.render_id else "empty"
    return f"{line} · {words(f'schedule.last_{outcome}')}"
