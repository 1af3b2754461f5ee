"""The buttons under a finished page, as a member lives them."""

from typing import Any

import pytest

from bot.client import Inkthread
from bot.sandbox.member import Member
from generation.script.rewording import written
from generation.studio.events import Failed
from storage import posts
from storage.engine import Database
from storage.values import Post, PostState
from tests.bot.e2e.reading import boxes, buttons, components, gallery, is_page, text
from tests.bot.e2e.scripted import ScriptedStudio, StartBot, colour_of, picture
from tests.bot.e2e.test_comic import CAST, write

Json = dict[str, Any]


def select(message: Json) -> Json:
    return next(one for one in components(message) if one["type"] == 3)


def is_comparison(message: Json) -> bool:
    return len(gallery(message)) == 2


async def page(member: Member) -> Json:
    await write(member, title="Tabs or spaces")
    return await member.wait_for_message(is_page)


async def choose(member: Member, message: Json, button: str, value: str) -> Json:
    """Press a button, then choose in the select that it brings."""
    asked = await member.click(message, buttons(message)[button])
    shown = asked["message"]
    assert shown["flags"] & 64
    return await member.choose(shown, select(shown)["custom_id"], [value])


async def stored(database: Database, number: int = 1) -> Post:
    async with database.session() as session:
        return await posts.get(session, number)


async def redo(member: Member, shown: Json, panel: int, **values: str) -> Json:
    """Draw a panel again; the message with both pictures."""
    dialog = await choose(member, shown, "Redo a panel", str(panel))
    await member.submit_modal(dialog, {**boxes(dialog), **values})
    return await member.wait_for_message(is_comparison)


async def test_a_page_has_its_buttons_and_they_work_after_a_restart(
    ada: Member, bot: Inkthread, start_bot: StartBot
) -> None:
    shown = await page(ada)
    assert list(buttons(shown)) == [
        "Redo a panel",
        "Edit lettering",
        "Variations",
        "Redraw",
        "Clip",
        "Export",
        "Delete",
    ]
    await bot.close()
    await start_bot()
    dialog = await ada.click(shown, buttons(shown)["Edit lettering"])
    assert boxes(dialog) == {"1": "Tom writes code.", "2": "", "3": ""}


async def test_other_words_change_the_page_without_drawing(
    ada: Member, studio: ScriptedStudio
) -> None:
    shown = await page(ada)
    dialog = await ada.click(shown, buttons(shown)["Edit lettering"])
    answer = await ada.submit_modal(dialog, {"1": "Lisa: Spaces!", "2": "", "3": "Later..."})
    changed = await ada.wait_for_message(
        lambda one: is_page(one) and "Spaces!" in gallery(one)[0]["description"]
    )
    assert changed["id"] == shown["id"]
    assert await ada.download(changed["attachments"][0]) == picture("PNG", colour_of(1))
    done = await ada.wait_for_message(lambda one: "shows the new words" in text(one))
    assert done["flags"] & 64
    assert answer["type"] in (4, 5)
    assert len(studio.orders) == 1
    plan, pictures = studio.composed[0]
    drawn = studio.orders[0].plan
    assert [one.prompt for one in plan.panels] == [one.prompt for one in drawn.panels]
    assert plan.panels[0].lettering[0].speaker == "Lisa"
    assert pictures == {
        number: picture("PNG", colour_of(drawn.panels[number - 1].seed)) for number in (1, 2, 3)
    }
    again = await ada.click(changed, buttons(changed)["Edit lettering"])
    assert boxes(again) == {"1": "Lisa: Spaces!", "2": "", "3": "Later..."}


async def test_a_long_story_is_lettered_five_panels_at_a_time(
    ada: Member, studio: ScriptedStudio
) -> None:
    panels = "\n".join(f"a street, {number} #words {number} [NC]" for number in range(1, 13))
    await write(ada, characters="", panels=panels)
    shown = await ada.wait_for_message(is_page)
    asked = await ada.click(shown, buttons(shown)["Edit lettering"])
    labels = [one["label"] for one in select(asked["message"])["options"]]
    assert labels == ["Panels 1 to 5", "Panels 6 to 10", "Panels 11 to 12"]
    dialog = await ada.choose(asked["message"], select(asked["message"])["custom_id"], ["11"])
    assert boxes(dialog) == {"11": "words 11", "12": "words 12"}
    await ada.submit_modal(dialog, {"11": "words 11", "12": "The end"})
    await ada.wait_for_message(
        lambda one: is_page(one) and "The end" in gallery(one)[0]["description"]
    )


