"""The story card: what it shows, where it stands, and its buttons, also after a restart."""

from datetime import timedelta
from typing import Any

import discord
import sqlalchemy

from bot.client import Inkthread
from bot.locales.words import read_catalogue
from bot.sandbox.member import Member
from bot.sandbox.server import Sandbox
from bot.stories.cards import SCROLLED_AWAY, CardBoard, is_old
from storage.engine import Database
from tests.bot.e2e.reading import answer, boxes, buttons, is_card, is_page, text
from tests.bot.e2e.scripted import ScriptedStudio, StartBot
from tests.bot.e2e.test_story import start
from tests.bot.waiting import eventually

Json = dict[str, Any]


async def card_saying(member: Member, thread: str, *parts: str) -> Json:
    return await member.wait_for_message(
        lambda m: is_card(m) and all(part in text(m) for part in parts), thread
    )


async def cards(member: Member, thread: str) -> list[Json]:
    return [one for one in await member.messages(thread) if is_card(one)]


async def script(member: Member, thread: str, count: int) -> None:
    """Paste so many lines."""
    card = await card_saying(member, thread)
    dialog = await member.click(card, buttons(card)["Paste script"])
    lines = "\n".join(f"street {number} [NC]" for number in range(1, count + 1))
    await member.submit_modal(dialog, characters="", panels=lines)


async def test_a_story_is_written_and_drawn_with_the_cards_buttons_alone(
    ada: Member, ben: Member, studio: ScriptedStudio
) -> None:
    thread = await start(ada)
    card = await card_saying(ada, thread, "Add a line", "everyone can write")
    assert disabled(card) == {"Edit", "Undo", "Preview", "Render"}
    dialog = await ada.click(card, buttons(card)["Add character"])
    await ada.submit_modal(dialog, name="Tom", description="a tired baker")
    dialog = await ben.click(card, buttons(card)["Add line"])
    await ben.submit_modal(dialog, line="[Tom] kneads dough #Tom: Again...")
    told = await ada.wait_for_message(lambda m: text(m).startswith("**1.**"), thread)
    assert text(told).endswith(f"-# by <@{ben.id}>")
    card = await card_saying(ada, thread, "**Tom** a tired baker", "1 panel, about")
    assert f"**1.** [Tom] kneads dough #Tom: Again... · <@{ben.id}>" in text(card)
    assert card["mentions"] == []  # an edit names members, and mentions nobody
    assert not disabled(card)
    await ada.click(card, buttons(card)["Render"])
    await ada.wait_for_message(is_page, thread)
    assert len(studio.orders) == 1
    assert not card["pinned"]


async def test_the_card_is_edited_in_place(ada: Member) -> None:
    thread = await start(ada)
    first = await card_saying(ada, thread)
    await ada.command("/story line", thread, text="rain [NC]")
    second = await card_saying(ada, thread, "**1.** rain")
    assert second["id"] == first["id"]


async def test_many_changes_are_one_edit_in_an_interval(
    ada: Member, bot: Inkthread, database: Database, sandbox: Sandbox
) -> None:
    thread = await start(ada)
    await card_saying(ada, thread)
    await script(ada, thread, 3)
    await card_saying(ada, thread, "3.")
    await bot.services.cards.close()
    sandbox.core.inspector.clear()
    board = CardBoard(bot, database, read_catalogue(), bot.services.shelf, interval=0.3)

    def edits() -> int:
        return sum(call.get("method") == "PATCH" for call in sandbox.core.inspector.log)

    board.touch(1)
    await eventually(edits)
    for _ in range(30):
        board.touch(1)
    await eventually(lambda: edits() > 1)
    await board.close()
    assert edits() == 2, "at once, and once more after the interval"


async def test_a_card_that_scrolled_away_comes_to_the_bottom(
    ada: Member, bot: Inkthread, start_bot: StartBot
) -> None:
    thread = await start(ada)
    first = await card_saying(ada, thread)
    for number in range(SCROLLED_AWAY):
        await ada.say(f"chatting {number}", thread)
    second = await ada.wait_for_message(lambda m: is_card(m) and m["id"] != first["id"], thread)
    await ada.wait_for(lambda: alone(ada, thread))
    await bot.close()
    for number in range(SCROLLED_AWAY):
        await ada.say(f"chatting {number} while the bot is away", thread)
    await start_bot()
    await ada.command("/story line", thread, text="rain [NC]")
    third = await card_saying(ada, thread, "**1.** rain")
    assert third["id"] != second["id"]
    await ada.wait_for(lambda: alone(ada, thread))


async def test_a_deleted_card_comes_back_with_the_next_change(ada: Member, bot: Inkthread) -> None:
    thread = await start(ada)
    card = await card_saying(ada, thread)
    channel = bot.get_partial_messageable(int(thread))
    await channel.get_partial_message(int(card["id"])).delete()
    await ada.command("/story line", thread, text="rain [NC]")
    await card_saying(ada, thread, "**1.** rain")


