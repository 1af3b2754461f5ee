"""Telling renders that wait their place in the queue, and how long others come first."""

from collections.abc import Awaitable, Callable, Mapping

from sqlalchemy.ext.asyncio import AsyncSession

from bot.rendering.updates import RenderUpdate
from storage import queue, renders
from storage.engine import Database

TOLD_PLACES = 10  # further back, moving up by one is not worth a member's glance, nor an edit

Waits = Callable[[AsyncSession], Awaitable[Mapping[int, float]]]  # seconds by render


async def unknown_waits(_: AsyncSession) -> Mapping[int, float]:
    return {}


class Places:
    """Remembers what was told."""

    def __init__(
        self, database: Database, tell: Callable[[RenderUpdate], None], waits: Waits
    ) -> None:
        self._database = database
        self._tell = tell
        self._waits = waits
        self._told: dict[int, int] = {}

    async def tell_moved(self) -> None:
        """Tell each render whose place has changed.

        Raises:
            Unavailable: the database can't be reached.
        """
        async with self._database.session() as session:
            places = await queue.places(session)
            moved = [
                (await renders.get(session, render_id), place)
                for render_id, place in places.items()
                if place <= TOLD_PLACES and self._told.get(render_id) != place
            ]
            waits = await self._waits(session) if moved else {}
        for render, place in moved:
            wait = waits.get(render.id)
            self._tell(RenderUpdate(render, place, None, "queued", wait=wait))
        self._told = places