async def test_a_page_that_cannot_be_lettered_says_why_and_keeps_the_words(
    ada: Member, bot: Inkthread, studio: ScriptedStudio, database: Database
) -> None:
    shown = await page(ada)
    studio.refusals = ["The press is broken."] * 3
    bot.services.bindery._pace = type(bot.services.bindery._pace)(poll=0.05, retry=0.0)
    dialog = await ada.click(shown, buttons(shown)["Edit lettering"])
    await ada.submit_modal(dialog, {"1": "Other words", "2": "", "3": ""})
    answer = await ada.wait_for_message(lambda one: "The press is broken." in text(one))
    assert "Your words are kept" in text(answer)
    again = await ada.click(shown, buttons(shown)["Edit lettering"])
    assert boxes(again)["1"] == "Other words"


async def test_a_panel_drawn_again_is_compared_kept_and_taken_back(
    ada: Member, studio: ScriptedStudio, bot: Inkthread, start_bot: StartBot
) -> None:
    shown = await page(ada)
    both = await redo(ada, shown, 1)
    first, second = (order.plan for order in studio.orders)
    assert second.panels[-1].number == 1
    assert second.panels[-1].prompt == first.panels[0].prompt
    assert second.panels[-1].seed != first.panels[0].seed
    old, new = (
        picture("PNG", colour_of(plan.panels[at].seed)) for plan, at in ((first, 0), (second, -1))
    )
    assert [await ada.download(one) for one in both["attachments"]] == [old, new]
    assert [one["description"].split(":")[0] for one in gallery(both)] == ["Before", "After"]
    assert list(buttons(both)) == ["Keep the new one", "Go back to the old one", "Draw it again"]
    await bot.close()
    await start_bot()
    await ada.click(both, buttons(both)["Keep the new one"])
    kept = await ada.wait_for_message(lambda one: "new one stands on the page" in text(one))
    assert kept["id"] == both["id"]
    assert list(buttons(kept)) == ["Go back to the old one", "Draw it again"]
    await ada.wait_for_message(
        lambda one: one["id"] == shown["id"] and one["edited_timestamp"] is not None
    )
    untouched = {
        number: picture("PNG", colour_of(first.panels[number - 1].seed)) for number in (2, 3)
    }
    assert studio.composed[-1][1] == {1: new, **untouched}
    await ada.click(kept, buttons(kept)["Go back to the old one"])
    await ada.wait_for_message(lambda one: "old one stands on the page" in text(one))
    await ada.wait_for(lambda: times(studio, 2))
    assert studio.composed[-1][1] == {1: old, **untouched}
    assert studio.composed[-1][0] == first


async def times(studio: ScriptedStudio, count: int) -> bool:
    return len(studio.composed) == count


async def test_a_panel_is_drawn_again_from_other_text_and_a_given_seed(
    ada: Member, studio: ScriptedStudio
) -> None:
    shown = await page(ada)
    both = await redo(ada, shown, 2, scene="[Lisa] in a boat", seed="42")
    panel = studio.orders[1].plan.panels[-1]
    assert "in a boat" in panel.prompt
    assert panel.seed == 42
    assert "boat" in gallery(both)[1]["description"]
    await ada.click(both, buttons(both)["Keep the new one"])
    await ada.wait_for_message(lambda one: "new one stands on the page" in text(one))
    await ada.wait_for(lambda: times(studio, 1))
    plan = studio.composed[0][0]
    assert written(plan).panels[1].scene == "[Lisa] in a boat"
    await ada.click(shown, buttons(shown)["Redraw"])
    await ada.wait_for_message(lambda one: is_page(one) and one["id"] != shown["id"])
    assert "in a boat" in studio.orders[2].plan.panels[1].prompt


@pytest.mark.parametrize(
    ("wrong", "reply"),
    [
        ({"scene": "[Tim] in a boat"}, "Did you mean"),
        ({"seed": "a dozen"}, "whole number"),
        ({"kept": "most"}, "from 0 to 90"),
    ],
)
async def test_mistakes_in_the_dialog_are_told_and_the_text_comes_back(
    ada: Member, studio: ScriptedStudio, wrong: dict[str, str], reply: str
) -> None:
    shown = await page(ada)
    dialog = await choose(ada, shown, "Redo a panel", "2")
    assert boxes(dialog)["scene"] == "[Lisa] looks at his screen"
    answer = await ada.submit_modal(dialog, {**boxes(dialog), **wrong})
    assert reply in text(answer["message"])
    assert f"> {wrong.get('scene', '[Lisa] looks at his screen')}" in text(answer["message"])
    assert list(buttons(answer["message"])) == ["Redo a panel"]
    assert len(studio.orders) == 1


