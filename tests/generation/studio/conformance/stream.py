"""What comes out while a story is drawn, and that it comes whole."""

import asyncio
import io
from contextlib import aclosing
from pathlib import Path

import psutil
from PIL import Image, ImageChops, ImageStat

from generation.diffusion.preview import grid
from generation.studio.events import (
    Checkpoint,
    Event,
    Finished,
    Order,
    PageComposed,
    PanelDrawn,
    Preview,
    Progress,
    Started,
)
from generation.studio.studio import Studio
from tests.generation.studio.conformance.watching import LONG, MakePlan, drawn, pages, pictures


def rests(process: psutil.Process) -> bool:
    """Whether none of its threads runs, or would if it got a processor."""
    stats = Path(f"/proc/{process.pid}/task").glob("*/stat")
    states = [stat.read_text().rpartition(")")[2].split()[0] for stat in stats]
    return not set(states) & {"R", "D"}


class Stream:
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
