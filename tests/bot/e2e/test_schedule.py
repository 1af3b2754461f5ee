"""`/schedule`, from the command to the posted episode."""

from datetime import timedelta

import pytest
import sqlalchemy

from bot.client import Inkthread
from bot.sandbox.member import Member
from bot.sandbox.server import Sandbox
from storage.columns import now
from storage.engine import Database
from tests.bot.e2e.reading import answer, buttons, is_page, text
from tests.bot.e2e.scripted import ScriptedStudio, StartBot
from tests.bot.e2e.test_story import start

EVERY_DAY = {"repeat": "daily", "zone": "Europe/Berlin", "time": "18:30"}


async def make_due(database: Database, late: timedelta) -> None:
    """As if so much time had passed."""
    async with database.session() as session:
        await session.execute(
            sqlalchemy.text("UPDATE schedule SET next_at = :at"),
            {"at": f"{now() - late:%Y-%m-%d %H:%M:%S.%f}"},
        )


async def test_a_schedule_shows_its_next_dates_and_posts_what_was_written(
    ada: Member, bot: Inkthread, start_bot: StartBot, database: Database, studio: ScriptedStudio
) -> None:
    thread = await start(ada)
    await ada.command("/story line", thread, text="rain [NC] #Day one")
    answer = await ada.command("/schedule add", thread, **EVERY_DAY)
    assert "30 18 * * * Europe/Berlin" in text(answer["message"])
    assert text(answer["message"]).count("<t:") == 5
    await make_due(database, timedelta(days=1, hours=3))
    await bot.close()  # it was away, and comes back
    await start_bot()
    page = await ada.wait_for_message(is_page, thread)
    assert "The long night #1" in text(page)
    assert "planned for <t:" in text(page)
    assert f"scheduled by <@{ada.id}>" in text(page)
    assert studio.orders[0].plan.title == "The long night #1"
    listed = await ada.command("/schedule list", thread)
    assert "last time: drawn" in text(listed["message"])


async def test_run_now_pause_resume_and_delete(ada: Member, studio: ScriptedStudio) -> None:
    thread = await start(ada)
    await ada.command("/schedule add", thread, **EVERY_DAY)
    nothing = await ada.command("/schedule run", thread, schedule=1)
    assert "Nothing to draw" in text(nothing["message"])
    await ada.command("/story line", thread, text="rain [NC] #Day one")
    running = await ada.command("/schedule run", thread, schedule=1)
    assert "in the queue" in text(running["message"])
    page = await ada.wait_for_message(is_page, thread)
    assert "planned for" not in text(page)
    paused = await ada.command("/schedule pause", thread, schedule=1)
    assert "/schedule resume" in text(paused["message"])
    assert "paused" in text((await ada.command("/schedule list", thread))["message"])
    going = await ada.command("/schedule resume", thread, schedule=1)
    assert text(going["message"]).count("<t:") == 5
    await ada.command("/schedule delete", thread, schedule=1)
    none = await ada.command("/schedule list", thread)
    assert "no schedule" in text(none["message"])
    gone = await ada.command("/schedule run", thread, schedule=1)
    assert "can't find that schedule" in text(gone["message"])


async def test_lines_that_can_not_be_drawn_are_named_in_the_list_and_when_run(
    ada: Member, database: Database, bot: Inkthread, sandbox: Sandbox
) -> None:
    thread = await start(ada)
    await ada.command("/character add", thread, name="Tom", description="a baker")
    await ada.command("/story line", thread, text="[Tom] kneads")
    told = await answer(ada, await ada.command("/character remove", thread, name="Tom"))
    await ada.click(told, buttons(told)["Remove anyway"])
    await ada.command("/schedule add", thread, **EVERY_DAY)
    failed = await ada.command("/schedule run", thread, schedule=1)
    assert "these lines of the story have mistakes: 1." in text(failed["message"])
    await make_due(database, timedelta(hours=1))
    await bot.services.sweep.sweep()
    sandbox.core.locales[ada.id] = "zh-CN"
    listed = await ada.command("/schedule list", thread)
    assert "上一次没能画成：故事里这些行有错误：1。" in text(listed["message"])


async def test_zones_stories_and_schedules_are_offered_while_typing(ada: Member) -> None:
    thread = await start(ada)
    zones = await ada.autocomplete("/schedule add", "zone", thread, zone="new y")
    assert zones[0]["value"] == "America/New_York"
    found = await ada.autocomplete("/schedule add", "story", story="long")
    assert [one["name"] for one in found] == ["The long night"]
    answer = await ada.command("/schedule add", story=found[0]["value"], **EVERY_DAY)
    assert "The long night" in text(answer["message"])
    listed = await ada.autocomplete("/schedule pause", "schedule", schedule="")
    assert [one["value"] for one in listed] == [1]


@pytest.mark.parametrize(
    ("options", "reply"),
    [
        ({"time": "noon"}, "no time that I can read"),
        ({"zone": "Mars"}, "I don't know the time zone"),
        ({"repeat": "cron", "cron": "0 0 30 2 *"}, "no cron text"),
        ({"repeat": "cron", "cron": "* * * * *"}, "more often than once an hour"),
    ],
)
async def test_what_cannot_be_scheduled_is_told_in_a_sentence(
    ada: Member, options: dict[str, str], reply: str
) -> None:
    thread = await start(ada)
    answer = await ada.command("/schedule add", thread, **{**EVERY_DAY, **options})
    assert reply in text(answer["message"])


async def test_only_the_owner_or_a_moderator_schedules(ada: Member, ben: Member) -> None:
    thread = await start(ada)
    refused = await ben.command("/schedule add", thread, **EVERY_DAY)
    assert "or a moderator" in text(refused["message"])
    await ada.command("/schedule add", thread, **EVERY_DAY)
    refused = await ben.command("/schedule delete", thread, schedule=1)
    assert "or a moderator" in text(refused["message"])
    nowhere = await ada.command("/schedule add", **EVERY_DAY)
    assert "no story in this channel" in text(nowhere["message"])
