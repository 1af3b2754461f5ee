"""Whoever was drawn once looks the same from then on: in the story, in other stories, redrawn."""

from typing import Any

from bot.client import Inkthread
from bot.sandbox.member import Member
from generation.script.casting import Sheet, sheets_of
from tests.bot.e2e.reading import answer, buttons, is_page
from tests.bot.e2e.scripted import ScriptedStudio, StartBot
from tests.bot.e2e.test_card import card_saying
from tests.bot.e2e.test_characters import painted
from tests.bot.e2e.test_story import start

Json = dict[str, Any]
TOM = {"name": "Tom", "description": "a tired baker"}


async def drawn(member: Member, thread: str, before: Json | None = None) -> Json:
    """The next page in the thread."""
    last = int(before["id"]) if before else 0
    return await member.wait_for_message(lambda m: is_page(m) and int(m["id"]) > last, thread)


def tom(studio: ScriptedStudio, at: int = -1, name: str = "Tom") -> Sheet:
    """How he was drawn by that order."""
    return sheets_of(studio.orders[at].plan)[name]


async def test_the_cast_looks_the_same_in_the_next_comic_of_its_story(
    ada: Member, bot: Inkthread, start_bot: StartBot, studio: ScriptedStudio
) -> None:
    thread = await start(ada)
    await ada.command("/character add", thread, **TOM)
    for text in ("[Tom] kneads", "[Tom] sleeps"):
        await ada.command("/story line", thread, text=text)
    await ada.command("/story render", thread)
    first = await drawn(ada, thread)
    await bot.close()
    await start_bot()
    await ada.command("/story line", thread, text="[Tom] wakes up")
    await ada.command("/character edit", thread, name="Tom")
    await ada.command("/story render", thread)
    second = await drawn(ada, thread, first)
    assert tom(studio, 1) == tom(studio, 0)
    hidden = [one for one in studio.orders[1].plan.panels if one.number is None]
    assert [one.seed for one in hidden] == [one.seed for one in tom(studio, 0).panels]
    await ada.click(second, buttons(second)["Redraw"])
    await drawn(ada, thread, second)
    plans = [order.plan for order in studio.orders]
    assert plans[2].seed != plans[1].seed
    assert plans[2].panels[0].seed != plans[1].panels[0].seed
    assert tom(studio, 2) == tom(studio, 0)


async def test_a_renamed_character_keeps_its_looks_and_its_old_name_too(
    ada: Member, studio: ScriptedStudio
) -> None:
    thread = await start(ada)
    await ada.command("/character add", thread, **TOM)
    await ada.command("/story line", thread, text="[Tom] kneads")
    await ada.command("/story render", thread)
    first = await drawn(ada, thread)
    dialog = await ada.command("/character edit", thread, name="Tom")
    await ada.submit_modal(dialog, name="Max", description="a tired baker")
    await ada.command("/story render", thread)
    second = await drawn(ada, thread, first)
    seeds = [one.seed for one in tom(studio, 0).panels]
    assert [one.seed for one in tom(studio, 1, "Max").panels] == seeds
    await ada.command("/story undo", thread)
    await card_saying(ada, thread, "**Tom** a tired baker")
    await ada.command("/story render", thread)
    await drawn(ada, thread, second)
    assert [one.seed for one in tom(studio, 2).panels] == seeds


async def test_a_kept_character_looks_in_another_story_as_in_its_first(
    ada: Member, ben: Member, studio: ScriptedStudio
) -> None:
    home = await start(ada)
    await ada.command("/character add", home, **TOM)
    for text in ("[Tom] kneads", "[Tom] sleeps"):
        await ada.command("/story line", home, text=text)
    await ada.command("/story render", home)
    await drawn(ada, home)
    first = tom(studio)
    await ada.command("/character save", home, name="Tom")
    await painted(ada)
    portrait = studio.orders[-1].plan.panels[0]
    assert (portrait.prompt, portrait.seed) == (first.panels[-1].prompt, first.panels[-1].seed)
    away = await start(ben)
    await ben.command("/character use", away, name="Tom")
    await ben.command("/story line", away, text="[Tom] travels")
    await ben.command("/story render", away)
    page = await drawn(ben, away)
    assert tom(studio) == first
    await ben.click(page, buttons(page)["Variations"])
    sheet = await ben.wait_for_message(lambda one: "4" in buttons(one), away)
    hidden = [one for one in studio.orders[-1].plan.panels if one.number is None]
    assert {one.seed for one in hidden} == {one.seed for one in first.panels}
    await ben.click(sheet, buttons(sheet)["2"])
    await ben.wait_for_message(lambda one: "Keep this page" in buttons(one), away)
    assert tom(studio) == first


async def test_who_was_never_drawn_in_a_story_looks_as_in_the_portrait(
    ada: Member, studio: ScriptedStudio
) -> None:
    thread = await start(ada)
    await ada.command("/character add", thread, **TOM)
    await ada.command("/character save", thread, name="Tom")
    await painted(ada)
    portrait = studio.orders[-1].plan.panels[0]
    await ada.command("/story line", thread, text="[Tom] kneads")
    await ada.command("/story render", thread)
    await drawn(ada, thread)
    (shown,) = tom(studio).panels
    assert shown.seed == portrait.seed


async def test_variations_offer_other_looks_and_the_story_keeps_those_that_are_picked(
    ada: Member, studio: ScriptedStudio
) -> None:
    thread = await start(ada)
    await ada.command("/character add", thread, **TOM)
    for text in ("[Tom] kneads", "[Tom] sleeps"):
        await ada.command("/story line", thread, text=text)
    await ada.command("/story render", thread)
    page = await drawn(ada, thread)
    old = tom(studio)
    await ada.click(page, buttons(page)["Variations"])
    sheet = await ada.wait_for_message(lambda one: "4" in buttons(one), thread)
    await ada.click(sheet, buttons(sheet)["3"])
    new = await ada.wait_for_message(lambda one: "Keep this page" in buttons(one), thread)
    picked = tom(studio)
    assert picked.panels != old.panels
    assert await looks_now(ada, thread, studio) == picked
    await ada.click(new, buttons(new)["Go back to the old page"])
    await ada.wait_for_message(
        lambda one: is_page(one) and "Go back to the old page" not in buttons(one), thread
    )
    assert await looks_now(ada, thread, studio) == old


async def looks_now(member: Member, thread: str, studio: ScriptedStudio) -> Sheet:
    """How he is drawn in a preview, which settles nothing."""
    count = len(studio.orders)
    card = await card_saying(member, thread, "Ready to draw")
    await answer(member, await member.click(card, buttons(card)["Preview"]))

    async def sketched() -> bool:
        return len(studio.orders) > count

    await member.wait_for(sketched)
    await member.wait_for_message(lambda one: "Draw it like this" in buttons(one), thread)
    return tom(studio)
