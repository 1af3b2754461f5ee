"""Characters: edited, removed, kept in the server's library, and used again."""

from typing import Any

from bot.characters.gallery import SHOWN
from bot.client import Inkthread
from bot.sandbox.member import Member
from storage import library
from storage.engine import Database
from tests.bot.e2e.reading import answer, boxes, buttons, components, is_card, text
from tests.bot.e2e.test_card import card_saying
from tests.bot.e2e.test_story import start

SECTION = 9  # a component with a picture beside its text


async def painted(member: Member) -> dict[str, Any]:
    """The library when all its portraits are drawn."""

    async def listed() -> dict[str, Any] | None:
        shown = await answer(member, await member.command("/character list"))
        return None if "no portrait yet" in text(shown) else shown

    return dict(await member.wait_for(listed))


async def test_a_character_is_renamed_and_lines_follow(ada: Member, ben: Member) -> None:
    thread = await start(ada)
    await ben.command("/character add", thread, name="Tom", description="a tired baker")
    await ada.command("/story line", thread, text="[Tom] kneads #Tom: Again...")
    offered = await ben.autocomplete("/character edit", "name", thread, name="to")
    assert [one["value"] for one in offered] == ["Tom"]
    dialog = await ben.command("/character edit", thread, name="Tom")
    assert boxes(dialog) == {"name": "Tom", "description": "a tired baker"}
    await ben.submit_modal(dialog, name="Max", description="a merry baker")
    await card_saying(ada, thread, "**Max** a merry baker", "[Max] kneads #Max: Again...")
    async with Member(ada.url, "Chloé") as chloe:
        refused = await answer(chloe, await chloe.command("/character edit", thread, name="Max"))
    assert f"That is <@{ben.id}>'s" in text(refused)


async def test_who_removes_a_character_is_told_the_lines_and_can_do_it_anyway(
    ada: Member,
) -> None:
    thread = await start(ada)
    await ada.command("/character add", thread, name="Tom", description="a tired baker")
    await ada.command("/story line", thread, text="[Tom] kneads")
    told = await answer(ada, await ada.command("/character remove", thread, name="[tom]"))
    assert "named in these lines: 1" in text(told)
    await ada.click(told, buttons(told)["Remove anyway"])
    await card_saying(ada, thread, "Nobody yet", "Before this can be drawn")
    await ada.command("/story undo", thread)
    await card_saying(ada, thread, "**Tom** a tired baker", "Ready to draw")


async def test_a_kept_character_plays_in_another_story(ada: Member, ben: Member) -> None:
    first = await start(ada)
    await ada.command("/character add", first, name="Tom", description="a tired baker")
    await ada.command("/character add", first, name="Lisa", description="a nurse")
    not_his = await answer(ben, await ben.command("/character save", first, name="Tom"))
    assert f"belongs to <@{ada.id}>" in text(not_his)
    await ada.command("/character save", first, name="Tom")
    await ada.command("/character save", first, name="Lisa", who="owner")
    listed = await painted(ben)
    assert "**[Tom]** a tired baker" in text(listed)
    assert "Lisa" not in text(listed)
    (portrait,) = [one for one in components(listed) if one["type"] == SECTION]
    assert portrait["accessory"]["description"] == "Portrait of Tom"
    assert portrait["accessory"]["media"]["content_type"] == "image/jpeg"
    second = await start(ben)
    offered = await ben.autocomplete("/character use", "name", second, name="")
    assert [one["value"] for one in offered] == ["Tom"]
    used = await answer(ben, await ben.command("/character use", second, name="tom"))
    assert [one["content_type"] for one in used["attachments"]] == ["image/jpeg"]
    await ben.wait_for_message(lambda m: is_card(m) and "**Tom** a tired" in text(m), second)
    refused = await answer(ben, await ben.command("/character use", second, name="Lisa"))
    assert f"belongs to <@{ada.id}>" in text(refused)
    unknown = await answer(ben, await ben.command("/character use", second, name="Nobody"))
    assert "/character list" in text(unknown)
    gone = await answer(ada, await ada.command("/character forget", name="Tom"))
    assert "not in the library any more" in text(gone)
    listed = await answer(ben, await ben.command("/character list"))
    assert "Nobody yet" in text(listed)


async def test_a_large_library_is_turned_over_like_a_book(
    ada: Member, bot: Inkthread, database: Database
) -> None:
    guild_id = bot.guilds[0].id
    async with database.session() as session:
        for number in range(1, SHOWN + 2):
            await library.save(session, guild_id, 1, f"Tom {number}", "a baker", shared=True)
    first = await answer(ada, await ada.command("/character list"))
    assert "page 1 of 2, 8 in all" in text(first)
    assert "Tom 7" in text(first)
    assert "Tom 8" not in text(first)
    await ada.click(first, buttons(first)["▶"])
    second = await ada.wait_for_message(lambda message: "page 2 of 2" in text(message))
    assert second["id"] == first["id"]
    assert "Tom 8" in text(second)
    assert "Tom 7" not in text(second)
