import random

import pytest

from storage import attempts, queue, renders
from storage.engine import Database
from storage.values import Render, Story


async def add(database: Database, story: Story, guild: int, user: int, lane: int = 1) -> int:
    async with database.session() as session:
        render = await renders.enqueue(
            session,
            story_id=story.id,
            guild_id=guild,
            channel_id=1,
            user_id=user,
            plan_json="{}",
            steps=1,
            lane=lane,
        )
    return render.id


async def draw(database: Database) -> Render | None:
    """Claim the next render and finish it."""
    async with database.session() as session:
        render = await queue.claim(session)
        if render is not None:
            await attempts.finish(session, render.id, render.attempt, [], 1)
        return render


async def order(database: Database) -> list[int]:
    drawn = []
    while render := await draw(database):
        drawn.append(render.id)
    return drawn


async def test_a_lower_lane_goes_first(database: Database, story: Story) -> None:
    stories = [await add(database, story, 1, user) for user in (1, 2)]
    redo = await add(database, story, 1, 3, lane=0)
    assert await order(database) == [redo, *stories]


async def test_a_guild_with_many_renders_does_not_keep_others_waiting(
    database: Database, story: Story
) -> None:
    big = [await add(database, story, 1, user) for user in range(4)]
    small = [await add(database, story, 2, 9)]
    assert await order(database) == [big[0], small[0], *big[1:]]


async def test_members_of_a_guild_take_turns(database: Database, story: Story) -> None:
    busy = [await add(database, story, 1, 1) for _ in range(3)]
    other = [await add(database, story, 1, 2) for _ in range(2)]
    assert await order(database) == [busy[0], other[0], busy[1], other[1], busy[2]]


async def test_who_was_served_last_waits_for_the_others(database: Database, story: Story) -> None:
    await add(database, story, 1, 1)
    await draw(database)
    again = await add(database, story, 1, 1)
    first_time = await add(database, story, 2, 2)
    assert await order(database) == [first_time, again]


async def test_caps_keep_slots_free_for_others(database: Database, story: Story) -> None:
    one = [await add(database, story, 1, 1) for _ in range(3)]
    two = [await add(database, story, 1, user) for user in (2, 3)]
    other = await add(database, story, 2, 4)
    started = []
    async with database.session() as session:
        while render := await queue.claim(session, guild_cap=2, user_cap=1):
            started.append(render.id)
        assert started == [one[0], other, two[0]]
        assert await renders.cancel(session, one[0])
        render = await queue.claim(session, guild_cap=2, user_cap=1)
    assert render is not None
    assert render.id == two[1]


@pytest.mark.parametrize("seed", range(4))
async def test_the_shown_place_is_the_order_in_which_renders_are_drawn(
    database: Database, story: Story, seed: int
) -> None:
    dice = random.Random(seed)
    for _ in range(6):
        await add(database, story, dice.randint(1, 3), dice.randint(1, 4))
    for _ in range(3):
        await draw(database)
    for _ in range(15):
        await add(database, story, dice.randint(1, 4), dice.randint(1, 4))
    async with database.session() as session:
        places = await queue.places(session)
        assert await queue.place(session, next(iter(places))) == 1
        assert await queue.place(session, 999_999) is None
    assert list(places.values()) == list(range(1, 19))
    assert list(places) == await order(database)


async def test_a_render_that_is_drawn_has_no_place(database: Database, story: Story) -> None:
    render_id = await add(database, story, 1, 1)
    async with database.session() as session:
        await queue.claim(session)
        assert await queue.place(session, render_id) is None
