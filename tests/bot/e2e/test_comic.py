"""`/comic`, from the command to the posted page, as a member lives it."""

from bot.client import Inkthread
from bot.sandbox.member import Member
from generation.script.casting import sheets_of
from generation.studio.events import Failed
from storage import renders, stories
from storage.engine import Database
from storage.values import RenderState
from tests.bot.e2e.reading import boxes, buttons, gallery, is_page, text
from tests.bot.e2e.scripted import ScriptedStudio, StartBot, picture

CAST = "[Tom] A young programmer wearing glasses\n[Lisa] A woman with short hair"
PANELS = "[Tom] in the office #Tom writes code.\n[Lisa] looks at his screen\n[Tom] and [Lisa] argue"


async def write(
    member: Member, characters: str = CAST, panels: str = PANELS, title: str = "", **options: object
) -> dict[str, object]:
    dialog = await member.command("/comic", **options)
    return await member.submit_modal(dialog, characters=characters, panels=panels, title=title)


async def test_a_story_typed_into_the_dialog_becomes_a_posted_page(ada: Member) -> None:
    answer = await write(ada, title="Tabs or spaces")
    assert answer["message"]["flags"] & 64
    assert text(answer["message"]).startswith("Your comic is in the queue: 3 panels, about ")
    page = await ada.wait_for_message(is_page)
    assert text(page).startswith("**Tabs or spaces**")
    assert [item["description"] for item in gallery(page)] == ["Page 1: Tom types."]
    assert await ada.download(page["attachments"][0]) == picture("PNG")
    whispered = [one for one in await ada.messages() if one["flags"] & 64]
    answers = [one for one in whispered if not text(one).startswith("-# Tip: ")]
    assert [one["id"] for one in answers] == [answer["message"]["id"]]


async def test_title_and_style_of_the_command_reach_dialog_and_plan(
    ada: Member, studio: ScriptedStudio
) -> None:
    dialog = await ada.command("/comic", title="Night", style="film-noir")
    assert boxes(dialog)["title"] == "Night"
    await ada.submit_modal(dialog, characters=CAST, panels=PANELS, title="Night")
    await ada.wait_for_message(is_page)
    assert (studio.orders[0].plan.title, studio.orders[0].plan.style) == ("Night", "film-noir")


async def test_a_story_without_a_title_is_called_after_its_cast(
    ada: Member, studio: ScriptedStudio
) -> None:
    await write(ada)
    await ada.wait_for_message(is_page)
    assert studio.orders[0].plan.title == "Tom, Lisa"


async def test_progress_shows_step_preview_and_cancel_and_ends_short(
    ada: Member, studio: ScriptedStudio
) -> None:
    studio.go.clear()
    await write(ada)
    progress = await ada.wait_for_message(lambda message: "step 4 of 8" in text(message))
    shown = await ada.wait_for_message(lambda message: bool(gallery(message)))
    assert shown["id"] == progress["id"]
    assert await ada.download(shown["attachments"][0]) == picture("JPEG")
    assert list(buttons(shown)) == ["Cancel"]
    studio.go.set()
    done = await ada.wait_for_message(lambda message: "Done in" in text(message))
    assert done["id"] == progress["id"]
    assert not buttons(done)
    assert not done["attachments"]


async def test_cancel_ends_the_render_and_the_story_can_be_drawn_again(
    ada: Member, studio: ScriptedStudio
) -> None:
    studio.go.clear()
    await write(ada)
    running = await ada.wait_for_message(lambda message: "step 4" in text(message))
    await ada.click(running, buttons(running)["Cancel"])
    ended = await ada.wait_for_message(lambda message: "Cancelled" in text(message))
    studio.go.set()
    await ada.click(ended, buttons(ended)["Draw it again"])
    await ada.wait_for_message(is_page)
    assert len(studio.orders) == 2


async def test_only_the_asker_or_a_moderator_cancels(
    ada: Member, ben: Member, studio: ScriptedStudio
) -> None:
    studio.go.clear()
    await write(ben)
    running = await ben.wait_for_message(lambda message: "step 4" in text(message))
    async with Member(ada.url, "Chloé") as chloe:
        refusal = await chloe.click(running, buttons(running)["Cancel"])
    assert "or a moderator" in text(refusal["message"])
    await ada.click(running, buttons(running)["Cancel"])  # she owns the server
    await ada.wait_for_message(lambda message: "Cancelled" in text(message))


async def test_a_text_with_mistakes_is_kept_and_edit_opens_it_again(
    ada: Member, database: Database
) -> None:
    wrong = "[Tim] in the office"
    answer = await write(ada, panels=wrong)
    reply = answer["message"]
    assert 'There is no character "Tim"'.lower() in text(reply).lower()
    assert "Did you mean **[Tom]**?" in text(reply)
    async with database.session() as session:
        assert (await stories.get(session, 1)).draft == (CAST, wrong)
    dialog = await ada.click(reply, buttons(reply)["Edit"])
    assert boxes(dialog) == {"title": "", "characters": CAST, "panels": wrong}
    settled = await ada.submit_modal(
        dialog, title="Monday", characters=CAST, panels="[Tom] in the office"
    )
    assert settled["message"]["id"] == reply["id"]
    assert "1 panel, about" in text(settled["message"])
    assert list(buttons(settled["message"])) == ["Settings"]
    await ada.wait_for_message(is_page)
    async with database.session() as session:
        story = await stories.get(session, 1)
    assert (story.title, story.draft) == ("Monday", None)


