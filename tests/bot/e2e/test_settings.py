"""The settings of a story and of a member, from the menus to the plan that is drawn."""

from typing import Any

from bot.client import Inkthread
from bot.sandbox.member import Member
from tests.bot.e2e.reading import answer, boxes, buttons, components, is_page, text
from tests.bot.e2e.scripted import ScriptedStudio, StartBot
from tests.bot.e2e.test_card import card_saying
from tests.bot.e2e.test_comic import write
from tests.bot.e2e.test_story import start

Json = dict[str, Any]


def menus(message: Json) -> dict[str, Json]:
    """The menus by what they choose."""
    found = [one for one in components(message) if one["type"] == 3]
    return {one["custom_id"].split(":")[2].split("-")[1]: one for one in found}


def held(message: Json) -> dict[str, str]:
    """What each menu shows."""
    return {
        field: next(one["value"] for one in menu["options"] if one.get("default"))
        for field, menu in menus(message).items()
    }


async def choose(member: Member, panel: Json, field: str, value: str) -> Json:
    """The panel as it is afterwards, in the same place."""
    await member.choose(panel, menus(panel)[field]["custom_id"], [value])

    async def changed() -> Json | None:
        now = await member.message(panel)
        return now if now is not None and held(now)[field] == value else None

    return dict(await member.wait_for(changed))


async def test_a_storys_settings_reach_its_plan_and_begin_the_next_one(
    ada: Member, ben: Member, bot: Inkthread, start_bot: StartBot, studio: ScriptedStudio
) -> None:
    thread = await start(ada)
    await ada.command("/story line", thread, text="rain [NC] #Drip.")
    card = await card_saying(ada, thread, "Ready to draw")
    panel = await answer(ada, await ada.click(card, buttons(card)["Settings"]))
    assert panel["flags"] & 64
    assert set(menus(panel)) == {"style", "size", "quality", "consistency", "layout"}
    assert held(panel)["quality"] == "normal"
    assert "1 panel, about 2 s" in text(panel)
    await bot.close()
    await start_bot()
    for field, value in {
        "style": "film-noir",
        "size": "128x192",
        "quality": "fine",
        "consistency": "strong",
        "layout": "strip",
    }.items():
        panel = await choose(ada, panel, field, value)
    assert "1 panel, about 5 s" in text(panel)
    dialog = await ada.click(panel, buttons(panel)["Seed"])
    refused = await answer(ada, await ada.submit_modal(dialog, seed="a dozen"))
    assert 'like 42; "a dozen" is none' in text(refused)
    dialog = await ada.click(refused, buttons(refused)["Seed"])
    assert boxes(dialog) == {"seed": "a dozen"}
    panel = await answer(ada, await ada.submit_modal(dialog, seed="42"))
    assert buttons(panel).keys() == {"Seed", "Render"}
    assert "128 × 192 pixels · 16 steps · seed 42" in text(panel)
    await card_saying(ben, thread, "Style: Film noir", "16 steps", "seed 42")
    await ada.click(panel, buttons(panel)["Render"])
    await ada.wait_for_message(is_page, thread)
    plan = studio.orders[0].plan
    assert (plan.style, plan.width, plan.height, plan.steps) == ("film-noir", 128, 192, 16)
    assert (plan.rate, plan.layout, plan.seed) == (0.75, "strip", 42)
    await write(ada, characters="", panels="snow [NC]")
    await ada.wait_for_message(is_page)
    plan = studio.orders[1].plan
    assert (plan.style, plan.height, plan.steps, plan.layout) == ("film-noir", 192, 16, "strip")
    assert plan.seed != 42
    other = await answer(ben, await ben.command("/settings drawing"))
    assert held(other)["quality"] == "normal"


async def test_a_members_settings_count_for_comic_and_its_answer_opens_them(
    ada: Member, studio: ScriptedStudio
) -> None:
    panel = await answer(ada, await ada.command("/settings drawing"))
    panel = await choose(ada, panel, "quality", "quick")
    await choose(ada, panel, "consistency", "off")
    told = await write(ada)
    await ada.wait_for_message(is_page)
    plan = studio.orders[0].plan
    assert plan.steps == 4
    assert not any(one.references for one in plan.panels)
    panel = await answer(
        ada, await ada.click(told["message"], buttons(told["message"])["Settings"])
    )
    panel = await choose(ada, panel, "layout", "grid")
    await ada.click(panel, buttons(panel)["Render"])
    await ada.wait_for(lambda: drawn(studio, 2))
    assert studio.orders[1].plan.layout == "grid"
    assert studio.orders[0].plan.layout == "page"


async def test_only_those_who_write_a_story_say_how_it_is_drawn(ada: Member, ben: Member) -> None:
    thread = await start(ada, who="owner")
    card = await card_saying(ada, thread)
    refused = await answer(ben, await ben.click(card, buttons(card)["Settings"]))
    assert "writes in this story" in text(refused)


async def drawn(studio: ScriptedStudio, count: int) -> bool:
    return len(studio.orders) == count
