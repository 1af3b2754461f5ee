"""The artist's process stays as large as it is, render after render and however long the story."""

from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path

import pytest

from generation.script.plan import RenderPlan
from generation.script.window import windowed
from generation.studio.events import Finished, Order
from generation.studio.local import LocalStudio
from generation.studio.memory import resident_memory
from tests.generation.studio.conformance.watching import MakePlan

pytestmark = pytest.mark.long

RENDERS = 20
GROWTH = 1.02  # after the first few, in which allocators and caches find their size
SETTLED = 5
SHORT, LONG = 12, 60  # panels
WINDOW = 3
# Bytes that a panel may take: its latents and texts, and its place in previews. What others see of
# it, kept for all panels instead of a window's, would alone be more.
PANEL = 300_000


@pytest.fixture
async def studio(models_file: Path) -> AsyncIterator[LocalStudio]:
    local = LocalStudio(models_file, nice=0, threads=1, preview_interval=0, checkpoint_interval=0)
    await local.start()
    yield local
    await local.close()


async def drawn(studio: LocalStudio, number: int, plan: RenderPlan) -> Finished:
    async with aclosing(studio.draw(Order(number, 1, plan))) as events:
        last = [event async for event in events][-1]
    assert isinstance(last, Finished)
    return last


async def test_twenty_renders_in_a_row_do_not_make_it_grow(
    studio: LocalStudio, make_plan: MakePlan
) -> None:
    sizes = []
    for number in range(SETTLED + RENDERS):
        await drawn(studio, number, make_plan(steps=3, size=128))
        sizes.append(resident_memory(studio.pids()["artist"]))
    settled = sizes[SETTLED - 1]
    print([f"{size / settled:.3f}" for size in sizes])
    assert max(sizes[SETTLED:]) <= GROWTH * settled


async def test_a_long_story_with_a_window_needs_hardly_more_than_a_short_one(
    studio: LocalStudio, make_plan: MakePlan
) -> None:
    def story(panels: int) -> RenderPlan:
        plan = make_plan(steps=1, size=256)
        own = plan.panels[0]
        told = (replace(own, number=at + 1, seed=at, references=()) for at in range(panels))
        return windowed(replace(plan, panels=tuple(told)), WINDOW)

    await drawn(studio, 1, story(SHORT))  # allocators find their size
    short = (await drawn(studio, 1, story(SHORT))).peak_memory
    long = (await drawn(studio, 2, story(LONG))).peak_memory
    print(f"{SHORT} panels: {short / 1e6:.0f} MB, {LONG} panels: {long / 1e6:.0f} MB")
    assert long - short <= PANEL * (LONG - SHORT)
