"""Previews of a story and variations of a page, as a member lives them."""

from typing import Any

from bot.client import Inkthread
from bot.sandbox.member import Member
from bot.sandbox.server import Sandbox
from tests.bot.e2e.reading import answer, buttons, gallery, is_page, text
from tests.bot.e2e.scripted import ScriptedStudio, StartBot, picture
from tests.bot.e2e.test_card import card_saying
from tests.bot.e2e.test_pages import page
from tests.bot.e2e.test_story import start

Json = dict[str, Any]


def is_preview(message: Json) -> bool:
    return "Draw it like this" in buttons(message)


async def test_a_preview_takes_its_progress_messages_place_and_is_drawn_whole(
    ada: Member, bot: Inkthread, start_bot: StartBot, studio: ScriptedStudio
) -> None:
    thread = await start(ada)
    await ada.command("/story line", thread, text="rain [NC]")
    card = await card_saying(ada, thread, "Ready to draw")
    told = await answer(ada, await ada.click(card, buttons(card)["Preview"]))
    assert "A quick preview is in the queue, about" in text(told)
    shown = await ada.wait_for_message(is_preview, thread)
    assert "Preview**" in text(shown)
    assert "no page yet" in text(shown)
    assert await ada.download(shown["attachments"][0]) == picture("PNG")
    first = studio.orders[0].plan
    assert first.steps == 2
    assert not any(is_page(one) for one in await ada.messages(thread))
    await ada.wait_for(lambda: alone(ada, thread))
    await bot.close()
    await start_bot()
    await ada.click(shown, buttons(shown)["Draw it like this"])
    await ada.wait_for_message(is_page, thread)
    second = studio.orders[1].plan
    assert (second.seed, second.steps) == (first.seed, 8)
    await ada.click(shown, buttons(shown)["Close"])

    async def closed() -> bool:
        return not any(is_preview(one) for one in await ada.messages(thread))

    await ada.wait_for(closed)


async def test_a_variation_is_picked_kept_and_taken_back(
    ada: Member, ben: Member, bot: Inkthread, start_bot: StartBot, studio: ScriptedStudio
) -> None:
    old = await page(ada)
    refused = await answer(ben, await ben.click(old, buttons(old)["Variations"]))
    assert "Only the member whose comic it is" in text(refused)
    await ada.click(old, buttons(old)["Variations"])
    sheet = await ada.wait_for_message(lambda one: "4" in buttons(one))
    plan = studio.orders[1].plan
    assert len(plan.variants) == 4
    assert plan.steps == 2
    assert len(gallery(sheet)) == 1
    await bot.close()
    await start_bot()
    await ada.click(sheet, buttons(sheet)["3"])
    new = await ada.wait_for_message(lambda one: "Keep this page" in buttons(one))
    drawn = studio.orders[2].plan
    assert (drawn.seed, drawn.steps) == (plan.variants[2], 8)
    pages = [one["id"] for one in await ada.messages() if is_page(one)]
    assert pages == [old["id"], new["id"]]
    await ada.click(new, buttons(new)["Keep this page"])
    await ada.wait_for(lambda: only(ada, new["id"]))
    kept = await ada.wait_for_message(
        lambda one: is_page(one) and "Keep this page" not in buttons(one)
    )
    assert kept["id"] == new["id"]
    await ada.click(kept, buttons(kept)["Go back to the old page"])
    back = await ada.wait_for_message(
        lambda one: is_page(one) and "Go back to the old page" not in buttons(one)
    )
    await ada.wait_for(lambda: only(ada, back["id"]))
    again = await answer(ada, await ada.click(sheet, buttons(sheet)["3"]))
    assert "drawn before" in text(again)
    await ada.wait_for_message(lambda one: is_page(one) and one["id"] > back["id"])
    assert len(studio.orders) == 3


async def alone(member: Member, thread: str) -> bool:
    """No progress message is left beside the preview."""
    return sum("· Preview**" in text(one) for one in await member.messages(thread)) == 1


async def only(member: Member, message_id: str) -> bool:
    return [one["id"] for one in await member.messages() if is_page(one)] == [message_id]


async def test_pictures_are_hidden_where_the_server_says_so(
    ada: Member, ben: Member, bot: Inkthread, start_bot: StartBot, sandbox: Sandbox
) -> None:
    refused = await answer(ben, await ben.command("/settings spoilers", pictures="always"))
    assert "Manage Server" in text(refused)
    await ada.command("/settings spoilers", pictures="outside")
    shown = await page(ada)
    assert gallery(shown)[0]["spoiler"]
    assert shown["attachments"][0]["filename"].startswith("SPOILER_")
    sandbox.core.world.channels[shown["channel_id"]]["nsfw"] = True
    await bot.close()
    await start_bot()
    await ada.click(shown, buttons(shown)["Redraw"])
    other = await ada.wait_for_message(lambda one: is_page(one) and one["id"] != shown["id"])
    assert not gallery(other)[0]["spoiler"]
