"""Which of those that wait may be drawn in the middle of what is being drawn."""

import logging
import time

import msgspec

from generation.script.plan import RenderPlan
from generation.studio.studio import Studio
from storage import queue
from storage.engine import Database

log = logging.getLogger(__name__)

LOOKED_AT = 20  # renders; reading the plans of a longer queue would take the loop too long


class Line:
    """The head of the queue as it was looked at last. A render that has failed is no part of it:
    what ends the studio's process ends all that is drawn there, so it is tried alone."""

    def __init__(self, database: Database, studio: Studio, fresh: float) -> None:
        """`fresh`: for so many seconds what was seen holds, unless it `moved`."""
        self._database = database
        self._studio = studio
        self._plans: dict[int, RenderPlan] = {}
        self._fresh = fresh
        self._until = float("-inf")

    def moved(self) -> None:
        """It has to be looked at again."""
        self._until = float("-inf")

    async def short(self) -> list[int]:
        """Renders that the studio would begin now, beside the one that it draws.

        Raises:
            Unavailable: the database can't be reached.
        """
        if time.monotonic() >= self._until:
            # before the look: what moves meanwhile is looked at again
            self._until = time.monotonic() + self._fresh
            self._plans = await self._look()
        return [number for number, plan in self._plans.items() if self._studio.cuts_in(plan)]

    async def _look(self) -> dict[int, RenderPlan]:
        plans = {}
        async with self._database.session() as session:
            for render in await queue.first(session, LOOKED_AT):
                if render.failures:
                    continue
                try:
                    plans[render.id] = RenderPlan.from_json(render.plan)
                except msgspec.DecodeError:
                    log.debug("Render %s is refused in its own turn", render.id)
        return plans
