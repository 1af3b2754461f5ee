from datetime import timedelta

import pytest

from storage import artifacts, posts, renders
from storage.columns import now
from storage.engine import Database
from storage.errors import NotFound
from storage.reasons import told
from storage.values import Post, PostState, Story

KEY = "a" * 64


async def page(database: Database, story: Story, channel_id: int, number: int = 0) -> Post:
    async with database.session() as session:
        await artifacts.record(session, KEY, "image/png", 1)
        render = await renders.enqueue(
            session,
            story_id=story.id,
            guild_id=story.guild_id,
            channel_id=channel_id,
            user_id=30,
            plan_json="{}",
            steps=1,
        )
        return await posts.create(session, render.id, number, channel_id, KEY, "alt " * 600)


async def test_a_post_is_begun_sent_and_found_by_its_marker(
    database: Database, story: Story
) -> None:
    post = await page(database, story, 1)
    assert len(post.alt_text) == 1024
    async with database.session() as session:
        begun = await posts.begin(session, post.id)
        assert (begun.state, begun.attempts) == (PostState.SENDING, 1)
        assert begun.first_tried_at is not None
        assert await posts.due(session) == [begun]
        again = await posts.begin(session, post.id)
        assert (again.attempts, again.first_tried_at) == (2, begun.first_tried_at)
        sent = await posts.sent(session, post.id, 1 << 62)
        assert sent.message_id == 1 << 62
        assert await posts.by_marker(session, post.marker) == sent
        assert await posts.by_marker(session, "nothing") is None
        assert await posts.due(session) == []


async def test_what_is_sent_or_failed_is_never_begun_again(
    database: Database, story: Story
) -> None:
    first, second = await page(database, story, 1), await page(database, story, 1)
    async with database.session() as session:
        await posts.begin(session, first.id)
        await posts.sent(session, first.id, 5)
        await posts.failed(session, second.id, told("the channel is gone"))
        for post in (first, second):
            with pytest.raises(NotFound):
                await posts.begin(session, post.id)
            with pytest.raises(NotFound):
                await posts.sent(session, post.id, 6)
        assert (await posts.get(session, first.id)).message_id == 5


async def test_pages_of_a_channel_wait_for_earlier_ones_and_other_channels_do_not(
    database: Database, story: Story
) -> None:
    one, two = await page(database, story, 1), await page(database, story, 1)
    other = await page(database, story, 2)
    async with database.session() as session:
        assert [post.id for post in await posts.due(session)] == [one.id, other.id]
        await posts.begin(session, one.id)
        later = now() + timedelta(hours=1)
        await posts.postpone(session, one.id, later)
        assert [post.id for post in await posts.due(session)] == [other.id]
        await posts.failed(session, one.id, told("too large"))
        assert [post.id for post in await posts.due(session)] == [two.id, other.id]


async def test_the_next_try_is_known_ahead(database: Database, story: Story) -> None:
    async with database.session() as session:
        assert await posts.next_try(session) is None
    post = await page(database, story, 1)
    later = now() + timedelta(minutes=1)
    async with database.session() as session:
        await posts.begin(session, post.id)
        await posts.postpone(session, post.id, later)
        assert await posts.next_try(session) == later
