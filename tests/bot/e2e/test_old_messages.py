"""Messages older than an hour are replaced: Discord counts their edits, and refuses some."""

import pytest

from bot.sandbox.member import Member
from tests.bot.e2e.conftest import Clock
from tests.bot.e2e.reading import buttons, gallery, is_page, text
from tests.bot.e2e.scripted import ScriptedStudio
from tests.bot.e2e.test_comic import write

TWO_HOURS = 7200.0


@pytest.fixture
def clock() -> Clock:
    """Until a test says that it is now. (It never goes back, as Discord's ids don't.)"""
    return Clock(-TWO_HOURS)


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
