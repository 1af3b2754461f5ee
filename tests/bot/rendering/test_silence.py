import asyncio
from collections.abc import AsyncGenerator

import pytest

from bot.rendering.silence import StudioSilent, Watch
from generation.studio.events import Event, Progress

SILENCE = 0.5  # seconds


async def spoken(pauses: list[float]) -> AsyncGenerator[Event]:
    """An event after each pause, in seconds."""
    for step, pause in enumerate(pauses):
        await asyncio.sleep(pause)
        yield Progress(step, len(pauses), pause)


async def heard(watch: Watch, pauses: list[float]) -> int:
    """How many events came."""
    return len([event async for event in watch.over(spoken(pauses))])


async def test_who_says_nothing_for_too_long_hangs() -> None:
    with pytest.raises(StudioSilent):
        await heard(Watch(SILENCE), [0.0, 30.0])


async def test_who_waits_for_another_that_speaks_does_not_hang() -> None:
    watch = Watch(SILENCE)
    one, other = await asyncio.gather(heard(watch, [3 * SILENCE]), heard(watch, [0.05] * 30))
    assert (one, other) == (1, 30)


async def test_when_nobody_speaks_any_more_all_hang() -> None:
    watch = Watch(SILENCE)
    both = await asyncio.gather(
        heard(watch, [30.0]), heard(watch, [0.05, 30.0]), return_exceptions=True
    )
    assert [type(one) for one in both] == [StudioSilent, StudioSilent]
