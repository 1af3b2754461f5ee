"""A studio that says nothing for too long hangs."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator

from generation.studio.events import Event


class StudioSilent(Exception):
    """The studio said nothing for too long about anything that it was asked for."""


class Watch:
    """Over all that is drawn: what waits for another that cut in says nothing, and hangs not."""

    def __init__(self, silence: float) -> None:
        """`silence` in seconds is too long."""
        self._silence = silence
        self._waiting: set[asyncio.Timeout] = set()

    async def over(self, stream: AsyncGenerator[Event]) -> AsyncIterator[Event]:
        """The stream's events.

        Raises:
            StudioSilent: for `silence` seconds nothing came, neither here nor in another stream.
        """
        while True:
            try:
                async with asyncio.timeout(self._silence) as waiting:
                    self._waiting.add(waiting)
                    try:
                        event = await anext(stream)
                    finally:
                        self._waiting.remove(waiting)
            except StopAsyncIteration:
                return
            except TimeoutError as exc:
                raise StudioSilent from exc
            self._heard()
            yield event

    def _heard(self) -> None:
        until = asyncio.get_running_loop().time() + self._silence
        for waiting in self._waiting:
            if not waiting.expired():
                waiting.reschedule(until)
