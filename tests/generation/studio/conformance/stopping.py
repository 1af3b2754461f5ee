"""A drawing ends soon after it is no longer wanted."""

import asyncio
import time
from contextlib import aclosing

import pytest

from generation.studio.events import Cancelled, Checkpoint, Event, Finished, Order, Progress
from generation.studio.studio import Studio
from tests.generation.studio.conformance.watching import LONG, MakePlan, drawn


class Stopping:
    async def test_cancelling_ends_the_drawing_within_one_step(
        self, studio: Studio, make_plan: MakePlan
    ) -> None:
        asked: tuple[int, float] | None = None
        slowest = 0.0
        last: Event | None = None
        async for event in studio.draw(Order(1, 1, make_plan(steps=300, size=128))):
            last = event
            if isinstance(event, Progress):
                slowest = max(slowest, event.seconds)
                if asked is None and event.step >= 3:
                    asked = event.step, time.monotonic()
                    await studio.cancel(1)
        assert asked is not None
        assert isinstance(last, Cancelled)
        # It may have been drawing ahead of what was read: one step each on the wire and in work.
        assert asked[0] <= last.step <= asked[0] + 4
        assert time.monotonic() - asked[1] < 4 * slowest + 30.0

    async def test_an_order_cancelled_while_it_waits_is_never_begun(
        self, studio: Studio, make_plan: MakePlan
    ) -> None:
        async with aclosing(studio.draw(Order(1, 1, make_plan(steps=LONG)))) as first:
            await anext(first)
            # as long as the first, so that it does not cut in
            second = asyncio.create_task(drawn(studio, Order(2, 1, make_plan(steps=LONG))))
            await asyncio.sleep(0.05)
            await studio.cancel(2)
            await studio.cancel(1)
            assert [event async for event in first][-1] == Cancelled(
                step=pytest.approx(0, abs=LONG)
            )
        assert await second == [Cancelled(step=0)]

    async def test_cancelling_what_is_not_drawn_is_ignored(
        self, studio: Studio, make_plan: MakePlan
    ) -> None:
        await studio.cancel(99)
        events = await drawn(studio, Order(99, 1, make_plan(steps=2)))
        assert isinstance(events[-1], Finished)

    async def test_a_reader_that_leaves_stops_the_drawing(
        self, studio: Studio, make_plan: MakePlan
    ) -> None:
        step = 0.0
        async with aclosing(studio.draw(Order(1, 1, make_plan(steps=1000, size=128)))) as events:
            async for event in events:
                if isinstance(event, Progress):
                    step = max(step, event.seconds)
                if isinstance(event, Checkpoint) and event.step == 3:
                    break
        began = time.monotonic()
        after = await drawn(studio, Order(2, 1, make_plan(steps=2)))
        assert isinstance(after[-1], Finished)
        assert time.monotonic() - began < 300 * step  # a third of what was left to draw
