"""A studio that says nothing for too long hangs."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator

from generation.studio.events import Event


class StudioSilent(Exception):
    """The studio said nothing about an order for too long."""


async def never_silent(stream: AsyncGenerator[Event], silence: float) -> AsyncIterator[Event]:
    """The stream's events.

    Raises:
        StudioSilent: the next one doesn't come within `silence` seconds.
    """
    while True:
        try:
            async with asyncio.timeout(silence):
                event = await anext(stream)
        except StopAsyncIteration:
            return
        except TimeoutError as exc:
            raise StudioSilent from exc
        yield event
