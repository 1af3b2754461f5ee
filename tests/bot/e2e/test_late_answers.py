"""Answers that come too late, or of which nobody knows whether they came: nothing that was typed is
lost, everybody who waits sees something, and nothing comes twice."""

import asyncio
import contextlib
from collections.abc import Coroutine
from typing import Any

import pytest

from bot.client import Inkthread
from bot.sandbox.member import Member
from bot.sandbox.server import Sandbox
from storage.engine import Database
from tests.bot.e2e.reading import answer, boxes, buttons, is_page, text
from tests.bot.e2e.scripted import ScriptedStudio
from tests.bot.e2e.test_card import card_saying
from tests.bot.e2e.test_comic import CAST, PANELS
from tests.bot.e2e.test_story import start


class Late:
    """What a member does meanwhile reaches the bot in time, and the answer Discord too late."""

    def __init__(self, member: Member, sandbox: Sandbox, database: Database) -> None:
        self.member, self.sandbox, self.database = member, sandbox, database

    async def does(self, deed: Coroutine[Any, Any, object]) -> None:
        known = set(self.sandbox.interactions._by_id)

        async def arrived() -> bool:
            return bool(set(self.sandbox.interactions._by_id) - known)

        async with self.database.session():  # keeps the only place at which SQLite takes writes
            waiting = asyncio.create_task(deed)
            await self.member.wait_for(arrived)
            await self.member.expire_tokens()
        waiting.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await waiting


@pytest.fixture
def late(ada: Member, sandbox: Sandbox, database: Database) -> Late:
    return Late(ada, sandbox, database)


async def test_a_line_that_could_not_be_answered_is_in_the_story_and_said_in_the_thread(
    ada: Member, late: Late
) -> None:
    thread = await start(ada)
    await late.does(ada.command("/story line", thread, text="rain [NC] #At last."))
    told = await ada.wait_for_message(lambda m: text(m).startswith("**1.** rain [NC]"), thread)
    assert not told["flags"] & 64
    await card_saying(ada, thread, "**1.** rain [NC]")


async def test_a_line_with_a_mistake_is_told_in_the_thread_and_can_be_mended_there(
    ada: Member, ben: Member, late: Late
) -> None:
    thread = await start(ada)
    await late.does(ada.command("/story line", thread, text="[Tom] kneads dough"))
    told = await ada.wait_for_message(lambda m: "> [Tom] kneads dough" in text(m), thread)
    assert text(told).startswith(f"<@{ada.id}> I kept your line")
    assert [one["id"] for one in told["mentions"]] == [ada.id]
    refused = await answer(ben, await ben.click(told, buttons(told)["Edit"]))
    assert "Only" in text(refused)
    dialog = await ada.click(told, buttons(told)["Edit"])
    assert boxes(dialog)["panels"] == "[Tom] kneads dough"
    await ada.submit_modal(dialog, panels="[NC] dough", characters="")
    await card_saying(ada, thread, "**1.** [NC] dough")


async def test_a_comic_in_a_dialog_is_drawn_all_the_same(
    ada: Member, late: Late, studio: ScriptedStudio
) -> None:
    dialog = await ada.command("/comic")
    await late.does(ada.submit_modal(dialog, characters=CAST, panels=PANELS, title="Night"))
    await ada.wait_for_message(is_page)
    told = await ada.wait_for_message(lambda m: "could not answer you in time" in text(m))
    assert text(told).startswith(f"<@{ada.id}> ")


async def test_what_is_private_is_not_shown_to_everyone(
    ada: Member, ben: Member, late: Late
) -> None:
    thread = await start(ada)
    await ada.command("/character add", thread, name="Tom", description="a secret agent")
    await late.does(ada.command("/character save", thread, name="Tom", who="owner"))
    await ben.wait_for_message(lambda m: "could not answer you in time" in text(m), thread)
    assert not [one for one in await ben.messages(thread) if "the library" in text(one)]
    listed = await answer(ada, await ada.command("/character list"))
    assert "a secret agent" in text(listed)


@pytest.mark.parametrize(
    ("command", "options"), [("/story line", {"text": "snow [NC]"}), ("/story show", {})]
)
async def test_an_answer_that_arrived_though_discord_said_it_failed_comes_once(
    ada: Member, bot: Inkthread, sandbox: Sandbox, command: str, options: dict[str, str]
) -> None:
    thread = await start(ada)
    await ada.command("/story line", thread, text="rain [NC]")
    await ada.command("/story line", thread, text="fog [NC]")
    await card_saying(ada, thread, "**2.** fog [NC]")
    sandbox.core.inspector.clear()
    await ada.faults(broken_after=1)
    said = await answer(ada, await ada.command(command, thread, **options))

    def calls() -> list[tuple[str, int]]:
        """What the bot did to the interaction, with what came of it."""
        log = [one for one in sandbox.core.inspector.log if "path" in one]
        kinds = ("callback", "/webhooks/")
        return [
            (one["method"], one["status"]) for one in log if any(k in one["path"] for k in kinds)
        ]

    async def repeated() -> bool:
        return ("POST", 400) in calls()

    await ada.wait_for(repeated)
    await ada.command("/story history", thread)  # what the bot had to say about it is said by now
    assert calls() == [("POST", 500), ("POST", 400), ("POST", 200)]
    assert sum(text(one) == text(said) for one in await ada.messages(thread)) == 1
