"""Clips are drawn when nothing else is to be drawn, and go on when that is so again."""

import asyncio
from dataclasses import replace

from bot.rendering.dispatcher import Pace
from bot.rendering.requests import CLIP_LANE, QUICK_LANE
from storage import queue
from storage.values import RenderState
from tests.bot.rendering.conftest import FAST, House
from tests.bot.rendering.scripted import STEPS
from tests.bot.waiting import eventually

DONE, QUEUED, CANCELLED = RenderState.DONE, RenderState.QUEUED, RenderState.CANCELLED


async def test_a_clip_that_gives_way_loses_no_step_and_no_place_and_is_told_so(
    house: House,
) -> None:
    house.studio.hold_at = 4
    clip = await house.order(lane=CLIP_LANE)
    async with house.dispatching(pace=Pace(poll=60.0)) as dispatcher:
        await house.studio.held.wait()
        house.studio.held.clear()
        picture = await house.order(user_id=2, lane=QUICK_LANE)
        dispatcher.wake()
        await house.studio.held.wait()  # the picture is at its fourth step now
        assert [order.render for order in house.studio.orders] == [clip, picture]
        waiting = await house.read(clip)
        assert (waiting.state, waiting.failures) == (QUEUED, 0)
        assert waiting.step in (2, 3)  # told now and then, on a slow machine after each step
        assert waiting.checkpoint is not None
        house.studio.hold_at = None
        house.studio.go.set()
        await house.until(clip, DONE)
        await eventually(lambda: house.kinds(clip)[-1] == "done")
    assert house.kinds(clip) == ["running", "queued", "running", "done"]
    steps = [(attempt, step) for render, attempt, step in house.studio.steps if render == clip]
    assert steps == [(1, 1), (1, 2), (1, 3), *((2, step) for step in range(3, STEPS + 1))]
    assert len({render for render, _, _ in house.studio.steps}) == 2


async def test_a_clip_waits_while_a_picture_is_drawn_and_while_one_waits(house: House) -> None:
    house.studio.hold_at = 2
    first = await house.order()
    async with house.dispatching() as dispatcher:
        await house.studio.held.wait()
        clip = await house.order(user_id=2, lane=CLIP_LANE)
        second = await house.order(user_id=3)
        scheduled = await house.order(user_id=4, lane=3)
        dispatcher.wake()
        async with house.database.session() as session:
            places = await queue.places(session)
        assert places == {second: 1, scheduled: 2, clip: 3}
        house.studio.go.set()
        await house.until(clip, DONE)
    assert [order.render for order in house.studio.orders] == [first, second, scheduled, clip]


async def test_pictures_don_t_give_way_to_each_other_nor_clips_to_clips(house: House) -> None:
    house.studio.hold_at = 3
    clip = await house.order(lane=CLIP_LANE)
    async with house.dispatching() as dispatcher:
        await house.studio.held.wait()
        other = await house.order(user_id=2, lane=CLIP_LANE)
        dispatcher.wake()
        await asyncio.sleep(0.3)  # several looks at the queue
        house.studio.go.set()
        await house.until(other, DONE)
    assert [order.render for order in house.studio.orders] == [clip, other]
    assert (await house.read(clip)).attempt == 1


async def test_after_some_pictures_a_clip_that_waits_is_drawn_before_more_of_them(
    house: House,
) -> None:
    clip = await house.order(lane=CLIP_LANE)
    pictures = [await house.order(user_id=2) for _ in range(3)]
    async with house.dispatching(pace=replace(FAST, pictures=2, clip_turn=60.0)):
        await house.until(pictures[-1], DONE)
    drawn = [order.render for order in house.studio.orders]
    assert drawn == [*pictures[:2], clip, pictures[2]]
    assert (await house.read(clip)).attempt == 1


async def test_a_clip_s_turn_among_pictures_ends(house: House) -> None:
    house.studio.hold_at = 4
    clip = await house.order(lane=CLIP_LANE)
    first, second = [await house.order(user_id=2) for _ in range(2)]
    async with house.dispatching(pace=replace(FAST, pictures=1, clip_turn=0.3)):
        for _ in range(2):  # the first picture, and then the clip until its turn is over
            await house.studio.held.wait()
            house.studio.held.clear()
            if len(house.studio.orders) == 1:
                await asyncio.sleep(0.1)  # until it waits
                house.studio.go.set()
                house.studio.go.clear()  # whoever is held goes on, and nobody else
        await house.studio.held.wait()
        assert [order.render for order in house.studio.orders] == [first, clip, second]
        house.studio.go.set()
        await house.until(clip, DONE)


async def test_a_clip_that_is_cancelled_while_it_gives_way_is_cancelled(house: House) -> None:
    house.studio.hold_at, house.studio.deaf = 4, True
    clip = await house.order(lane=CLIP_LANE)
    async with house.dispatching() as dispatcher:
        await house.studio.held.wait()
        picture = await house.order(user_id=2)
        dispatcher.wake()
        assert await dispatcher.cancel(clip)
        house.studio.hold_at = None
        house.studio.go.set()
        await house.until(picture, DONE)
    assert (await house.read(clip)).state is CANCELLED
    assert house.kinds(clip)[-1] == "cancelled"
    assert sum(order.render == clip for order in house.studio.orders) == 1


async def test_a_clip_goes_on_after_a_restart(house: House) -> None:
    house.studio.hold_at = 4
    clip = await house.order(lane=CLIP_LANE)
    async with house.dispatching():
        await house.studio.held.wait()
    house.studio.hold_at = None
    async with house.dispatching():
        await house.until(clip, DONE)
    steps = [(attempt, step) for _, attempt, step in house.studio.steps]
    assert steps == [(1, 1), (1, 2), (1, 3), *((2, step) for step in range(3, STEPS + 1))]