async def test_another_try_at_a_panel_is_another_comparison(
    ada: Member, studio: ScriptedStudio
) -> None:
    shown = await page(ada)
    both = await redo(ada, shown, 1, scene="[Tom] in a boat", kept="40 %")
    await ada.click(both, buttons(both)["Draw it again"])
    again = await ada.wait_for_message(lambda one: is_comparison(one) and one["id"] != both["id"])
    seeds = [order.plan.panels[-1].seed for order in studio.orders[1:]]
    assert seeds[0] != seeds[1]
    for order in studio.orders[1:]:  # both are drawn on from the picture of the page
        panel = order.plan.panels[-1]
        assert panel.strength == pytest.approx(0.6)
        assert order.pictures == {
            panel.start: picture("PNG", colour_of(studio.orders[0].plan.panels[0].seed))
        }
    assert "in a boat" in studio.orders[2].plan.panels[-1].prompt
    await ada.click(both, buttons(both)["Keep the new one"])
    await ada.wait_for_message(lambda one: "new one stands on the page" in text(one))
    await ada.click(again, buttons(again)["Keep the new one"])
    await ada.wait_for_message(
        lambda one: one["id"] == both["id"] and "old one stands on the page" in text(one)
    )


async def test_a_panel_that_fails_says_why_and_is_tried_again_with_the_same_seed(
    ada: Member, studio: ScriptedStudio
) -> None:
    shown = await page(ada)
    studio.failures.append(Failed("The machine has too little memory for this size.", False))
    dialog = await choose(ada, shown, "Redo a panel", "2")
    await ada.submit_modal(dialog, {"scene": "[Lisa] in a boat", "seed": ""})
    failed = await ada.wait_for_message(lambda one: "too little memory" in text(one))
    await ada.click(failed, buttons(failed)["Retry"])
    await ada.wait_for_message(is_comparison)
    assert studio.orders[2].plan == studio.orders[1].plan


async def test_a_comic_is_exported_privately(ada: Member, ben: Member) -> None:
    shown = await page(ada)
    for kind, name in (("cbz", "tabs-or-spaces.cbz"), ("pdf", "tabs-or-spaces.pdf")):
        await choose(ben, shown, "Export", kind)
        sent = await ben.wait_for_message(
            lambda one, name=name: [a["filename"] for a in one["attachments"]] == [name]
        )
        assert sent["flags"] & 64
        assert await ben.download(sent["attachments"][0]) == b"book of " + picture("PNG")
    await choose(ben, shown, "Export", "txt")
    script = await ben.wait_for_message(
        lambda one: [a["filename"] for a in one["attachments"]] == ["tabs-or-spaces.txt"]
    )
    assert (await ben.download(script["attachments"][0])).decode().startswith(CAST)


async def test_delete_asks_once_more_and_the_outbox_says_so(
    ada: Member, ben: Member, studio: ScriptedStudio, database: Database
) -> None:
    studio.pages = 2
    await write(ben)
    await ada.wait_for_message(lambda one: "page 2 of 2" in text(one))
    shown = await ada.wait_for_message(is_page)
    async with Member(ada.url, "Chloé") as chloe:
        refused = await chloe.click(shown, buttons(shown)["Delete"])
    assert "or a moderator" in text(refused["message"])
    asked = await ben.click(shown, buttons(shown)["Delete"])
    assert "The story is kept" in text(asked["message"])
    await ben.click(asked["message"], buttons(asked["message"])["Delete it"])

    async def gone() -> bool:
        return not any(is_page(one) for one in await ada.messages())

    await ada.wait_for(gone)

    async def told() -> bool:
        return all([(await stored(database, at)).state is PostState.DELETED for at in (1, 2)])

    await ada.wait_for(told)
    assert (await stored(database)).withdrawn_by == int(ben.id)


async def test_only_authors_and_moderators_change_a_page(ada: Member, ben: Member) -> None:
    await write(ben)
    shown = await ben.wait_for_message(is_page)
    async with Member(ada.url, "Chloé") as chloe:
        for label in ("Redo a panel", "Edit lettering", "Delete"):
            refused = await chloe.click(shown, buttons(shown)[label])
            assert "or a moderator" in text(refused["message"])
    dialog = await ada.click(shown, buttons(shown)["Edit lettering"])  # she owns the server
    assert "modal" in dialog


async def test_buttons_of_a_comic_whose_story_is_gone_say_so(
    ada: Member, database: Database
) -> None:
    import sqlalchemy

    shown = await page(ada)
    async with database.session() as session:
        await session.execute(sqlalchemy.text("DELETE FROM story"))
    for label in buttons(shown):
        answer = await ada.click(shown, buttons(shown)[label])
        assert "can't find" in text(answer["message"])
