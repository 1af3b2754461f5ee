import pytest
from sqlalchemy.exc import IntegrityError

from storage import artifacts, attempts, clips, editions, posts, queue, renders, sketches
from storage.engine import Database
from storage.errors import NotFound, StaleAttempt
from storage.reasons import told
from storage.values import Clip, PostState, Render, RenderState, Story, TakeState

KEY = "c" * 64
STORIES, CLIPS = 1, 4


async def queued(database: Database, story: Story, lane: int = 1, user: int = 1) -> int:
    async with database.session() as session:
        render = await renders.enqueue(
            session,
            story_id=story.id,
            guild_id=1,
            channel_id=20,
            user_id=user,
            plan_json="{}",
            steps=9,
            lane=lane,
        )
    return render.id


async def claimed(database: Database) -> Render:
    async with database.session() as session:
        render = await queue.claim(session)
    assert render is not None
    return render


async def drawn(database: Database, story: Story) -> int:
    """A comic whose page is on its way."""
    await queued(database, story)
    render = await claimed(database)
    async with database.session() as session:
        await artifacts.record(session, KEY, "image/png", 3)
        await attempts.finish(session, render.id, render.attempt, [(0, KEY, "Tom")], 20)
    return render.id


async def test_a_clip_is_begun_only_when_no_picture_waits(database: Database, story: Story) -> None:
    waiting = {lane: await queued(database, story, lane, 9 - lane) for lane in (4, 3, 1, 0)}
    assert list(await _places(database)) == [waiting[lane] for lane in (0, 1, 3, 4)]
    order = []
    for _ in waiting:
        render = await claimed(database)
        order.append(render.lane)
        async with database.session() as session:
            assert await queue.waits_before(session, 4) is (render.lane != 4 and len(order) < 3)
            await attempts.cancelled(session, render.id, render.attempt)
    assert order == [0, 1, 3, 4]


async def _places(database: Database) -> dict[int, int]:
    async with database.session() as session:
        return await queue.places(session)


async def test_a_clip_that_gives_way_keeps_its_checkpoint_and_counts_no_failure(
    database: Database, story: Story
) -> None:
    clip_id = await queued(database, story, CLIPS)
    first = await claimed(database)
    async with database.session() as session:
        await attempts.fail(session, clip_id, 1, told("broke"), retryable=True)
    second = await claimed(database)
    assert (first.attempt, second.attempt) == (1, 2)
    async with database.session() as session:
        await artifacts.record(session, KEY, "application/x-inkthread-checkpoint", 3)
        await attempts.save_checkpoint(session, clip_id, 2, 6, KEY)
        given = await attempts.give_way(session, clip_id, 2)
    assert (given.state, given.checkpoint, given.step) == (RenderState.QUEUED, KEY, 6)
    assert given.failures == 0
    picture = await queued(database, story, STORIES, 2)
    assert (await claimed(database)).id == picture
    again = await claimed(database)
    assert (again.id, again.attempt, again.checkpoint) == (clip_id, 3, KEY)
    async with database.session() as session:
        with pytest.raises(StaleAttempt):
            await attempts.give_way(session, clip_id, 2)
        await renders.cancel(session, clip_id)
    async with database.session() as session:
        with pytest.raises(StaleAttempt):
            await attempts.give_way(session, clip_id, 3)
        assert (await renders.get(session, clip_id)).state is RenderState.CANCELLED


async def test_a_clip_belongs_to_its_comic_and_goes_with_it(
    database: Database, story: Story
) -> None:
    comic = await drawn(database, story)
    clip_id = await queued(database, story, CLIPS)
    async with database.session() as session:
        assert await clips.begin(session, clip_id, comic) == Clip(clip_id, comic)
    render = await claimed(database)
    async with database.session() as session:
        (post,) = await attempts.finish(session, clip_id, render.attempt, [(0, KEY, "film")], 20)
        await posts.begin(session, post.id)
        await posts.sent(session, post.id, 77)
    async with database.session() as session:
        assert await clips.of_render(session, clip_id) == Clip(clip_id, comic)
        assert await clips.of_render(session, comic) is None
        assert await clips.of_comic(session, comic) == [Clip(clip_id, comic)]
        await editions.withdraw(session, comic, 5)
        (gone,) = await posts.for_render(session, clip_id)
    assert (gone.state, gone.withdrawn_by) == (PostState.WITHDRAWN, 5)


async def test_a_comic_is_no_clip_of_itself(database: Database, story: Story) -> None:
    comic = await drawn(database, story)

    async def begin() -> None:
        async with database.session() as session:
            await clips.begin(session, comic, comic)

    with pytest.raises(IntegrityError):
        await begin()


async def test_a_clip_is_made_of_the_newest_comic_that_is_still_there(
    database: Database, story: Story
) -> None:
    async def newest() -> int:
        async with database.session() as session:
            return await clips.newest_comic(session, story.id)

    with pytest.raises(NotFound):
        await newest()
    first = await drawn(database, story)
    second = await drawn(database, story)
    assert await newest() == second
    sketch, clip, left = [await drawn(database, story) for _ in range(3)]
    async with database.session() as session:
        await sketches.begin(session, sketch)
        await clips.begin(session, clip, first)
        await sketches.choose(session, await sketches.vary(session, left, first), TakeState.LEFT, 1)
    assert await newest() == second
    async with database.session() as session:
        await editions.withdraw(session, second, 1)
    assert await newest() == first
