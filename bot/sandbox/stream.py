"""What the page and test members hear live: server-sent events, each for one viewer or all."""

import asyncio
from dataclasses import dataclass, field

from bot.sandbox.wire import Json


@dataclass(eq=False)
class Listener:
    viewer: str
    queue: asyncio.Queue[tuple[str, Json] | None] = field(default_factory=asyncio.Queue)


class Stream:
    def __init__(self) -> None:
        self._listeners: set[Listener] = set()

    def listen(self, viewer: str) -> Listener:
        listener = Listener(viewer)
        self._listeners.add(listener)
        return listener

    def leave(self, listener: Listener) -> None:
        self._listeners.discard(listener)

    def publish(self, kind: str, data: Json, viewer: str | None = None) -> None:
        """Tells everybody, or only `viewer` (ephemeral messages)."""
        for listener in self._listeners:
            if viewer is None or listener.viewer == viewer:
                listener.queue.put_nowait((kind, data))

    def close(self) -> None:
        for listener in self._listeners:
            listener.queue.put_nowait(None)
