"""Settings, a preview and variations by clicking, narrow and wide. Screenshots are kept in .ci/out
for people to look at."""

import pytest

from bot.client import Inkthread
from bot.sandbox.member import Member
from bot.sandbox.server import Sandbox
from tests.bot.e2e.reading import is_page
from tests.bot.e2e.scripted import ScriptedStudio
from tests.bot.e2e.test_card import card_saying
from tests.bot.e2e.test_story import TITLE, start
from tests.browser import SIZES, opened, picture_of

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("size", SIZES)
async def test_a_story_is_set_up_previewed_and_varied_by_clicking(
    browser_address: str,
    sandbox: Sandbox,
    bot: Inkthread,
    ada: Member,
    studio: ScriptedStudio,
    size: str,
) -> None:
    thread = await start(ada)
    await ada.command("/story line", thread, text="a baker kneads dough [NC] #Again...")
    await card_saying(ada, thread, "Ready to draw")
    async with opened(browser_address, sandbox.url, size) as page:
        if size == "narrow":
            await page.get_by_role("button", name="Channels").first.click()
        await page.get_by_role("button", name=TITLE, exact=True).first.click()
        await page.get_by_role("button", name="Settings", exact=True).click()
        await page.get_by_text("How this story is drawn").wait_for()
        quality = page.locator("select[data-custom-id*=quality]")
        await quality.select_option("fine")
        await page.get_by_text("16 steps · seed by chance").wait_for()
        await picture_of(page, f"settings-{size}")
        await page.get_by_role("button", name="Preview", exact=True).click()
        await page.get_by_role("button", name="Draw it like this").click()
        await ada.wait_for_message(is_page, thread)
        await picture_of(page, f"preview-{size}")
        await page.get_by_role("button", name="Variations").click()
        await page.get_by_role("button", name="2", exact=True).click()
        await page.get_by_role("button", name="Keep this page").wait_for()
        await picture_of(page, f"variations-{size}")
        root = "document.documentElement"
        needed = await page.evaluate(f"[{root}.scrollWidth, {root}.scrollHeight]")
        assert tuple(needed) == SIZES[size], "only the messages scroll"
    assert [order.plan.steps for order in studio.orders] == [2, 16, 2, 16]
