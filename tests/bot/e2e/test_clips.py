"""Clips of a comic, from a button or a command to the posted film, as a member lives them."""

from typing import Any

import pytest

from bot.client import Inkthread
from bot.sandbox import uploads
from bot.sandbox.member import Member
from bot.sandbox.server import Sandbox
from generation.studio.events import Failed, Trouble
from storage import renders
from storage.engine import Database
from storage.values import RenderState
from tests.bot.e2e.reading import answer, buttons, components, gallery, is_page, text
from tests.bot.e2e.scripted import ScriptedStudio, StartBot
from tests.bot.e2e.test_comic import write
from tests.bot.e2e.test_pages import page, redo
from tests.bot.e2e.test_story import start

Json = dict[str, Any]

UNSET = "Nothing here was taught yet to set these pictures in motion"


def is_clip(message: Json) -> bool:
    return "Clip" in buttons(message) and not is_page(message)


def menus(message: Json) -> dict[str, Json]:
    """By what they choose."""
    return {one["custom_id"].split(":")[1]: one for one in components(message) if one["type"] == 3}


def chosen(message: Json) -> list[str]:
    return [
        option["label"]
        for menu in menus(message).values()
        for option in menu["options"]
        if option.get("default")
    ]


async def panel(member: Member, shown: Json) -> Json:
    """The private message that the button opens."""
    return await answer(member, await member.click(shown, buttons(shown)["Clip"]))


async def choose(member: Member, asked: Json, menu: str, value: str) -> Json:
    """The private message after a choice in one of its menus."""
    await member.choose(asked, menus(asked)[menu]["custom_id"], [value])

    def taken(message: Json) -> bool:
        options = menus(message)[menu]["options"] if menu in menus(message) else []
        return any(one["value"] == value and one.get("default") for one in options)

    return await member.wait_for_message(lambda one: one["id"] == asked["id"] and taken(one))


async def test_the_button_offers_the_whole_story_and_makes_a_clip_of_it(
    ada: Member, bot: Inkthread, start_bot: StartBot, studio: ScriptedStudio
) -> None:
    shown = await page(ada)
    await bot.close()
    await start_bot()
    asked = await panel(ada, shown)
    assert asked["flags"] & 64  # for the member alone
    assert UNSET in text(asked)
    assert chosen(asked) == [
        "From panel 1",
        "To panel 3",
        "12 frames a second",
        "Words on the pictures",
    ]
    told = await answer(ada, await ada.click(asked, buttons(asked)["Make the clip"]))
    assert text(told).startswith("Your clip is in the queue: 3 panels. Pictures come before clips.")
    assert UNSET in text(told)
    clip = await ada.wait_for_message(is_clip)
    assert text(clip).startswith("**Tabs or spaces · Clip**")
    (item,) = gallery(clip)
    assert item["description"] == "Panel 1: Tom types."
    assert item["media"]["content_type"] == "video/mp4"
    assert await ada.download(clip["attachments"][0]) == studio.film
    plan = studio.orders[1].plan
    assert plan.clip is not None
    assert (plan.clip.motion, plan.clip.fps, plan.clip.burnt_in) == ("cross-fade", 12, True)
    assert plan.clip.limit == 10 * 1024 * 1024
    assert set(studio.orders[1].pictures) == set(plan.clip.pictures)
    assert any("Done in" in text(one) and "Clip" in text(one) for one in await ada.messages())


async def test_panels_speed_and_words_are_chosen_in_menus(
    ada: Member, studio: ScriptedStudio
) -> None:
    shown = await page(ada)
    asked = await panel(ada, shown)
    for menu, value in (("clip-first", "2"), ("clip-fps", "24"), ("clip-words", "0")):
        asked = await choose(ada, asked, menu, value)
    assert chosen(asked) == ["From panel 2", "To panel 3", "24 frames a second", "No words"]
    assert [one["value"] for one in menus(asked)["clip-last"]["options"]] == ["3"]
    asked = await choose(ada, asked, "clip-first", "1")
    asked = await choose(ada, asked, "clip-last", "2")
    await ada.click(asked, buttons(asked)["Make the clip"])
    clip = await ada.wait_for_message(is_clip)
    plan = studio.orders[1].plan
    assert [one.number for one in plan.panels] == [1, 2]
    assert plan.clip is not None
    assert (plan.clip.fps, plan.clip.burnt_in) == (24, False)
    another = await panel(ada, clip)
    assert chosen(another) == ["From panel 1", "To panel 2", "24 frames a second", "No words"]


