"""Pictures of characters: from a command or a dialog, shown, replaced, removed, taken back."""

import io

from PIL import Image

from bot.client import Inkthread
from bot.sandbox.member import Member
from generation.script.picturing import pictures_of
from tests.bot.e2e.reading import answer, buttons, text
from tests.bot.e2e.scripted import ScriptedStudio, picture
from tests.bot.e2e.test_card import card_saying
from tests.bot.e2e.test_story import start


def size_of(message: dict[str, object]) -> object:
    attachments = message["attachments"]
    assert isinstance(attachments, list)
    return [(one["content_type"], one["width"]) for one in attachments]


async def test_a_picture_is_shown_with_its_character_replaced_removed_and_taken_back(
    ada: Member, ben: Member, studio: ScriptedStudio
) -> None:
    thread = await start(ada)
    buffer = io.BytesIO()
    Image.new("RGB", (2000, 1000), "teal").save(buffer, "PNG")
    photo = await ada.upload("tom.png", buffer.getvalue())
    added = await answer(
        ada,
        await ada.command(
            "/character add", thread, name="Tom", description="a baker", picture=photo["id"]
        ),
    )
    assert size_of(added) == [("image/jpeg", 1024)]
    assert "Toon draws from words alone" in text(added)
    await card_saying(ada, thread, "**Tom** 🖼 a baker")
    # What a render is given: the bytes by key, and the key by name.
    await ada.command("/story line", thread, text="[Tom] kneads")
    await ada.command("/story render", thread)
    await ada.wait_for(lambda: _ordered(studio))
    (order,) = studio.orders
    key = pictures_of(order.plan)["Tom"]
    assert [key] == list(order.plan.pictures) == list(order.pictures)
    assert Image.open(io.BytesIO(order.pictures[key])).size[0] == 1024
    shown = await answer(ada, await ada.command("/character picture", thread, name="tom"))
    assert size_of(shown) == [("image/jpeg", 1024)]
    refused = await answer(ben, await ben.click(shown, buttons(shown)["Picture"]))
    assert f"That is <@{ada.id}>'s" in text(refused)
    # By a dialog, as a phone would.
    dialog = await ada.click(shown, buttons(shown)["Picture"])
    other = await ada.upload("tom.webp", picture("WEBP"))
    await ada.submit_modal(dialog, picture=[other["id"]])
    shown = await answer(ada, await ada.command("/character picture", thread, name="Tom"))
    assert size_of(shown) == [("image/jpeg", 32)]
    await ada.click(shown, buttons(shown)["Remove picture"])
    await card_saying(ada, thread, "**Tom** a baker")
    undone = await answer(ada, await ada.command("/story undo", thread))
    assert text(undone) == "Taken back: took the picture of the character Tom away"
    await card_saying(ada, thread, "**Tom** 🖼 a baker")


async def _ordered(studio: ScriptedStudio) -> bool:
    return bool(studio.orders)


async def test_a_file_that_is_no_picture_is_refused_and_the_words_are_kept(ada: Member) -> None:
    thread = await start(ada)
    page = await ada.upload("tom.png", b"<html>")
    added = await answer(
        ada,
        await ada.command(
            "/character add", thread, name="Tom", description="a baker", picture=page["id"]
        ),
    )
    assert "New in the cast: **[Tom]** a baker" in text(added)
    assert "I can't use that picture: that file is no picture that I can read." in text(added)
    script = await ada.upload("tom.txt", b"a text")
    refused = await answer(
        ada, await ada.command("/character picture", thread, name="Tom", picture=script["id"])
    )
    assert "Send a PNG, JPEG, WebP or GIF" in text(refused)


async def test_a_picture_comes_with_a_kept_character(ada: Member, ben: Member) -> None:
    first, second = await start(ada), await start(ben)
    dialog = await ada.click(*(await _add_character_button(ada, first)))
    photo = await ada.upload("tom.gif", picture("GIF"))
    await ada.submit_modal(dialog, name="Tom", description="a baker", picture=[photo["id"]])
    await card_saying(ada, first, "**Tom** 🖼 a baker")
    await ada.command("/character save", first, name="Tom")
    used = await answer(ben, await ben.command("/character use", second, name="Tom"))
    assert size_of(used) == [("image/jpeg", 32)]


async def _add_character_button(member: Member, thread: str) -> tuple[dict[str, object], str]:
    card = await card_saying(member, thread, "Nobody yet")
    return card, buttons(card)["Add character"]


async def test_a_picture_is_kept_with_words_that_have_mistakes(ada: Member, bot: Inkthread) -> None:
    thread = await start(ada)
    dialog = await ada.click(*(await _add_character_button(ada, thread)))
    photo = await ada.upload("tom.png", picture("PNG"))
    told = await answer(
        ada, await ada.submit_modal(dialog, name="NC", description="a baker", picture=[photo["id"]])
    )
    assert "The picture that you sent with it is kept, too." in text(told)
    dialog = await ada.click(told, buttons(told)["Edit"])
    about = [one.get("description") for one in dialog["modal"]["components"]]
    assert "The picture you sent is kept. Another one takes its place." in about
    added = await answer(ada, await ada.submit_modal(dialog, name="Tom", description="a baker"))
    assert "New in the cast: **[Tom]** a baker" in text(added)
    await card_saying(ada, thread, "**Tom** 🖼 a baker")


async def test_a_command_keeps_the_picture_too_and_says_when_it_is_none(ada: Member) -> None:
    thread = await start(ada)
    await ada.command("/character add", thread, name="Tom", description="a baker")
    photo = await ada.upload("tom.png", picture("PNG"))
    script = await ada.upload("tom.txt", b"a text")
    for file, said in ((script, "I can't use that picture"), (photo, "is kept, too")):
        told = await answer(
            ada,
            await ada.command(
                "/character add", thread, name="tom", description="a cook", picture=file["id"]
            ),
        )
        assert "in the cast already" in text(told)
        assert said in text(told)
    dialog = await ada.click(told, buttons(told)["Edit"])
    await ada.submit_modal(dialog, name="Max", description="a cook")
    await card_saying(ada, thread, "**Max** 🖼 a cook")


async def test_a_picture_for_a_character_that_is_edited_is_kept_and_taken_back_with_the_edit(
    ada: Member,
) -> None:
    thread = await start(ada)
    await ada.command("/character add", thread, name="Tom", description="a baker")
    dialog = await ada.command("/character edit", thread, name="Tom")
    photo = await ada.upload("tom.png", picture("PNG"))
    told = await answer(
        ada, await ada.submit_modal(dialog, name="NC", description="old", picture=[photo["id"]])
    )
    dialog = await ada.click(told, buttons(told)["Edit"])
    await ada.submit_modal(dialog, name="Max", description="old")
    await card_saying(ada, thread, "**Max** 🖼 old")
    await ada.command("/story undo", thread)
    await card_saying(ada, thread, "**Tom** a baker")
