"""Passes updates on, so that neither slow nor broken telling ever holds up a drawing."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace

from bot.rendering.updates import RenderUpdate

log = logging.getLogger(__name__)

Announce = Callable[[RenderUpdate], Awaitable[None]]

LAST_WORDS = 1.0  # seconds that a stop waits for updates that are still to be told


class Announcer:
    """One update waits per render; a newer one takes its place and keeps its preview."""

    def __init__(self, announce: Announce) -> None:
        self._announce = announce
        self._waiting: dict[int, RenderUpdate] = {}
        self._news = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()

    def tell(self, update: RenderUpdate) -> None:
        older = self._waiting.pop(update.render.id, None)
        if older is not None and update.preview is None and older.kind == update.kind:
            update = replace(update, preview=older.preview)
        self._waiting[update.render.id] = update
        self._news.set()
        self._idle.clear()

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        task = asyncio.create_task(self._run(), name="announcer")
        try:
            yield
        finally:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LAST_WORDS):
                    await self._idle.wait()
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _run(self) -> None:
        while True:
            await self._news.wait()
            self._news.clear()
            while self._waiting:
                update = self._waiting.pop(next(iter(self._waiting)))
                try:
                    await self._announce(update)
                except Exception:  # a job loop: whatever is wrong with telling, drawing goes on
                    log.exception("Render %s can't be announced", update.render.id)
            self._idle.set()
