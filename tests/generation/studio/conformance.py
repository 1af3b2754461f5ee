"""What every studio must keep. Subclass `Conformance` and give it a `studio` fixture.

The fixture's studio shows a preview and a checkpoint after every step, lives as long as the module
(models stay warm between tests), and draws with the tiny model of `conftest.py`.
"""

import asyncio
import io
import os
import signal
import time
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
from PIL import Image, ImageChops, ImageStat

from generation.diffusion.preview import grid
from generation.script.plan import RenderPlan
from generation.studio.events import (
    Bind,
    Cancelled,
    Checkpoint,
    Event,
    Failed,
    Finished,
    Order,
    PageComposed,
    PanelDrawn,
    Preview,
    Progress,
    Repack,
    Started,
    Trouble,
)
from generation.studio.studio import Studio, StudioError

MakePlan = Callable[..., RenderPlan]

LONG = 40  # steps; enough to do something in their middle


async def drawn(studio: Studio, order: Order) -> list[Event]:
    """The whole stream."""
    return [event async for event in studio.draw(order)]


def pictures(events: list[Event]) -> dict[int, bytes]:
    return {event.position: event.image for event in events if isinstance(event, PanelDrawn)}


def pages(events: list[Event]) -> dict[int, bytes]:
    return {event.index: event.image for event in events if isinstance(event, PageComposed)}


async def killed_at(studio: Studio, order: Order, step: int) -> tuple[list[Event], Checkpoint]:
    """Draw, kill the artist once that step's checkpoint is here; the events and last checkpoint."""
    events: list[Event] = []
    async for event in studio.draw(order):
        events.append(event)
        if isinstance(event, Checkpoint) and event.step == step:
            os.kill(studio.pids()["artist"], signal.SIGKILL)
    return events, [event for event in events if isinstance(event, Checkpoint)][-1]


def rests(process: psutil.Process) -> bool:
    """Whether none of its threads runs, or would if it got a processor."""
    stats = Path(f"/proc/{process.pid}/task").glob("*/stat")
    states = [stat.read_text().rpartition(")")[2].split()[0] for stat in stats]
    return not set(states) & {"R", "D"}


