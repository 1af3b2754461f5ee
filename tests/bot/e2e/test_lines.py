"""Every way to add a line, and what is answered."""

from bot.client import Inkthread
from bot.sandbox.member import Member
from tests.bot.e2e.reading import answer, boxes, buttons, is_card, text
from tests.bot.e2e.scripted import StartBot
from tests.bot.e2e.test_card import card_saying
from tests.bot.e2e.test_story import start

TOM = {"name": "Tom", "description": "a tired baker"}


async def test_names_are_offered_while_a_line_is_typed(ada: Member) -> None:
    thread = await start(ada)
    await ada.command("/character add", thread, **TOM)
    await ada.command("/character add", thread, name="Lisa", description="a nurse")
    offered = await ada.autocomplete("/story line", "text", thread, text="[Tom] hugs [l")
    assert [one["value"] for one in offered] == ["[Tom] hugs [Lisa]"]
    assert await ada.autocomplete("/story line", "text", text="[l") == []  # no story there
    await ada.command("/story line", thread, text="[Tom] hugs [Lisa]")
    lines = await ada.autocomplete("/story edit", "line", thread, line="")
    assert [(one["name"], one["value"]) for one in lines] == [("1. [Tom] hugs [Lisa]", 1)]


async def test_a_mention_of_the_bot_and_a_reply_to_it_add_lines(
    ada: Member, ben: Member, bot: Inkthread
) -> None:
    thread = await start(ada)
    await ada.command("/character add", thread, **TOM)
    assert bot.user is not None
    await ben.say(f"<@{bot.user.id}> [Tom] kneads dough #Tom: Again...", thread)
    told = await ben.wait_for_message(lambda m: text(m).startswith("**1.** [Tom] kneads"), thread)
    assert "-# Lettered: Tom says “Again...”" in text(told)
    await ben.say("[Tom] sleeps", thread, reply_to=told)
    await ben.wait_for_message(lambda m: text(m).startswith("**2.** [Tom] sleeps"), thread)
    card = await card_saying(ada, thread, "**2.** [Tom] sleeps")
    await ada.say("[Tom] wakes up", thread, reply_to=card)
    await card_saying(ada, thread, f"**3.** [Tom] wakes up · <@{ada.id}>")


async def test_a_mention_with_a_mistake_can_be_mended_by_who_wrote_it_after_a_restart(
    ada: Member, ben: Member, bot: Inkthread, start_bot: StartBot
) -> None:
    thread = await start(ada)
    await ada.command("/character add", thread, **TOM)
    assert bot.user is not None
    await ben.say(f"<@{bot.user.id}> [Tim] kneads dough", thread)
    wrong = await ben.wait_for_message(lambda m: "Did you mean **[Tom]**" in text(m), thread)
    await bot.close()
    await start_bot()
    refused = await answer(ada, await ada.click(wrong, buttons(wrong)["Edit"]))
    assert "Only the member" in text(refused)
    dialog = await ben.click(wrong, buttons(wrong)["Edit"])
    assert boxes(dialog) == {"characters": "", "panels": "[Tim] kneads dough"}
    await ben.submit_modal(dialog, panels="[Tom] kneads dough")
    await card_saying(ada, thread, f"**1.** [Tom] kneads dough · <@{ben.id}>")
    used = await answer(ben, await ben.click(wrong, buttons(wrong)["Edit"]))
    assert "used already" in text(used)


async def test_chatting_with_nobodys_name_in_it_is_no_line(ada: Member, bot: Inkthread) -> None:
    thread = await start(ada)
    card = await card_saying(ada, thread)
    await ada.say("what a nice story!", thread)
    await ada.command("/story line", thread, text="rain [NC]")
    page = await card_saying(ada, thread, "**1.** rain")
    assert page["id"] == card["id"]
    assert "nice story" not in text(page)


async def test_a_script_file_is_added_and_a_wrong_one_is_told(ada: Member, ben: Member) -> None:
    thread = await start(ada)
    good = await ada.upload("rain.story", b"[Tom] a baker\n\n[Tom] waves #Hi!\nrain [NC]\n")
    await ada.command("/story import", thread, file=good["id"])
    added = await ben.wait_for_message(lambda m: "Added to the story" in text(m), thread)
    assert text(added).startswith("Added to the story:\n- **[Tom]** a baker\n**1.**")
    await card_saying(ada, thread, "**2.** rain [NC]", "2 panels, about")
    for name, data, told in (
        ("rain.png", b"[Tom] waves", "is no script"),
        ("rain.txt", "[Tom] in the café".encode("latin-1"), "from line 1 on"),
        ("rain.txt", b"x" * 300_001, "301 kB"),
        ("rain.txt", b"x" * 100_001, "101 kB"),
        ("rain.txt", b"[Tom] waves\n[Tim] waves", "Did you mean **[Tom]**"),
    ):
        file = await ben.upload(name, data)
        refused = await answer(ben, await ben.command("/story import", thread, file=file["id"]))
        assert told in text(refused)
    dialog = await ben.click(refused, buttons(refused)["Edit"])
    assert boxes(dialog) == {"characters": "", "panels": "[Tom] waves\n[Tim] waves"}


async def test_the_author_of_a_message_is_told_that_it_is_a_panel_and_takes_it_back(
    ada: Member, ben: Member, bot: Inkthread, start_bot: StartBot
) -> None:
    thread = await start(ada)
    said = await ben.say("a lonely street [NC]", thread)
    await ada.context_menu("Add as panel", said)
    panel = await ben.wait_for_message(lambda m: "Take it back" in buttons(m), thread)
    assert [one["id"] for one in panel["mentions"]] == [ben.id]
    await card_saying(ada, thread, f"**1.** a lonely street [NC] · <@{ben.id}>")
    await bot.close()
    await start_bot()
    async with Member(ada.url, "Chloé") as chloe:
        refused = await answer(chloe, await chloe.click(panel, buttons(panel)["Take it back"]))
    assert "owner of the story" in text(refused)
    await ben.click(panel, buttons(panel)["Take it back"])
    told = await ada.message(panel)
    assert told is not None
    assert text(told) == f"-# <@{ben.id}> took line 1 back."
    assert not buttons(told)
    await ada.wait_for_message(lambda m: is_card(m) and "lonely" not in text(m), thread)


async def test_changes_are_taken_back_done_again_and_listed(ada: Member, ben: Member) -> None:
    thread = await start(ada)
    await ben.command("/story line", thread, text="rain [NC]")
    await ben.command("/story line", thread, text="sun [NC]")
    moved = await answer(ben, await ben.command("/story move", thread, line=2, to=1))
    assert text(moved) == "Line 2 is line 1 now."
    await ben.command("/story remove", thread, line=2)
    undone = await answer(ada, await ada.command("/story undo", thread))
    assert text(undone) == "Taken back: removed line 2: rain [NC]"
    await ada.command("/story redo", thread)
    await ada.command("/story undo", thread)
    await card_saying(ada, thread, f"**2.** rain [NC] · <@{ben.id}>")
    history = await answer(ada, await ada.command("/story history", thread))
    told = text(history).splitlines()
    assert f"~~<@{ben.id}> removed line 2: rain [NC]~~ (taken back by <@{ada.id}>)" in told[1]
    assert len(told) == 5
    for command in ("/story edit", "/story move", "/story remove"):
        more = {"to": 1} if command == "/story move" else {}
        refused = await answer(ada, await ada.command(command, thread, line=9, **more))
        assert "There is no line 9" in text(refused)
