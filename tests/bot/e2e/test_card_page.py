"""A story written in a real browser with the card's buttons, wide and narrow.

Screenshots are kept in .ci/out for people to look at.
"""

import pytest

from bot.client import Inkthread
from bot.sandbox.member import Member
from bot.sandbox.server import Sandbox
from tests.bot.e2e.reading import is_page, text
from tests.bot.e2e.test_card import card_saying
from tests.bot.e2e.test_story import TITLE, start
from tests.browser import SIZES, opened, picture_of

pytestmark = pytest.mark.browser

LINE = "[Tom] kneads dough #Tom: Again... | 4 a.m."


@pytest.mark.parametrize("size", SIZES)
async def test_a_story_is_written_by_clicking_on_its_card(
    browser_address: str, sandbox: Sandbox, bot: Inkthread, ada: Member, ben: Member, size: str
) -> None:
    thread = await start(ada)
    await card_saying(ada, thread)
    async with opened(browser_address, sandbox.url, size) as page:
        if size == "narrow":
            await page.get_by_role("button", name="Channels").first.click()
        await page.get_by_role("button", name=TITLE, exact=True).first.click()
        await page.get_by_role("button", name="Add character").wait_for()
        await picture_of(page, f"card-empty-{size}")
        await page.get_by_role("button", name="Add character").click()
        await page.get_by_role("textbox", name="Name").fill("Tom")
        await page.get_by_role("textbox", name="Looks").fill(
            "a tired baker with a white cap and round glasses"
        )
        await picture_of(page, f"card-character-{size}")
        await page.get_by_role("button", name="Submit").click()
        await page.get_by_text("New in the cast: [Tom] a").first.wait_for()
        await page.get_by_role("button", name="Add line").click()
        await page.get_by_role("textbox", name="Line").fill(
            "[Tom] kneads dough #Tom: Again... | 4 a.m."
        )
        await page.get_by_role("button", name="Submit").click()
        await page.get_by_text("In the picture").first.wait_for()
        await ben.command("/story line", thread, text="[Tim] falls asleep on the flour")
        await ben.command("/story line", thread, text="[Tom] falls asleep on the flour #Zzz")
        await card_saying(ada, thread, "2 panels, about")
        await page.get_by_role("button", name="Edit", exact=True).click()
        await page.get_by_text("What would you like to change?").wait_for()
        await picture_of(page, f"card-edit-{size}")
        await page.get_by_role("button", name="Render", exact=True).click()
        await ada.wait_for_message(is_page, thread)
        await page.get_by_text("Done in").wait_for()
        root = "document.documentElement"
        needed = await page.evaluate(f"[{root}.scrollWidth, {root}.scrollHeight]")
        assert tuple(needed) == SIZES[size], "only the messages scroll"
        await picture_of(page, f"card-drawn-{size}")
    card = await card_saying(ada, thread, "**2.** [Tom] falls asleep")
    assert f"<@{ben.id}>" in text(card)


@pytest.mark.parametrize("size", SIZES)
async def test_a_full_card_is_paged_by_clicking(
    browser_address: str, sandbox: Sandbox, bot: Inkthread, ada: Member, ben: Member, size: str
) -> None:
    thread = await start(ada)
    for name in ("Tom", "Lisa", "Dr. Möbius", "小明"):
        looks = "a tired baker with a white cap, round glasses and flour all over the apron"
        await ada.command("/character add", thread, name=name, description=looks)
    lines = "\n".join(
        f"[Tom] and [Lisa] in street {number}, running through heavy rain #Lisa: Faster! | {number}"
        for number in range(1, 61)
    )
    file = await ada.upload("long.txt", lines.encode())
    await ada.command("/story import", thread, file=file["id"])
    await card_saying(ada, thread, "51 to 60 of 60")
    async with opened(browser_address, sandbox.url, size) as page:
        if size == "narrow":
            await page.get_by_role("button", name="Channels").first.click()
        await page.get_by_role("button", name=TITLE, exact=True).first.click()
        await page.get_by_role("button", name="◀").click()
        await page.get_by_text("Panels 41 to 50 of 60").wait_for()
        await page.get_by_role("button", name="◀").scroll_into_view_if_needed()
        await picture_of(page, f"card-full-{size}")
