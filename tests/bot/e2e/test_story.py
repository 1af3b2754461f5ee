"""`/story` and `/character`: a comic that a thread writes together."""

from bot.client import Inkthread
from bot.sandbox.member import Member
from tests.bot.e2e.reading import answer, boxes, buttons, is_page, text
from tests.bot.e2e.scripted import ScriptedStudio, StartBot

TITLE = "The long night"


async def start(member: Member, **options: object) -> str:
    """Open a story thread; its id."""
    await member.command("/story start", title=TITLE, **options)
    told = await member.wait_for_message(lambda message: "is open" in text(message))
    thread = await member.channel(TITLE)
    assert f"<#{thread['id']}>" in text(told)
    return str(thread["id"])


async def test_a_thread_is_opened_and_says_how_to_go_on(ada: Member) -> None:
    thread = await start(ada)
    welcome = await ada.wait_for_message(lambda message: TITLE in text(message), thread)
    for command in ("/character add", "/story line", "/story render", "Add as panel"):
        assert command in text(welcome)


async def test_two_members_write_a_story_and_have_it_drawn(
    ada: Member, ben: Member, studio: ScriptedStudio
) -> None:
    thread = await start(ada)
    added = await answer(
        ada, await ada.command("/character add", thread, name="Tom", description="a tired baker")
    )
    assert text(added) == "New in the cast: **[Tom]** a tired baker"
    line = await answer(
        ben, await ben.command("/story line", thread, text="[Tom] kneads dough #Tom: Again...")
    )
    assert text(line) == (
        "**1.** [Tom] kneads dough\n-# In the picture: **Tom**\n-# Lettered: Tom says “Again...”"
    )
    said = await ben.say("[Tom] falls asleep on the flour", thread)
    panel = await answer(ada, await ada.context_menu("Add as panel", said))
    assert "**2.**" in text(panel)
    assert f"<@{ben.id}>" in text(panel)
    shown = await answer(ada, await ada.command("/story show", thread))
    assert "a tired baker" in text(shown)
    assert "falls asleep" in text(shown)
    await ben.command("/story render", thread)
    page = await ada.wait_for_message(is_page, thread)
    assert page["channel_id"] == thread
    assert studio.orders[0].plan.title == TITLE
    assert sum(one.number is not None for one in studio.orders[0].plan.panels) == 2


async def test_the_same_message_becomes_a_panel_once(ada: Member) -> None:
    thread = await start(ada)
    said = await ada.say("a lonely street [NC]", thread)
    first = await answer(ada, await ada.context_menu("Add as panel", said))
    second = await answer(ada, await ada.context_menu("Add as panel", said))
    assert "**1.**" in text(first)
    assert "**1.**" in text(second)


async def test_a_line_with_an_unknown_name_can_be_mended_in_a_dialog(
    ada: Member, ben: Member
) -> None:
    thread = await start(ada)
    await ada.command("/character add", thread, name="Tom", description="a tired baker")
    told = await answer(ada, await ada.command("/story line", thread, text="[Tim] waves"))
    assert "Did you mean **[Tom]**?" in text(told)
    dialog = await ada.click(told, buttons(told)["Edit"])
    assert boxes(dialog)["panels"] == "[Tim] waves"
    settled = await ada.submit_modal(
        dialog, characters="[Tim] his brother", panels="[Tim] waves\n[Tom] and [Tim] laugh"
    )
    assert settled["message"]["id"] == told["id"]
    added = await ben.wait_for_message(lambda message: "**2.**" in text(message), thread)
    assert "**[Tim]** his brother" in text(added)


async def test_the_dialog_adds_all_or_nothing_and_names_every_mistake(ada: Member) -> None:
    thread = await start(ada)
    told = await answer(ada, await ada.command("/story line", thread, text="[Tim] waves"))
    dialog = await ada.click(told, buttons(told)["Edit"])
    wrong = await ada.submit_modal(dialog, characters="Tim", panels="fine\n[Bob] waves")
    assert "Characters, line 1" in text(wrong["message"])
    assert "Panels, line 2" in text(wrong["message"])
    shown = await answer(ada, await ada.command("/story show", thread))
    assert "None yet" in text(shown)


async def test_a_channel_without_a_story_is_told_how_to_begin_one(ada: Member) -> None:
    for command in ("/story line", "/story show", "/story render"):
        options = {"text": "[Tom] waves"} if command == "/story line" else {}
        told = await answer(ada, await ada.command(command, **options))
        assert "/story start" in text(told)


async def test_an_empty_story_is_told_what_is_missing(ada: Member) -> None:
    thread = await start(ada)
    told = await answer(ada, await ada.command("/story render", thread))
    assert "/story line" in text(told)


async def test_a_name_that_is_taken_is_refused(ada: Member) -> None:
    thread = await start(ada)
    await ada.command("/character add", thread, name="Tom", description="a tired baker")
    told = await answer(
        ada, await ada.command("/character add", thread, name="[tom]", description="another")
    )
    assert "in the cast already" in text(told)


async def test_a_long_story_is_shown_as_a_file(ada: Member) -> None:
    thread = await start(ada)
    for number in range(8):
        await ada.command("/story line", thread, text=f"{number} " + "a very long street " * 30)
    told = await answer(ada, await ada.command("/story show", thread))
    [attachment] = told["attachments"]
    assert (await ada.download(attachment)).decode().count("a very long street") == 240


async def test_a_thread_needs_permissions_that_are_named(ada: Member) -> None:
    await ada.forbid("comics", (1 << 35) | (1 << 38))  # public threads, send in threads
    told = await answer(ada, await ada.command("/story start", title=TITLE))
    assert "**Create Public Threads**" in text(told)
    assert "**Send Messages in Threads**" in text(told)


async def test_neither_the_bots_own_messages_nor_pictures_become_panels(ada: Member) -> None:
    thread = await start(ada)
    welcome = await ada.wait_for_message(lambda message: TITLE in text(message), thread)
    told = await answer(ada, await ada.context_menu("Add as panel", welcome))
    assert "no text to draw" in text(told)


async def test_plain_lines_become_panels_only_where_the_operator_lets_the_bot_read(
    ada: Member, bot: Inkthread, start_bot: StartBot
) -> None:
    thread = await start(ada)
    await ada.command("/character add", thread, name="Tom", description="a tired baker")
    await ada.say("[Tom] kneads dough", thread)
    await bot.close()
    await start_bot(message_content=True)
    await ada.say("[Tom] falls asleep", thread)
    panel = await ada.wait_for_message(lambda message: "**1.** [Tom]" in text(message), thread)
    assert "falls asleep" in text(panel)
    await ada.say("what a nice story!", thread)
    await ada.say("[Tim] wakes him", thread)
    wrong = await ada.wait_for_message(lambda message: "Did you mean" in text(message), thread)
    dialog = await ada.click(wrong, buttons(wrong)["Edit"])
    assert boxes(dialog)["panels"] == "[Tim] wakes him"
    shown = await answer(ada, await ada.command("/story show", thread))
    assert "**2.**" not in text(shown)
