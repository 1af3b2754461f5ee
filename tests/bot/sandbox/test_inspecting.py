"""The page's activity: what was said in a call or an event, and whether Discord would say so."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bot.sandbox.inspecting import Inspector, NoDocument
from bot.sandbox.member import Member
from bot.sandbox.server import Sandbox
from tests.bot.sandbox.bots import Client, running
from tests.bot.sandbox.openapi import DOCUMENT, document
from tests.browser import SIZES, opened, picture_of

if TYPE_CHECKING:
    from playwright.async_api import Route


async def test_events_are_held_against_the_types_of_discord_py() -> None:
    log = Inspector()
    log.note_event("MESSAGE_DELETE", {"channel_id": "1"})
    log.note_event("SOMETHING_NEW", {})
    wrong, unknown = [await log.inspect(entry["number"]) for entry in log.log]
    assert wrong["problems"] == [".id: missing"]
    assert wrong["event"] == {"channel_id": "1"}
    assert unknown["problems"] is None
    assert "no type" in unknown["note"]


async def test_calls_are_held_against_discords_document_where_there_is_one() -> None:
    document()  # skips, visibly, where it is not
    call = {"method": "POST", "path": "/channels/1/messages", "status": 200}
    for log in (Inspector(), Inspector(DOCUMENT)):
        log.note_call(call, {"tts": "no"}, {})
        found = await log.inspect(1)
        assert found["request"] == {"tts": "no"}
        if log.checks:
            assert any("tts" in problem for problem in found["problems"])
        else:
            assert (found["problems"], "--document" in found["note"]) == (None, True)


def test_what_is_no_document_is_refused_with_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(NoDocument, match="can't be read"):
        Inspector(tmp_path / "away.json")
    (tmp_path / "other.json").write_text("{}")
    with pytest.raises(NoDocument, match=r"not Discord's openapi\.json"):
        Inspector(tmp_path / "other.json")


@pytest.mark.browser
@pytest.mark.parametrize("size", SIZES)
async def test_the_page_shows_each_call_and_event_with_its_check(
    browser_address: str, size: str
) -> None:
    path = DOCUMENT if DOCUMENT.is_file() else None
    client = Client()
    async with (
        Sandbox(document=path) as sandbox,
        running(client, sandbox),
        Member(sandbox.url) as ada,
        opened(browser_address, sandbox.url, size) as page,
    ):
        await page.get_by_label("Show activity and faults").click()
        await client.comics.send("a page")
        await ada.say("hello")
        line = page.locator("details", has_text="POST /channels/").first
        await line.locator(".check:not(:text('…'))").wait_for()
        assert await line.locator(".check").inner_text() == ("✓" if path else "–")
        event = page.locator("details", has_text="→ MESSAGE_CREATE").first
        await event.locator(".check.fits").wait_for()
        await line.locator("summary").click()
        await line.get_by_text('"content": "a page"').first.wait_for()
        await picture_of(page, f"sandbox-activity-{size}")


@pytest.mark.browser
async def test_what_is_said_while_the_log_is_on_its_way_is_shown_too(browser_address: str) -> None:
    client = Client()
    async with (
        Sandbox() as sandbox,
        running(client, sandbox),
        Member(sandbox.url) as ada,
        opened(browser_address, sandbox.url, next(iter(SIZES))) as page,
    ):
        await ada.say("before")

        async def late(route: "Route") -> None:
            """The log as it was before a call that the page is told of before it has the log."""
            log = await route.fetch()
            await client.comics.send("meanwhile")
            await ada.say("after")
            await page.get_by_text("after").wait_for()
            await route.fulfill(response=log)

        await page.route("**/log", late)
        await page.get_by_label("Show activity and faults").click()
        line = page.locator("details", has_text="POST /channels/")
        await line.first.wait_for()
        assert await line.count() == 1
        assert await page.locator("details", has_text="→ MESSAGE_CREATE").count() == 3
