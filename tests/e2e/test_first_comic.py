"""The main job, as a newcomer lives it: the example story, drawn by Toon, posted as one page."""

import io
from pathlib import Path

import psutil
import pytest
from PIL import Image

from bot.sandbox.member import Member
from bot.sandbox.server import Sandbox
from tests.bot.e2e.reading import gallery, is_page, text
from tests.bot.test_process import MEGABYTE, loaded
from tests.browser import in_dialog, opened, picture_of
from tests.e2e.deployment import deployed, story_parts


async def test_a_slash_command_becomes_a_posted_page_drawn_by_toon(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    async with deployed(tmp_path, sandbox.url) as bot, Member(sandbox.url) as ada:
        await bot.start()
        dialog = await ada.command("/comic", title="Tabs or spaces")
        await ada.submit_modal(dialog, {**story_parts(), "title": "Tabs or spaces"})
        page = await ada.wait_for_message(is_page, timeout=180)
        picture = Image.open(io.BytesIO(await ada.download(page["attachments"][0])))
        assert picture.width >= 1000
        assert "Tabs or spaces" in text(page)
        (item,) = gallery(page)
        for words in ("Tom is writing a piece of code", "tabs or spaces", "physical conflict"):
            assert words in item["description"]
        assert bot.process is not None
        assert loaded(bot.process.pid) == set()
        assert psutil.Process(bot.process.pid).memory_info().rss < 150 * MEGABYTE


@pytest.mark.browser
async def test_a_newcomer_makes_the_first_comic_by_clicking(
    sandbox: Sandbox, browser_address: str, tmp_path: Path
) -> None:
    async with deployed(tmp_path, sandbox.url) as bot:
        await bot.start()
        async with opened(browser_address, sandbox.url, "wide") as page:
            await page.get_by_role("button", name="Try /comic").click()
            await in_dialog(page, instead="New comic")
            await page.get_by_role("button", name="Fill in an example").click()
            await page.get_by_role("button", name="Submit").click()
            redraw = page.get_by_role("button", name="Redraw")
            await redraw.wait_for(timeout=180_000)
            await page.get_by_text("Done in").wait_for()
            await picture_of(page, "first-comic")
            drawn = page.get_by_role("button", name="Enlarge: ")
            assert "Tom is writing a piece of code" in await drawn.get_attribute("aria-label")
            await drawn.click()
            await picture_of(page, "first-comic-enlarged")
