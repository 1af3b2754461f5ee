"""A process that dies is replaced and costs little; memory doesn't grow."""

import asyncio
import os
import signal
from contextlib import aclosing

import psutil

from generation.studio.events import (
    Checkpoint,
    Event,
    Failed,
    Finished,
    Order,
    PageComposed,
    Started,
)
from generation.studio.studio import Studio
from tests.generation.studio.conformance.watching import LONG, MakePlan, drawn, pages, pictures


async def killed_at(studio: Studio, order: Order, step: int) -> tuple[list[Event], Checkpoint]:
    """Draw, kill the artist once that step's checkpoint is here; the events and last checkpoint."""
    events: list[Event] = []
    async for event in studio.draw(order):
        events.append(event)
        if isinstance(event, Checkpoint) and event.step == step:
            os.kill(studio.pids()["artist"], signal.SIGKILL)
    return events, [event for event in events if isinstance(event, Checkpoint)][-1]


class Lasting:
    async def test_memory_does_not_grow_with_the_number_of_renders(
        self, studio: Studio, make_plan: MakePlan
    ) -> None:
        artist = psutil.Process(studio.pids()["artist"])

        async def resident_after(renders: int) -> int:
            for render in range(renders):
                await drawn(studio, Order(render, 1, make_plan(steps=3, seed=render)))
            return int(artist.memory_info().rss)

        before = await resident_after(5)
        assert await resident_after(10) - before < 6_000_000

    async def test_a_killed_artist_fails_the_order_and_the_next_attempt_goes_on_to_the_same_pixels(
        self, studio: Studio, make_plan: MakePlan
    ) -> None:
        plan = make_plan(steps=LONG)
        undisturbed = await drawn(studio, Order(1, 1, plan))
        dead = studio.pids()["artist"]
        events, checkpoint = await killed_at(studio, Order(1, 1, plan), step=5)
        assert isinstance(events[-1], Failed)
        assert events[-1].retryable
        assert "killed" in events[-1].reason
        assert not pictures(events)
        assert 5 <= checkpoint.step < LONG
        resumed = await drawn(studio, Order(1, 2, plan, checkpoint.data))
        assert studio.pids()["artist"] != dead
        assert resumed[0] == Started(checkpoint.step, LONG)
        assert pictures(resumed) == pictures(undisturbed)
        assert pages(resumed) == pages(undisturbed)
        last = resumed[-1]
        assert isinstance(last, Finished)
        assert last.steps_drawn == LONG - checkpoint.step

    async def test_a_checkpoint_of_the_last_step_only_decodes(
        self, studio: Studio, make_plan: MakePlan
    ) -> None:
        plan = make_plan(steps=3)
        whole = await drawn(studio, Order(1, 1, plan))
        last = [event for event in whole if isinstance(event, Checkpoint)][-1]
        again = await drawn(studio, Order(1, 2, plan, last.data))
        assert again[0] == Started(3, 3)
        assert isinstance(again[-1], Finished)
        assert again[-1].steps_drawn == 0
        assert pictures(again) == pictures(whole)

    async def test_a_checkpoint_that_does_not_fit_is_put_aside(
        self, studio: Studio, make_plan: MakePlan
    ) -> None:
        plan = make_plan(steps=3)
        events = await drawn(studio, Order(1, 2, plan, b"from another version"))
        assert events[0] == Started(0, 3)
        assert pictures(events) == pictures(await drawn(studio, Order(1, 1, plan)))

    async def test_an_artist_killed_while_it_idles_is_replaced(
        self, studio: Studio, make_plan: MakePlan
    ) -> None:
        dead = studio.pids()["artist"]
        os.kill(dead, signal.SIGKILL)
        async with asyncio.timeout(60):
            while "artist" in studio.pids():  # noqa: ASYNC110 - a studio has no event for it
                await asyncio.sleep(0.02)
        assert isinstance((await drawn(studio, Order(1, 1, make_plan(steps=2))))[-1], Finished)
        assert studio.pids()["artist"] != dead

    async def test_a_killed_press_costs_nothing_that_was_drawn(
        self, studio: Studio, make_plan: MakePlan
    ) -> None:
        plan = make_plan(steps=2)
        undisturbed = await drawn(studio, Order(1, 1, plan))
        press = studio.pids()["press"]
        os.kill(press, signal.SIGSTOP)  # so that it surely dies over this page
        events: list[Event] = []
        async with aclosing(studio.draw(Order(2, 1, plan))) as stream:
            while len(pictures(events)) < 4:
                events.append(await anext(stream))
            asyncio.get_running_loop().call_later(0.3, os.kill, press, signal.SIGKILL)
            events += [event async for event in stream]
        assert isinstance(events[-1], Finished)
        assert events[-1].steps_drawn == 2
        assert [type(event) for event in events].count(PageComposed) == 1
        assert pages(events) == pages(undisturbed)
        assert studio.pids()["press"] != press
