"""Render after render the artist's process stays as large as it is."""

from contextlib import aclosing
from pathlib import Path

import pytest

from generation.studio.events import Finished, Order
from generation.studio.local import LocalStudio
from generation.studio.memory import resident_memory
from tests.generation.studio.conformance import MakePlan

RENDERS = 20
GROWTH = 1.02  # after the first few, in which allocators and caches find their size
SETTLED = 5


@pytest.mark.long
async def test_twenty_renders_in_a_row_do_not_make_it_grow(
    models_file: Path, make_plan: MakePlan
) -> None:
    studio = LocalStudio(models_file, threads=1, preview_interval=0, checkpoint_interval=0)
    sizes = []
    try:
        await studio.start()
        for number in range(SETTLED + RENDERS):
            order = Order(number, 1, make_plan(steps=3, size=128))
            async with aclosing(studio.draw(order)) as events:
                assert isinstance([event async for event in events][-1], Finished)
            sizes.append(resident_memory(studio.pids()["artist"]))
    finally:
        await studio.close()
    settled = sizes[SETTLED - 1]
    print([f"{size / settled:.3f}" for size in sizes])
    assert max(sizes[SETTLED:]) <= GROWTH * settled
