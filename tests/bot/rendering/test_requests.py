"""Orders: what is queued for a story, and what is queued again."""

from dataclasses import replace

import pytest

from bot.errors import AlreadyDrawing, NothingToDraw
from bot.rendering.requests import Request, Shelf, request_again, request_story
from generation.script.catalogue import Model, Style
from generation.script.plan import RenderPlan
from storage import renders, stories
from storage.engine import Database
from storage.values import Story

MODEL = Model("toon", "Toon", "nowhere", "sd15", 128, 128, 8, 5.0, seconds_per_step=0.5)
PLAIN, NOIR = Style("plain", "Plain", "{scene}", ""), Style("noir", "Noir", "dark, {scene}", "")
SHELF = Shelf({"toon": MODEL}, {"plain": PLAIN, "noir": NOIR}, "toon")


@pytest.fixture
async def story(database: Database) -> Story:
    async with database.session() as session:
        story = await stories.create(
            session,
            guild_id=1,
            channel_id=2,
            thread_id=3,
            owner_id=4,
            title="Rain",
            style="noir",
        )
        await stories.fill(session, story.id, 4, [("Tom", "a baker")], ["[Tom] waves", "rain [NC]"])
    return story


async def finish(database: Database, request: Request) -> None:
    async with database.session() as session:
        await renders.cancel(session, request.render.id)


def plan_of(request: Request) -> RenderPlan:
    return RenderPlan.from_json(request.render.plan)


async def test_a_story_is_queued_for_its_thread_in_its_style(
    database: Database, story: Story
) -> None:
    request = await request_story(database, SHELF, story, user_id=5)
    assert (request.render.channel_id, request.render.user_id) == (3, 5)
    assert (plan_of(request).style, plan_of(request).title) == ("noir", "Rain")
    assert (request.place, request.panels) == (1, 2)
    assert request.seconds is not None
    assert request.seconds > 0


def test_only_styles_that_the_model_was_taught_are_on_offer() -> None:
    assert SHELF.drawable() == (PLAIN, NOIR)
    shelf = replace(SHELF, models={"toon": replace(MODEL, styles=("noir",))})
    assert shelf.drawable() == (NOIR,)
    assert shelf.style("plain") == NOIR


async def test_a_style_that_is_no_longer_on_offer_becomes_the_first_one(
    database: Database, story: Story
) -> None:
    shelf = replace(SHELF, styles={"plain": PLAIN})
    assert plan_of(await request_story(database, shelf, story, user_id=5)).style == "plain"


async def test_a_member_waits_once_for_a_story_but_others_may_want_it_too(
    database: Database, story: Story
) -> None:
    first = await request_story(database, SHELF, story, user_id=5)
    with pytest.raises(AlreadyDrawing):
        await request_story(database, SHELF, story, user_id=5)
    assert (await request_story(database, SHELF, story, user_id=6)).place == 2
    await finish(database, first)
    await request_story(database, SHELF, story, user_id=5)


async def test_drawing_again_takes_the_lines_that_were_drawn_then(
    database: Database, story: Story
) -> None:
    first = await request_story(database, SHELF, story, user_id=5)
    await finish(database, first)
    async with database.session() as session:
        await stories.add_panel(session, story.id, 4, "[Tom] runs")
    again = await request_again(database, SHELF, first.render.id, user_id=6)
    assert again.panels == 2
    assert plan_of(again).seed != plan_of(first).seed
    prompts = [[panel.prompt for panel in plan_of(one).panels] for one in (first, again)]
    assert prompts[0] == prompts[1]


async def test_drawing_again_with_a_model_that_is_gone_plans_the_story_anew(
    database: Database, story: Story
) -> None:
    first = await request_story(database, SHELF, story, user_id=5)
    await finish(database, first)
    shelf = Shelf({"sdxl": replace(MODEL, name="sdxl")}, SHELF.styles, "sdxl")
    again = await request_again(database, shelf, first.render.id, user_id=5)
    assert plan_of(again).model == "sdxl"


async def test_a_story_without_panels_is_not_queued(database: Database, story: Story) -> None:
    async with database.session() as session:
        await stories.fill(session, story.id, 4, [("Tom", "a baker")], [])
    with pytest.raises(NothingToDraw):
        await request_story(database, SHELF, story, user_id=5)
