"""The progress message is edited seldom, and its end is shown at once."""

import asyncio
from dataclasses import replace

from bot.client import Inkthread
from bot.locales.words import read_catalogue
from bot.rendering.board import ProgressBoard
from bot.rendering.updates import RenderUpdate
from bot.sandbox.member import Member
from bot.sandbox.server import Sandbox
from storage import renders
from storage.engine import Database
from tests.bot.e2e.reading import is_page, text
from tests.bot.e2e.test_comic import write


async def test_many_updates_are_one_message_and_the_end_does_not_wait(
    ada: Member, bot: Inkthread, database: Database, sandbox: Sandbox
) -> None:
    await write(ada)
    await ada.wait_for_message(is_page)
    await ada.wait_for_message(lambda message: "Done in" in text(message))
    async with database.session() as session:
        drawn = await renders.get(session, 1)
    sandbox.core.inspector.clear()
    board = ProgressBoard(bot, database, read_catalogue(), interval=60)
    running = replace(drawn, id=999, progress_message_id=None)  # one that nobody draws
    for step in range(8):
        await board.announce(RenderUpdate(replace(running, step=step), None, None, "running"))
        await asyncio.sleep(0)
    shown = await ada.wait_for_message(lambda message: "step" in text(message))
    await board.announce(RenderUpdate(running, None, None, "done"))
    await ada.wait_for_message(
        lambda message: message["id"] == shown["id"] and "Done in" in text(message)
    )
    await board.close()
    calls = [
        (call["method"], call["status"]) for call in sandbox.core.inspector.log if "method" in call
    ]
    assert calls.count(("POST", 200)) == 1
    assert calls.count(("PATCH", 200)) == 1