async def test_a_clip_shows_the_takes_that_were_kept_and_the_words_of_today(
    ada: Member, studio: ScriptedStudio
) -> None:
    shown = await page(ada)
    pair = await redo(ada, shown, 2)
    await ada.click(pair, buttons(pair)["Keep the new one"])
    await ada.wait_for_message(lambda one: "stands on the page now" in text(one))
    dialog = await ada.click(shown, buttons(shown)["Edit lettering"])
    await ada.submit_modal(dialog, {"1": "Tabs!", "2": "", "3": ""})
    asked = await panel(ada, shown)
    await ada.click(asked, buttons(asked)["Make the clip"])
    await ada.wait_for_message(is_clip)
    plan = studio.orders[-1].plan
    assert plan.clip is not None
    assert plan.panels[0].lettering[0].text == "Tabs!"
    kept = await ada.download(pair["attachments"][1])
    assert studio.orders[-1].pictures[plan.clip.pictures[1]] == kept


async def test_slash_clip_makes_one_of_the_threads_newest_comic(
    ada: Member, studio: ScriptedStudio, database: Database
) -> None:
    thread = await start(ada)
    none_yet = await answer(ada, await ada.command("/clip", thread))
    assert "no finished comic yet" in text(none_yet)
    for line in ("rain [NC]", "snow [NC]", "sun [NC]"):
        await ada.command("/story line", thread, text=line)
    await ada.command("/story render", thread)
    await ada.wait_for_message(is_page, thread)
    offered = await ada.autocomplete("/clip", "panels", thread, panels="")
    assert [one["value"] for one in offered] == ["1-3", "1-2", "2-3"]
    bad = await answer(ada, await ada.command("/clip", thread, panels="3-9"))
    assert "are no panels for a clip" in text(bad)
    told = await answer(
        ada, await ada.command("/clip", thread, panels="2-3", fps=8, captions=False)
    )
    assert "Your clip is in the queue: 2 panels." in text(told)
    await ada.wait_for_message(is_clip, thread)
    plan = studio.orders[-1].plan
    assert plan.clip is not None
    assert ([one.number for one in plan.panels], plan.clip.fps) == ([2, 3], 8)
    assert not plan.clip.burnt_in
    async with database.session() as session:
        assert (await renders.get(session, 2)).lane == 4


async def test_slash_clip_elsewhere_posts_where_the_comic_is_and_says_so(
    ada: Member, studio: ScriptedStudio
) -> None:
    nowhere = await answer(ada, await ada.command("/clip"))
    assert "There is no story in this channel" in text(nowhere)
    thread = await start(ada)
    await page(ada)
    offered = await ada.autocomplete("/clip", "story", thread, story="tabs")
    story = next(one["value"] for one in offered if "Tabs" in one["name"])
    told = await answer(ada, await ada.command("/clip", thread, story=story))
    assert "posted in <#" in text(told)
    await ada.wait_for_message(is_clip)
    unknown = await answer(ada, await ada.command("/clip", thread, story="9" * 30))
    assert "can't find that story" in text(unknown)


async def test_a_comic_of_one_panel_has_no_clip(ada: Member) -> None:
    await write(ada, panels="[Tom] in the office")
    shown = await ada.wait_for_message(is_page)
    assert "Clip" not in buttons(shown)
    offered = await ada.autocomplete("/clip", "story", story="")
    refused = await answer(ada, await ada.command("/clip", story=offered[0]["value"]))
    assert "this comic has a single one" in text(refused)


async def test_progress_of_a_clip_shows_its_frames_and_it_is_cancelled_after_a_restart(
    ada: Member, bot: Inkthread, start_bot: StartBot, studio: ScriptedStudio, database: Database
) -> None:
    shown = await page(ada)
    studio.go.clear()
    asked = await panel(ada, shown)
    await ada.click(asked, buttons(asked)["Make the clip"])
    seen = await ada.wait_for_message(lambda one: "Clip" in text(one) and bool(gallery(one)))
    assert "step 1 of 2" in text(seen)
    assert gallery(seen)[0]["description"] == "The frames between the panels as they develop"
    twice = await answer(ada, await ada.click(asked, buttons(asked)["Make the clip"]))
    assert "I'm at it already" in text(twice)
    await bot.close()
    await start_bot()
    await ada.wait_for_message(
        lambda one: one["id"] == seen["id"] and "step 1 of 2" in text(one) and bool(gallery(one))
    )
    await ada.click(seen, buttons(seen)["Cancel"])
    ended = await ada.wait_for_message(lambda one: "Cancelled." in text(one))
    assert ended["id"] == seen["id"]
    async with database.session() as session:
        assert (await renders.get(session, 2)).state is RenderState.CANCELLED
    studio.go.set()
    await ada.click(ended, buttons(ended)["Draw it again"])
    await ada.wait_for_message(is_clip)