async def test_a_dialog_that_was_open_during_a_restart_loses_nothing(
    ada: Member, bot: Inkthread, start_bot: StartBot
) -> None:
    dialog = await ada.command("/comic")
    await bot.close()
    await start_bot()
    await ada.submit_modal(dialog, characters=CAST, panels=PANELS, title="")
    await ada.wait_for_message(is_page)


async def test_edit_works_after_a_restart(ada: Member, bot: Inkthread, start_bot: StartBot) -> None:
    answer = await write(ada, panels="[Tim] waves")
    await bot.close()
    await start_bot()
    dialog = await ada.click(answer["message"], buttons(answer["message"])["Edit"])
    assert boxes(dialog)["panels"] == "[Tim] waves"


async def test_redraw_draws_the_same_story_with_another_seed_also_after_a_restart(
    ada: Member, bot: Inkthread, start_bot: StartBot, studio: ScriptedStudio
) -> None:
    await write(ada)
    page = await ada.wait_for_message(is_page)
    await bot.close()
    await start_bot()
    await ada.click(page, buttons(page)["Redraw"])
    await ada.wait_for_message(lambda message: is_page(message) and message["id"] != page["id"])
    first, second = (order.plan for order in studio.orders)
    assert first.seed != second.seed
    shown = [[one.prompt for one in plan.panels if one.number] for plan in (first, second)]
    assert shown[0] == shown[1]
    assert sheets_of(first) == sheets_of(second)


async def test_pressing_redraw_twice_draws_once(ada: Member, studio: ScriptedStudio) -> None:
    await write(ada)
    page = await ada.wait_for_message(is_page)
    studio.go.clear()
    await ada.click(page, buttons(page)["Redraw"])
    again = await ada.click(page, buttons(page)["Redraw"])
    assert "at it already" in text(again["message"])
    studio.go.set()


async def test_a_render_that_fails_says_why_and_can_be_tried_again(
    ada: Member, studio: ScriptedStudio
) -> None:
    studio.failures.append(Failed("The machine has too little memory for this size.", False))
    await write(ada)
    failed = await ada.wait_for_message(lambda message: "could not be drawn" in text(message))
    assert "too little memory" in text(failed)
    await ada.click(failed, buttons(failed)["Retry"])
    await ada.wait_for_message(is_page)
    assert studio.orders[1].plan == studio.orders[0].plan


async def test_missing_permissions_are_named_before_anything_is_typed(ada: Member) -> None:
    await ada.forbid("comics", 1 << 15)  # ATTACH_FILES
    answer = await ada.command("/comic")
    assert "**Attach Files**" in text(answer["message"])


async def test_permissions_lost_while_typing_are_named_and_the_text_is_kept(
    ada: Member, database: Database
) -> None:
    dialog = await ada.command("/comic")
    await ada.forbid("comics", 1 << 15)
    answer = await ada.submit_modal(dialog, characters=CAST, panels=PANELS, title="")
    assert "**Attach Files**" in text(answer["message"])
    async with database.session() as session:
        assert (await stories.script_parts(session, 1))[1].count("\n") == 2
    await ada.forbid("comics", 0)
    await ada.click(answer["message"], buttons(answer["message"])["Draw it"])
    await ada.wait_for_message(is_page)


async def test_two_pages_are_posted_in_order_each_with_its_number(
    ada: Member, studio: ScriptedStudio
) -> None:
    studio.pages = 2
    await write(ada)
    await ada.wait_for_message(lambda message: "page 2 of 2" in text(message))
    lines = [text(one).splitlines()[0] for one in await ada.messages() if is_page(one)]
    assert lines == ["**Tom, Lisa** · page 1 of 2", "**Tom, Lisa** · page 2 of 2"]


async def test_a_render_that_waited_during_a_restart_is_drawn_and_posted_once(
    ada: Member, bot: Inkthread, start_bot: StartBot, studio: ScriptedStudio, database: Database
) -> None:
    studio.go.clear()
    await write(ada)
    progress = await ada.wait_for_message(lambda message: "step 4" in text(message))
    await bot.close()
    studio.go.set()
    await start_bot()
    await ada.wait_for_message(is_page)
    done = await ada.wait_for_message(lambda message: "Done in" in text(message))
    assert done["id"] == progress["id"]
    assert sum(is_page(message) for message in await ada.messages()) == 1
    async with database.session() as session:
        assert (await renders.get(session, 1)).state is RenderState.DONE
