"""Messages older than an hour are replaced: Discord counts their edits, and refuses some."""

import pytest

from bot.client import Inkthread
from bot.sandbox.member import Member
from tests.bot.e2e.conftest import Clock
from tests.bot.e2e.reading import boxes, buttons, gallery, is_page, text
from tests.bot.e2e.scripted import ScriptedStudio, StartBot
from tests.bot.e2e.test_card import card_saying
from tests.bot.e2e.test_comic import write
from tests.bot.e2e.test_pages import choose
from tests.bot.e2e.test_story import start

TWO_HOURS, MONTHS = 7200.0, 120 * 86400.0


@pytest.fixture
def before() -> float:
    return TWO_HOURS


@pytest.fixture
def clock(before: float) -> Clock:
    """Until a test says that it is now. (It never goes back, as Discord's ids don't.)"""
    return Clock(-before)


async def test_a_page_older_than_an_hour_is_replaced_not_edited(ada: Member, clock: Clock) -> None:
    await write(ada)
    old = await ada.wait_for_message(is_page)
    await ada.wait_for_message(lambda one: "Done in" in text(one))
    clock.shift = 0.0
    await ada.faults(refuse_old_edits=True)
    dialog = await ada.click(old, buttons(old)["Edit lettering"])
    await ada.submit_modal(dialog, {"1": "Other words", "2": "", "3": ""})
    new = await ada.wait_for_message(lambda one: is_page(one) and one["id"] != old["id"])
    assert "Other words" in gallery(new)[0]["description"]

    async def alone() -> bool:
        return [one["id"] for one in await ada.messages() if is_page(one)] == [new["id"]]

    await ada.wait_for(alone)
    again = await ada.click(new, buttons(new)["Edit lettering"])
    assert "modal" in again


@pytest.mark.parametrize("waits", [True, False])
async def test_a_progress_message_older_than_an_hour_is_replaced(
    ada: Member, studio: ScriptedStudio, clock: Clock, waits: bool
) -> None:
    clock.shift = clock.shift if waits else 0.0
    studio.go.clear()
    await write(ada)
    progress = await ada.wait_for_message(lambda one: "step 4" in text(one))
    clock.shift = 0.0
    await ada.faults(refuse_old_edits=True)
    studio.go.set()
    done = await ada.wait_for_message(lambda one: "Done in" in text(one))
    assert (done["id"] != progress["id"]) is waits

    async def one_left() -> bool:
        left = [one["id"] for one in await ada.messages() if "step 4" in text(one)]
        return not left

    await ada.wait_for(one_left)


@pytest.mark.parametrize("before", [MONTHS])
async def test_months_later_everything_under_a_page_and_on_a_card_still_works(
    ada: Member, clock: Clock, bot: Inkthread, start_bot: StartBot, studio: ScriptedStudio
) -> None:
    thread = await start(ada)
    await ada.command("/story line", thread, text="rain [NC] #Day one")
    await ada.command("/story render", thread)
    old = await ada.wait_for_message(is_page, thread)
    card = await card_saying(ada, thread, "Ready to draw")
    await bot.close()
    clock.shift = 0.0
    await ada.archive(thread)
    await ada.faults(refuse_old_edits=True, cdn_gone=True)
    await start_bot()
    await choose(ada, old, "Export", "txt")
    await ada.wait_for_message(
        lambda one: [a["filename"] for a in one["attachments"]] == ["the-long-night.txt"], thread
    )
    dialog = await choose(ada, old, "Redo a panel", "1")
    await ada.submit_modal(dialog, boxes(dialog))
    await ada.wait_for_message(lambda one: len(gallery(one)) == 2, thread)
    dialog = await ada.click(old, buttons(old)["Edit lettering"])
    await ada.submit_modal(dialog, {"1": "Day two"})
    new = await ada.wait_for_message(
        lambda one: is_page(one) and "Day two" in gallery(one)[0]["description"], thread
    )
    assert new["id"] != old["id"]
    dialog = await ada.click(card, buttons(card)["Add line"])
    await ada.submit_modal(dialog, line="sun [NC]")
    newer = await card_saying(ada, thread, "**2.** sun [NC]")
    assert newer["id"] != card["id"]
