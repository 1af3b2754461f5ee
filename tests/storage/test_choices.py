import secrets
from dataclasses import replace

import pytest

from generation.script.choices import Choices, Consistency, Layout, Quality
from generation.script.estimating import Speed
from storage import choices, guilds, posts, sketches, speeds, stories, upkeep
from storage.engine import Database
from storage.errors import NotFound
from storage.values import PostState, Spoilers, Story, TakeState
from tests.storage.test_posts import page

WISHES = Choices(
    "sdxl", "film-noir", "832x1216", Quality.FINE, Consistency.OFF, Layout.GRID, 10**17
)


async def test_a_storys_choices_are_its_own_and_its_card_is_to_show_them(
    database: Database, story: Story
) -> None:
    async with database.session() as session:
        assert await choices.of_story(session, story.id) == Choices(style="comic")
        await choices.choose_for_story(session, story.id, WISHES)
        await choices.choose_for_story(session, story.id, replace(WISHES, seed=None))
        assert await choices.of_story(session, story.id) == replace(WISHES, seed=None)
        after = await stories.get(session, story.id)
        assert after.style == "film-noir"
        assert after.revision == story.revision + 2
        with pytest.raises(NotFound):
            await choices.of_story(session, 99)


async def test_a_members_last_choices_are_remembered_by_guild_and_without_the_seed(
    database: Database,
) -> None:
    async with database.session() as session:
        assert await choices.last_of(session, 1, 30) == Choices()
        await choices.remember(session, 1, 30, replace(WISHES, layout=Layout.PAGE))
        await choices.remember(session, 1, 30, WISHES)
        assert await choices.last_of(session, 1, 30) == replace(WISHES, seed=None)
        assert await choices.last_of(session, 2, 30) == Choices()
        assert await choices.last_of(session, 1, 31) == Choices()


async def test_a_guild_says_what_is_hidden(database: Database) -> None:
    async with database.session() as session:
        assert await guilds.spoilers(session, 5) is Spoilers.NEVER
        await guilds.set_spoilers(session, 5, Spoilers.OUTSIDE)
        assert await guilds.spoilers(session, 5) is Spoilers.OUTSIDE


async def test_speeds_follow_the_newest_drawings_slowly(database: Database) -> None:
    async with database.session() as session:
        name = secrets.token_hex(8)  # a model's speed outlives guilds, and so this test
        await speeds.remember(session, name, Speed(1.0, 2.0))
        await speeds.remember(session, name, Speed(2.0, 2.0))
        assert (await speeds.every(session))[name] == Speed(1.3, 2.0)


async def test_a_variation_takes_the_older_pages_place_and_gives_it_back(
    database: Database, story: Story
) -> None:
    old, new = await page(database, story, 1), await page(database, story, 1)

    async def sent(post_id: int, message_id: int) -> None:
        async with database.session() as session:
            await posts.begin(session, post_id)
            await posts.sent(session, post_id, message_id)

    await sent(old.id, 100)
    await sent(new.id, 200)
    async with database.session() as session:
        variation = await sketches.vary(session, new.render_id, old.render_id)
        assert await sketches.choose(session, variation, TakeState.KEPT, 30)
        assert not await sketches.choose(session, variation, TakeState.KEPT, 30)
        assert (await posts.get(session, old.id)).state is PostState.WITHDRAWN
        assert (await posts.get(session, new.id)).state is PostState.CHANGED
    async with database.session() as session:
        await upkeep.settled(session, await posts.get(session, old.id))
        assert (await posts.get(session, old.id)).state is PostState.DELETED
        await sketches.choose(session, variation, TakeState.LEFT, 30)
        back = await posts.get(session, old.id)
        assert (back.state, back.message_id, back.replaces) == (PostState.PENDING, None, None)
        assert back.marker != old.marker
        assert back.withdrawn_by is None
        await sketches.choose(session, variation, TakeState.KEPT, 30)
        again = await posts.get(session, new.id)
        assert (again.state, again.replaces) == (PostState.PENDING, 200), "it wasn't deleted yet"
