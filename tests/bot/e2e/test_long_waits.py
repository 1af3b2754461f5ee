"""What happens while a comic waits: threads close, places and rights go."""

import pytest

from bot.client import Inkthread
from bot.sandbox.member import Member
from storage import posts, renders, schedules
from storage.engine import Database
from storage.values import PostState, RenderState
from tests.bot.e2e.reading import is_page, text
from tests.bot.e2e.scripted import ScriptedStudio, StartBot
from tests.bot.e2e.test_comic import write
from tests.bot.e2e.test_schedule import EVERY_DAY
from tests.bot.e2e.test_story import start

MANAGE_THREADS = 1 << 34
SEND_MESSAGES = 1 << 11


async def drawing_in_a_thread(member: Member, studio: ScriptedStudio) -> str:
    """A story thread whose page is being drawn, and waits for `studio.go`."""
    studio.go.clear()
    thread = await start(member)
    await member.command("/story line", thread, text="rain [NC] #Day one")
    await member.command("/story render", thread)
    await member.wait_for_message(lambda one: "step 4" in text(one), thread)
    return thread


async def state_of(database: Database, render_id: int = 1) -> RenderState:
    async with database.session() as session:
        return (await renders.get(session, render_id)).state


async def test_an_archived_thread_is_opened_again_for_its_page(
    ada: Member, studio: ScriptedStudio
) -> None:
    thread = await drawing_in_a_thread(ada, studio)
    await ada.archive(thread)
    studio.go.set()
    page = await ada.wait_for_message(is_page, thread)
    assert page["channel_id"] == thread
    assert not (await ada.channel(thread))["thread_metadata"]["archived"]


async def test_a_locked_thread_is_opened_where_the_bot_may(
    ada: Member, studio: ScriptedStudio
) -> None:
    await ada.allow("comics", MANAGE_THREADS)
    thread = await drawing_in_a_thread(ada, studio)
    await ada.archive(thread, locked=True)
    studio.go.set()
    await ada.wait_for_message(is_page, thread)


async def test_the_page_of_a_locked_thread_goes_to_its_channel_and_says_so(
    ada: Member, studio: ScriptedStudio
) -> None:
    thread = await drawing_in_a_thread(ada, studio)
    await ada.archive(thread, locked=True)
    studio.go.set()
    page = await ada.wait_for_message(is_page)
    assert f"<#{thread}> takes no more messages" in text(page)
    assert not [one for one in await ada.messages(thread) if is_page(one)]


async def test_the_page_of_a_deleted_thread_goes_nowhere(
    ada: Member, studio: ScriptedStudio, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    thread = await drawing_in_a_thread(ada, studio)
    await ada.command("/schedule add", thread, **EVERY_DAY)
    await ada.delete_channel(thread)

    async def cancelled() -> bool:
        return await state_of(database) is RenderState.CANCELLED

    await ada.wait_for(cancelled)
    studio.go.set()
    async with database.session() as session:
        assert (await schedules.get(session, 1)).next_at is None
    assert "1 drawings cancelled, 0 pages not posted, 1 schedules paused" in caplog.text
    assert not [one for one in await ada.messages() if is_page(one)]
    await write(ada)  # the bot goes on for others
    await ada.wait_for_message(is_page)


async def test_a_deleted_channel_takes_its_threads_with_it(
    ada: Member, studio: ScriptedStudio, database: Database
) -> None:
    await drawing_in_a_thread(ada, studio)
    await ada.delete_channel("comics")

    async def cancelled() -> bool:
        return await state_of(database) is RenderState.CANCELLED

    await ada.wait_for(cancelled)


@pytest.mark.parametrize("away", [False, True])
async def test_in_a_server_that_was_left_nothing_is_drawn_any_more(
    ada: Member,
    bot: Inkthread,
    start_bot: StartBot,
    studio: ScriptedStudio,
    database: Database,
    away: bool,
) -> None:
    thread = await drawing_in_a_thread(ada, studio)
    await ada.command("/schedule add", thread, **EVERY_DAY)
    if away:
        await bot.close()
    await ada.kick_bot()
    if away:
        await start_bot()

    async def cancelled() -> bool:
        return await state_of(database) is RenderState.CANCELLED

    await ada.wait_for(cancelled)
    async with database.session() as session:
        assert (await schedules.get(session, 1)).next_at is None


async def test_a_lost_permission_is_waited_for_and_the_page_comes_once(
    ada: Member, studio: ScriptedStudio, database: Database
) -> None:
    studio.go.clear()
    await write(ada)
    await ada.wait_for_message(lambda one: "step 4" in text(one))
    await ada.forbid("comics", SEND_MESSAGES)
    studio.go.set()

    async def tried() -> bool:
        async with database.session() as session:
            found = await posts.for_render(session, 1)
        return bool(found) and found[0].attempts > 0 and found[0].state is PostState.SENDING

    await ada.wait_for(tried)
    await ada.forbid("comics", 0)
    await ada.wait_for_message(is_page)
    assert sum(is_page(one) for one in await ada.messages()) == 1