class Conformance:
    """Tests are numbered by nothing: each leaves the studio able to draw."""

    async def test_events_come_in_the_promised_order(
        self, studio: Studio, make_plan: MakePlan
    ) -> None:
        events = await drawn(studio, Order(1, 1, make_plan(steps=6)))
        assert events[0] == Started(0, 6)
        kinds = [type(event) for event in events]
        first_panel = kinds.index(PanelDrawn)
        assert set(kinds[1:first_panel]) == {Progress, Preview, Checkpoint}
        assert kinds[first_panel:] == [PanelDrawn] * 4 + [Preview, PageComposed, Finished]
        assert list(pictures(events)) == [0, 1, 2, 3]
        steps = [event.step for event in events if isinstance(event, Progress)]
        assert steps == sorted(set(steps))
        assert steps[-1] == 6
        saved = [event.step for event in events if isinstance(event, Checkpoint)]
        assert saved == [1, 2, 3, 4, 5, 6]

    async def test_the_last_event_says_how_the_work_went(
        self, studio: Studio, make_plan: MakePlan
    ) -> None:
        last = (await drawn(studio, Order(1, 1, make_plan(steps=3))))[-1]
        assert isinstance(last, Finished)
        assert {"load", "text", "denoise", "decode", "page"} <= set(last.seconds)
        assert all(seconds >= 0 for seconds in last.seconds.values())
        assert last.steps_drawn == 3
        assert last.micro_batch >= 1
        assert last.peak_memory > 50_000_000

    async def test_pictures_are_pngs_and_previews_small_jpegs(
        self, studio: Studio, make_plan: MakePlan
    ) -> None:
        events = await drawn(studio, Order(1, 1, make_plan(steps=3)))
        for image in (*pictures(events).values(), *pages(events).values()):
            assert Image.open(io.BytesIO(image)).format == "PNG"
        for event in events:
            if isinstance(event, Preview):
                assert Image.open(io.BytesIO(event.image)).format == "JPEG"
                assert len(event.image) < 250_000

    async def test_the_last_preview_is_made_of_the_pictures(
        self, studio: Studio, make_plan: MakePlan
    ) -> None:
        events = await drawn(studio, Order(1, 1, make_plan(steps=3)))
        last = [event for event in events if isinstance(event, Preview)][-1]
        story = [Image.open(io.BytesIO(pictures(events)[at])) for at in range(3)]  # 3 is hidden
        preview = Image.open(io.BytesIO(last.image)).convert("RGB")
        assert preview.size == grid(story).size

        def off(others: list[Image.Image]) -> float:
            """Of 255 levels, in the colour that differs most."""
            return max(ImageStat.Stat(ImageChops.difference(preview, grid(others))).mean)

        assert off(story) < 4  # for which its JPEG answers: nobody sees that
        assert off(story[::-1]) > 2 * off(story)  # another order would be seen

    async def test_the_same_order_gives_the_same_pixels(
        self, studio: Studio, make_plan: MakePlan
    ) -> None:
        order = Order(1, 1, make_plan(steps=3))
        one, two = await drawn(studio, order), await drawn(studio, order)
        assert pictures(one) == pictures(two)
        assert pages(one) == pages(two)

    async def test_a_second_order_waits_for_the_first(
        self, studio: Studio, make_plan: MakePlan
    ) -> None:
        log: list[tuple[int, type[Event]]] = []

        async def draw(render: int) -> None:
            async for event in studio.draw(Order(render, 1, make_plan(steps=3))):
                log.append((render, type(event)))

        await asyncio.gather(draw(1), draw(2))
        renders = [render for render, _ in log]
        assert renders == sorted(renders)
        assert log.count((1, Finished)) == log.count((2, Finished)) == 1

    async def test_a_short_order_gets_its_turn_within_a_step_of_a_long_one(
        self, studio: Studio, make_plan: MakePlan
    ) -> None:
        plan = make_plan(steps=LONG)
        undisturbed = pictures(await drawn(studio, Order(1, 1, plan)))
        short: asyncio.Task[list[Event]] | None = None
        drawn_at, events = LONG, []
        async for event in studio.draw(Order(2, 1, plan)):
            events.append(event)
            if isinstance(event, Progress):
                if event.step == 3:
                    short = asyncio.create_task(drawn(studio, Order(3, 1, make_plan(steps=1))))
                if short is not None and short.done():
                    drawn_at = min(drawn_at, event.step)
        assert short is not None
        assert isinstance((await short)[-1], Finished)
        # it draws ahead of what is read, and goes on while the short one's page is made
        assert drawn_at <= LONG // 2
        assert pictures(events) == undisturbed

    async def test_an_order_given_twice_is_refused(
        self, studio: Studio, make_plan: MakePlan
    ) -> None:
        order = Order(1, 1, make_plan(steps=LONG))
        async with aclosing(studio.draw(order)) as events:
            await anext(events)
            with pytest.raises(StudioError):
                await anext(studio.draw(order))

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

    async def test_a_story_is_lettered_again_from_its_pictures_while_another_is_drawn(
        self, studio: Studio, make_plan: MakePlan
    ) -> None:
        plan = make_plan(steps=2)
        events = await drawn(studio, Order(1, 1, plan))
        by_number = {
            number: image
            for position, image in pictures(events).items()
            if (number := plan.panels[position].number) is not None
        }
        async with aclosing(studio.draw(Order(2, 1, make_plan(steps=1000)))) as stream:
            async for event in stream:
                if isinstance(event, Progress):
                    break
            again = await studio.compose(plan, by_number)
            silent = replace(plan, panels=tuple(replace(one, lettering=()) for one in plan.panels))
            without_words = await studio.compose(silent, by_number)
        assert {page.index: page.image for page in again} == pages(events)
        assert without_words[0].image != again[0].image

    async def test_pages_are_bound_into_files(self, studio: Studio, make_plan: MakePlan) -> None:
        events = await drawn(studio, Order(1, 1, make_plan(steps=1)))
        page = pages(events)[0]
        for binding in ("cbz", "pdf", "png"):
            (file,) = await studio.bind(Bind(binding, (page,), "Tabs", "tabs", 10_000_000))
            assert file.name == f"tabs.{binding}"
            assert page in file.data or binding == "pdf"
        with pytest.raises(StudioError):
            await studio.bind(Bind("png", (page,), "Tabs", "tabs", 10))
        small = await studio.repack(Repack(page, 5000, 64, 10_000_000))
        assert max(Image.open(io.BytesIO(small)).size) == 64
        with pytest.raises(StudioError, match="no picture") as caught:
            await studio.repack(Repack(b"<html>", 5000, 64, 10_000_000))
        assert caught.value.code is Trouble.NOT_A_PICTURE

    async def test_a_model_that_is_not_listed_fails_for_good_and_names_what_there_is(
        self, studio: Studio, make_plan: MakePlan
    ) -> None:
        (event,) = await drawn(studio, Order(1, 1, make_plan(model="nonesuch")))
        assert isinstance(event, Failed)
        assert not event.retryable
        assert "nonesuch" in event.reason
        assert "tiny" in event.reason

    async def test_a_model_that_is_not_on_disk_fails_for_good(
        self, studio: Studio, make_plan: MakePlan
    ) -> None:
        (event,) = await drawn(studio, Order(1, 1, make_plan(model="missing")))
        assert isinstance(event, Failed)
        assert not event.retryable
        assert "nowhere" in event.reason
        assert isinstance((await drawn(studio, Order(2, 1, make_plan(steps=2))))[-1], Finished)

    async def test_a_reader_that_sleeps_stops_the_drawing_and_loses_nothing_that_counts(
        self, studio: Studio, make_plan: MakePlan
    ) -> None:
        events: list[Event] = []
        artist = psutil.Process(studio.pids()["artist"])
        async with aclosing(studio.draw(Order(1, 1, make_plan(steps=LONG, size=128)))) as stream:
            events.append(await anext(stream))
            resting = 0
            while resting < 20:  # until it has filled every buffer and blocks
                before = artist.cpu_times()
                await asyncio.sleep(0.02)
                idle = rests(artist) and artist.cpu_times() == before
                resting = resting + 1 if idle else 0
            events += [event async for event in stream]
        assert isinstance(events[-1], Finished)
        saved = [event.step for event in events if isinstance(event, Checkpoint)]
        assert saved == list(range(1, LONG + 1))
        assert len(pictures(events)) == 4
        seen = [event.step for event in events if isinstance(event, Progress)]
        assert len(seen) < LONG

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
