"""What only the bot's real process shows, with its worker and few steps: pages that change, long
waits, help, and a cast that looks the same to the pixel. (`test_by_clicking.py` has the rest.)"""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from bot.bench.stage import Stage, staged
from bot.sandbox.member import Member
from tests.bot.e2e.reading import answer, boxes, buttons, gallery, is_page, text
from tests.bot.e2e.test_card import card_saying
from tests.bot.e2e.test_pages import choose, is_comparison
from tests.quick_toon import quick_toon

pytestmark = pytest.mark.asyncio(loop_scope="module")

Json = dict[str, Any]
PATIENT = 30.0  # seconds; Discord's 3 would make these tests depend on how busy the machine is
LONG = 300.0  # seconds; a drawing on a busy machine
TOM = {"name": "Tom", "description": "a tired baker with a white cap"}


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def stage(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    quick = quick_toon(tmp_path_factory.mktemp("models"))
    async with staged(tmp_path_factory.mktemp("bot"), quick, PATIENT) as stage:
        yield stage


@pytest_asyncio.fixture(loop_scope="module")
async def ada(stage: Stage) -> AsyncIterator[Member]:
    async with Member(stage.sandbox.url) as ada:
        yield ada


async def story(stage: Stage, ada: Member, title: str, *lines: str, cast: bool = True) -> str:
    """A thread of Ada's with these lines; its id."""
    thread = await stage.open_story(ada.id, title)
    if cast:
        await ada.command("/character add", thread, **TOM)
    for line in lines:
        await ada.command("/story line", thread, text=line)
    await card_saying(ada, thread, f"**{len(lines)}.**") if lines else None
    return thread


async def drawn(ada: Member, thread: str) -> Json:
    await ada.command("/story render", thread)
    return await ada.wait_for_message(is_page, thread, LONG)


def sheets(stage: Stage, thread: str) -> list[str]:
    """Keys of the pictures that were drawn to be looked at alone, of the newest render there."""
    query = """SELECT p.artifact FROM rendered_panel p JOIN render r ON r.id = p.render_id
        WHERE r.id = (SELECT max(id) FROM render WHERE channel_id = ?)
        AND json_extract(r.plan, '$.panels[' || p.position || '].number') IS NULL"""
    return [str(key) for (key,) in stage.ask(query, int(thread))]


async def test_a_kept_character_is_drawn_from_the_same_picture_in_another_story(
    stage: Stage, ada: Member
) -> None:
    home = await story(stage, ada, "Home", "[Tom] kneads dough", "[Tom] sleeps")
    await drawn(ada, home)
    (first,) = sheets(stage, home)
    await ada.command("/character save", home, name="Tom")
    away = await story(stage, ada, "Away", cast=False)
    await ada.command("/character use", away, name="Tom")
    for line in ("[Tom] in the street", "[Tom] smiles"):
        await ada.command("/story line", away, text=line)
    await drawn(ada, away)
    assert sheets(stage, away) == [first]


async def test_a_page_is_lettered_redrawn_exported_and_deleted(stage: Stage, ada: Member) -> None:
    lines = ("[Tom] kneads dough #Tom: Again...", "[Tom] sleeps #At last")
    thread = await story(stage, ada, "Changed", *lines)
    shown = await drawn(ada, thread)
    dialog = await ada.click(shown, buttons(shown)["Edit lettering"])
    await ada.submit_modal(dialog, {**boxes(dialog), "2": "Not yet"})
    await ada.wait_for_message(
        lambda one: is_page(one) and "Not yet" in gallery(one)[0]["description"], thread, LONG
    )
    dialog = await choose(ada, shown, "Redo a panel", "1")
    await ada.submit_modal(dialog, boxes(dialog))
    compared = await ada.wait_for_message(is_comparison, thread, LONG)
    await ada.click(compared, buttons(compared)["Keep the new one"])
    await choose(ada, shown, "Export", "cbz")
    book = await ada.wait_for_message(
        lambda one: [a["filename"] for a in one["attachments"]] == ["changed.cbz"], thread, LONG
    )
    assert (await ada.download(book["attachments"][0])).startswith(b"PK")
    asked = await answer(ada, await ada.click(shown, buttons(shown)["Delete"]))
    await ada.click(asked, buttons(asked)["Delete it"])

    async def gone() -> bool:
        return not any(is_page(one) for one in await ada.messages(thread))

    await ada.wait_for(gone)


async def test_a_page_comes_though_its_interaction_is_long_over_and_its_thread_closed(
    stage: Stage, ada: Member
) -> None:
    thread = await story(stage, ada, "Long", "[Tom] kneads dough", "[Tom] sleeps")
    await ada.command("/story render", thread)
    await ada.expire_tokens()
    await ada.archive(thread)
    page = await ada.wait_for_message(is_page, thread, LONG)
    assert page["channel_id"] == thread
    await ada.wait_for_message(lambda one: "Done in" in text(one), thread)


async def test_the_page_of_a_thread_that_is_deleted_goes_nowhere_and_the_log_says_so(
    stage: Stage, ada: Member
) -> None:
    thread = await story(stage, ada, "Gone", "[Tom] kneads dough", "[Tom] sleeps")
    await ada.command("/story render", thread)
    (number,) = stage.ask("SELECT max(id) FROM render WHERE channel_id = ?", int(thread))[0]
    await ada.delete_channel(thread)
    cancelled = "SELECT 1 FROM render WHERE id = ? AND state = 'cancelled'"
    await stage.until("its end", lambda: stage.ask(cancelled, number), LONG)
    pages = [one for one in stage.messages(stage.channel) if is_page(one)]
    assert not [one for one in pages if "Gone" in text(one)]
    log = (stage.folder / "bot.log").read_text()
    assert f"Channel {thread} was deleted: 1 drawings cancelled" in log


async def test_help_is_for_the_member_alone_and_names_what_the_bot_lacks(
    stage: Stage, ada: Member
) -> None:
    stage.sandbox.core.locales[ada.id] = "zh-CN"
    await ada.forbid("lounge", 1 << 15)  # ATTACH_FILES
    helped = await answer(ada, await ada.command("/help", "lounge"))
    assert helped["flags"] & 64
    assert "- **添加附件**: 页面是我附上的图片。" in text(helped)
