"""Whose turn it is to hold a connection: first come, first served, until the database closes.

SQLAlchemy's pool has a line of its own, but nobody in it is woken when the one in front was
cancelled while opening a connection: all wait until their time is up. And a pool that is disposed
of forgets the connections that are out, so that nobody closes them. Here whoever comes to the pool
finds a connection free, and all are back in it when it is disposed of.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from typing import Any

from storage.errors import Unavailable

PATIENCE = 60.0  # seconds in line; who waits longer waits for connections that hang
GRACE = 3.0  # seconds that sessions get to end when the database closes; they take milliseconds


class Turns:
    def __init__(self, places: int) -> None:
        self._places = places
        self._free = asyncio.Semaphore(places)
        self._holders: set[asyncio.Task[Any]] = set()
        self._closed = False

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Raises:
        Unavailable: no turn came, or the database is closed.
        """
        await self._wait()
        try:
            if self._closed:
                raise Unavailable("the database is closed")
            with self._holding():
                yield
        finally:
            self._free.release()

    @asynccontextmanager
    async def closing(self) -> AsyncIterator[None]:
        """Let nobody in any more, and wait for those inside; after a while they are cancelled."""
        self._closed = True
        alarm = asyncio.get_running_loop().call_later(GRACE, self._cancel_holders)
        try:
            async with AsyncExitStack() as places:
                for _ in range(self._places):
                    await places.enter_async_context(self._free)
                yield
        finally:
            alarm.cancel()

    async def _wait(self) -> None:
        try:
            async with asyncio.timeout(PATIENCE):
                await self._free.acquire()
        except TimeoutError as exc:
            raise Unavailable(f"no connection became free in {PATIENCE:.0f} s") from exc

    @contextmanager
    def _holding(self) -> Iterator[None]:
        task = asyncio.current_task()
        assert task is not None  # a coroutine is always run by one
        self._holders.add(task)
        try:
            yield
        finally:
            self._holders.discard(task)

    def _cancel_holders(self) -> None:
        for task in self._holders:
            task.cancel()
