"""A bad day at Discord: nothing is lost, nothing comes twice."""

import asyncio
import io
import re

import pytest
import sqlalchemy
from PIL import Image

from bot import whispers
from bot.client import Inkthread
from bot.sandbox import uploads
from bot.sandbox.member import Member
from storage.engine import Database
from tests.bot.e2e.reading import is_page, text
from tests.bot.e2e.scripted import ScriptedStudio
from tests.bot.e2e.test_comic import CAST, PANELS, write
from tests.bot.e2e.test_story import start


async def test_events_that_come_twice_do_everything_once(
    ada: Member, studio: ScriptedStudio
) -> None:
    thread = await start(ada)
    await ada.faults(duplicate_events=True)
    for number in range(3):
        await ada.command("/story line", thread, text=f"a street, {number} [NC]")
    await write(ada)
    page = await ada.wait_for_message(is_page)
    await ada.faults(duplicate_events=False)
    shown = await ada.command("/story show", thread)
    assert "**3.**" in text(shown["message"])
    assert "**4.**" not in text(shown["message"])
    assert len(studio.orders) == 1
    assert [one["id"] for one in await ada.messages() if is_page(one)] == [page["id"]]


@pytest.mark.parametrize("fault", ["broken", "broken_after", "rate_limited"])
async def test_requests_that_fail_are_repeated_and_nothing_comes_twice(
    ada: Member, studio: ScriptedStudio, fault: str
) -> None:
    studio.go.clear()
    await write(ada)
    await ada.wait_for_message(lambda message: "step 4" in text(message))
    await ada.faults(**{fault: 2})
    studio.go.set()
    await ada.wait_for_message(is_page)
    await ada.wait_for_message(lambda message: "Done in" in text(message))
    assert sum(is_page(one) for one in await ada.messages()) == 1
    assert sum("Done in" in text(one) for one in await ada.messages()) == 1


async def test_a_dropped_connection_is_resumed_and_the_dialog_arrives(ada: Member) -> None:
    dialog = await ada.command("/comic")
    await ada.drop_gateway()
    await ada.submit_modal(dialog, characters=CAST, panels=PANELS, title="")
    await ada.wait_for_message(is_page)


async def test_a_deleted_progress_message_does_not_come_back(
    ada: Member, bot: Inkthread, studio: ScriptedStudio
) -> None:
    studio.go.clear()
    await write(ada)
    progress = await ada.wait_for_message(lambda message: "step 4" in text(message))
    channel = bot.get_partial_messageable(int(progress["channel_id"]))
    await channel.get_partial_message(int(progress["id"])).delete()
    studio.go.set()
    await ada.wait_for_message(is_page)
    assert not [one for one in await ada.messages() if "Done in" in text(one)]


async def test_a_page_that_may_not_be_posted_any_more_is_told_and_comes_when_it_may(
    ada: Member, studio: ScriptedStudio
) -> None:
    studio.go.clear()
    await write(ada)
    await ada.wait_for_message(lambda message: "step 4" in text(message))
    await ada.forbid("comics", 1 << 15)  # ATTACH_FILES, which was there when it was asked for
    studio.go.set()
    late = await ada.wait_for_message(lambda message: "could not be posted yet" in text(message))
    assert "not allowed to post here" in text(late)
    await ada.forbid("comics", 0)
    await ada.wait_for_message(is_page)
    settled = await ada.wait_for_message(
        lambda message: message["id"] == late["id"] and "not be posted" not in text(message)
    )
    assert "Done in" in text(settled)


@pytest.mark.parametrize("thinks_after", [whispers.PATIENCE])
async def test_while_the_database_is_busy_the_bot_thinks_and_then_answers(
    ada: Member, database: Database, studio: ScriptedStudio
) -> None:
    ada.patient = False
    thread = await start(ada)
    dialog = await ada.command("/comic")
    async with database.session():  # keeps the only place at which SQLite takes writes
        line = asyncio.create_task(ada.command("/story line", thread, text="rain [NC]"))
        text_boxes = {"characters": CAST, "panels": PANELS, "title": ""}
        comic = asyncio.create_task(ada.submit_modal(dialog, text_boxes))
        for waiting in (await line, await comic):
            assert waiting["type"] == 5  # deferred, with "thinking"
    await ada.wait_for_message(
        lambda message: text(message).startswith("**1.** rain [NC]\n"), thread
    )
    await ada.wait_for_message(lambda message: "is in the story" in text(message), thread)
    await ada.wait_for_message(lambda message: "in the queue: 3 panels" in text(message))
    await ada.wait_for_message(is_page)


async def test_a_fault_of_the_bot_is_apologised_for_under_the_number_in_the_log(
    ada: Member, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    async with database.session() as session:
        await session.execute(sqlalchemy.text("ALTER TABLE story RENAME TO lost"))
    answer = await ada.command("/story show")
    found = re.search(r"number (\w+)", text(answer["message"]))
    assert found is not None
    assert found[1] in caplog.text
    assert "no such table: story" in caplog.text


def noise(side: int) -> bytes:
    """A picture that no kind of file makes small."""
    buffer = io.BytesIO()
    planes = [Image.effect_noise((side, side), 90) for _ in range(3)]
    Image.merge("RGB", planes).save(buffer, "PNG")
    return buffer.getvalue()


async def test_a_page_that_is_too_large_is_posted_smaller_or_told(
    ada: Member, studio: ScriptedStudio, monkeypatch: pytest.MonkeyPatch
) -> None:
    studio.page = noise(360)
    assert len(studio.page) > 300_000
    monkeypatch.setattr(uploads, "UPLOAD_LIMIT", 150_000)  # less than the server says
    await write(ada)
    page = await ada.wait_for_message(is_page)
    (attachment,) = page["attachments"]
    assert attachment["filename"].endswith(".jpg")
    assert 100_000 < attachment["size"] <= 150_000
    monkeypatch.setattr(uploads, "UPLOAD_LIMIT", 20_000)
    await write(ada)
    await ada.wait_for_message(lambda message: "is larger than this server takes" in text(message))
    assert sum(is_page(one) for one in await ada.messages()) == 1