async def test_a_clip_that_fails_says_why_and_is_tried_again(
    ada: Member, studio: ScriptedStudio
) -> None:
    shown = await page(ada)
    studio.failures = [Failed("Lost.", False, Trouble.PICTURE_LOST)]
    asked = await panel(ada, shown)
    await ada.click(asked, buttons(asked)["Make the clip"])
    failed = await ada.wait_for_message(lambda one: "could not be made" in text(one))
    assert "its picture is lost" in text(failed)
    await ada.click(failed, buttons(failed)["Retry"])
    await ada.wait_for_message(is_clip)
    assert studio.orders[-1].plan == studio.orders[-2].plan


async def test_a_clip_gives_way_to_a_comic_and_says_where_it_stands(
    ada: Member, ben: Member, studio: ScriptedStudio
) -> None:
    shown = await page(ada)
    studio.go.clear()
    asked = await panel(ada, shown)
    await ada.click(asked, buttons(asked)["Make the clip"])
    seen = await ada.wait_for_message(lambda one: "step 1 of 2" in text(one))
    await write(ben, title="Ben's")
    await ada.wait_for_message(
        lambda one: one["id"] == seen["id"] and "Next in the queue" in text(one)
    )
    await ada.wait_for_message(lambda one: "Ben's" in text(one) and "step 4 of 8" in text(one))
    assert not any(is_clip(one) for one in await ada.messages())
    studio.go.set()
    clip = await ada.wait_for_message(is_clip)
    bens = next(one for one in await ada.messages() if is_page(one) and "Ben's" in text(one))
    assert int(bens["id"]) < int(clip["id"])


async def test_a_clip_is_deleted_alone_and_with_its_comic(ada: Member, ben: Member) -> None:
    shown = await page(ada)
    asked = await panel(ada, shown)
    await ada.click(asked, buttons(asked)["Make the clip"])
    clip = await ada.wait_for_message(is_clip)
    refused = await answer(ben, await ben.click(clip, buttons(clip)["Delete"]))
    assert "Only the member whose comic it is" in text(refused)
    sure = await answer(ada, await ada.click(clip, buttons(clip)["Delete"]))
    assert "Delete this clip" in text(sure)
    await ada.click(sure, buttons(sure)["Delete it"])

    async def left(clips: int, pages: int) -> bool:
        found = await ada.messages()
        return (sum(map(is_clip, found)), sum(map(is_page, found))) == (clips, pages)

    await ada.wait_for(lambda: left(0, 1))
    await ada.click(asked, buttons(asked)["Make the clip"])
    await ada.wait_for_message(is_clip)
    sure = await answer(ada, await ada.click(shown, buttons(shown)["Delete"]))
    await ada.click(sure, buttons(sure)["Delete it"])
    await ada.wait_for(lambda: left(0, 0))


async def test_a_clip_that_discord_finds_too_large_is_posted_smaller_or_told(
    ada: Member, studio: ScriptedStudio, monkeypatch: pytest.MonkeyPatch
) -> None:
    studio.film = bytes(300_000)
    shown = await page(ada)
    asked = await panel(ada, shown)
    monkeypatch.setattr(uploads, "UPLOAD_LIMIT", 150_000)  # less than the server says
    await ada.click(asked, buttons(asked)["Make the clip"])
    (attachment,) = (await ada.wait_for_message(is_clip))["attachments"]
    assert attachment["filename"].endswith(".mp4")
    assert 100_000 < attachment["size"] <= 150_000
    monkeypatch.setattr(uploads, "UPLOAD_LIMIT", 20_000)
    await ada.click(asked, buttons(asked)["Make the clip"])
    told = await ada.wait_for_message(lambda one: "The clip could not be posted" in text(one))
    assert "is larger than this server takes" in text(told)


async def test_a_clip_is_hidden_where_pictures_are(ada: Member, sandbox: Sandbox) -> None:
    await ada.command("/settings spoilers", pictures="always")
    shown = await page(ada)
    asked = await panel(ada, shown)
    await ada.click(asked, buttons(asked)["Make the clip"])
    clip = await ada.wait_for_message(is_clip)
    assert gallery(clip)[0]["spoiler"]
    assert clip["attachments"][0]["filename"].startswith("SPOILER_clip-")