async def test_sixty_lines_are_paged_for_everyone_also_after_a_restart(
    ada: Member, ben: Member, bot: Inkthread, start_bot: StartBot
) -> None:
    thread = await start(ada)
    await script(ada, thread, 60)
    card = await card_saying(ada, thread, "51 to 60 of 60", "**60.**")
    await bot.close()
    await start_bot()
    await ben.click(card, buttons(card)["◀"])
    card = await card_saying(ada, thread, "41 to 50 of 60", "**41.**")
    assert "**60.**" not in text(card)
    await ada.command("/story edit", thread, line=5)
    await ada.command("/story remove", thread, line=5)
    await card_saying(ada, thread, "1 to 10 of 59", "street 6")


async def test_a_card_left_behind_by_a_stop_is_caught_up_with(
    ada: Member, bot: Inkthread, start_bot: StartBot, database: Database
) -> None:
    thread = await start(ada)
    await card_saying(ada, thread)
    await bot.services.cards.close()  # as if killed before the edit
    bot.services.cards.touch = lambda *_: None  # type: ignore[method-assign]
    await ada.command("/story line", thread, text="rain [NC]")
    await bot.close()
    assert "rain" not in text((await cards(ada, thread))[0])
    await start_bot()
    await card_saying(ada, thread, "**1.** rain")


async def test_a_card_that_was_posted_but_not_remembered_is_found_again(
    ada: Member, bot: Inkthread, start_bot: StartBot, database: Database
) -> None:
    thread = await start(ada)
    first = await card_saying(ada, thread)
    await ada.command("/story line", thread, text="rain [NC]")
    await card_saying(ada, thread, "**1.** rain")
    await bot.close()
    async with database.session() as session:  # as if killed between posting and remembering
        await session.execute(sqlalchemy.text("UPDATE story SET card_message_id = NULL"))
    await start_bot()
    await ada.command("/story line", thread, text="sun [NC]")
    second = await card_saying(ada, thread, "**2.** sun")
    assert second["id"] == first["id"]
    assert await alone(ada, thread)


def test_cards_that_discord_hardly_lets_anybody_edit_are_replaced() -> None:
    now = discord.utils.utcnow()
    assert not is_old(discord.utils.time_snowflake(now - timedelta(minutes=50)))
    assert is_old(discord.utils.time_snowflake(now - timedelta(minutes=59)))


async def test_what_is_missing_is_on_the_card(ada: Member) -> None:
    thread = await start(ada)
    await ada.command("/character add", thread, name="Tom", description="a tired baker")
    await ada.command("/character add", thread, name="Tim", description="his brother")
    await ada.command("/story line", thread, text="[Tom] waves")
    card = await card_saying(ada, thread, "Ready to draw", "In no line yet: Tim")
    pick = await answer(ada, await ada.click(card, buttons(card)["Edit"]))
    menus = {c["placeholder"]: c for row in pick["components"] for c in row["components"]}
    cast = menus["A character..."]
    tom = next(one["value"] for one in cast["options"] if one["label"] == "Tom")
    chosen = await answer(ada, await ada.choose(pick, cast["custom_id"], [tom]))
    refused = await answer(ada, await ada.click(chosen, buttons(chosen)["Remove"]))
    assert "named in these lines: 1" in text(refused)
    await ada.click(refused, buttons(refused)["Remove anyway"])
    card = await card_saying(ada, thread, "Before this can be drawn", "Did you mean **[Tim]**?")
    assert "Render" in disabled(card)
    await ada.click(card, buttons(card)["Undo"])
    await card_saying(ada, thread, "Ready to draw", "**Tom** a tired baker")


async def test_a_line_is_picked_changed_and_moved_after_a_restart(
    ada: Member, ben: Member, bot: Inkthread, start_bot: StartBot
) -> None:
    thread = await start(ada)
    await script(ada, thread, 3)
    card = await card_saying(ada, thread, "street 3")
    pick = await answer(ada, await ada.click(card, buttons(card)["Edit"]))
    await bot.close()
    await start_bot()
    [menu] = pick["components"][0]["components"]
    chosen = await answer(
        ada, await ada.choose(pick, menu["custom_id"], [menu["options"][2]["value"]])
    )
    assert chosen["id"] == pick["id"]
    await ada.click(chosen, buttons(chosen)["Move up"])
    await card_saying(ada, thread, "**2.** street 3")
    dialog = await ada.click(chosen, buttons(chosen)["Change text"])
    assert boxes(dialog) == {"line": "street 3 [NC]"}
    await ada.submit_modal(dialog, line="an alley [NC]")
    await card_saying(ada, thread, "**2.** an alley")
    history = await answer(ben, await ben.command("/story history", thread))
    assert "from “street 3 [NC]” to “an alley [NC]”" in text(history)


def disabled(card: Json) -> set[str]:
    waiting, found = list(card["components"]), set()
    while waiting:
        one = waiting.pop()
        waiting += one.get("components", [])
        if one["type"] == 2 and one.get("disabled"):
            found.add(one["label"])
    return found


async def alone(member: Member, thread: str) -> bool:
    return len(await cards(member, thread)) == 1
