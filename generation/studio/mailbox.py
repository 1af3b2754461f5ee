"""Answers to one order that wait for their reader: bounded, and nothing that counts is lost."""

import asyncio
from collections import deque

from generation.studio.events import Preview, Progress
from generation.studio.wire import Answer

ROOM = 8  # messages; the largest, checkpoints and pictures, have a few megabytes each

REPLACEABLE = (Progress, Preview)  # only the newest of these is worth reading


class Mailbox:
    """One writer, one reader. When it is full, `put` waits, unless the message replaces an older
    one of its kind (`Progress`, `Preview`): so at most one of each kind waits, and a slow reader
    sees the latest state instead of a growing past."""

    def __init__(self, room: int = ROOM) -> None:
        self._room = room
        self._waiting: deque[Answer] = deque()
        self._changed = asyncio.Condition()
        self._closed = False

    def __len__(self) -> int:
        return len(self._waiting)

    async def put(self, message: Answer) -> None:
        """Add a message; waits for room. Does nothing once the box is closed."""
        async with self._changed:
            if isinstance(message, REPLACEABLE):
                self._drop(type(message))
            else:
                await self._changed.wait_for(lambda: self._closed or self._has_room())
            if not self._closed:
                self._waiting.append(message)
                self._changed.notify_all()

    async def get(self) -> Answer | None:
        """The oldest message, or None when the box is closed and empty."""
        async with self._changed:
            await self._changed.wait_for(lambda: self._closed or bool(self._waiting))
            message = self._waiting.popleft() if self._waiting else None
            self._changed.notify_all()
            return message

    async def close(self) -> None:
        """No more will come. What waits can still be read."""
        async with self._changed:
            self._closed = True
            self._changed.notify_all()

    async def abandon(self) -> None:
        """Nobody will read any more: what waits is forgotten, and a waiting writer goes on."""
        async with self._changed:
            self._closed = True
            self._waiting.clear()
            self._changed.notify_all()

    def _has_room(self) -> bool:
        return sum(not isinstance(one, REPLACEABLE) for one in self._waiting) < self._room

    def _drop(self, kind: type[Answer]) -> None:
        for index, message in enumerate(self._waiting):
            if type(message) is kind:
                del self._waiting[index]
                return
