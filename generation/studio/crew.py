"""The child processes of a studio by name: started when needed, again when they died."""

import asyncio
import logging
from collections.abc import Mapping, Sequence

from generation.studio.child import Child
from generation.studio.events import Failed, Trouble
from generation.studio.studio import StudioError

log = logging.getLogger(__name__)


class Crew:
    """Holds at most one child of each name."""

    def __init__(self, arguments: Mapping[str, Sequence[str]]) -> None:
        """`arguments` of the command line by name."""
        self._arguments = arguments
        self._children: dict[str, Child] = {}
        self._hiring = {name: asyncio.Lock() for name in arguments}
        self.closed = False

    async def open(self) -> None:
        """Start all of them.

        Raises:
            StudioError: one won't start.
        """
        self.closed = False
        await asyncio.gather(*(self.child(name) for name in self._arguments))

    async def close(self) -> None:
        """End all of them; from now on `child` refuses."""
        self.closed = True
        children, self._children = self._children, {}
        await asyncio.gather(*(child.close() for child in children.values()))

    def pids(self) -> dict[str, int]:
        return {name: child.pid for name, child in self._children.items() if child.alive}

    async def child(self, name: str) -> Child:
        """The running child of that name, started when there is none.

        Raises:
            StudioError: it won't start, or the crew is closed.
        """
        async with self._hiring[name]:
            child = self._children.get(name)
            if child is not None and child.alive:
                return child
            self._refuse_when_closed()
            if child is not None:
                log.warning("the %s process %d died: %s", name, child.pid, child.epitaph())
                await child.close()
            return await self._hire(name)

    def died(self, child: Child) -> Failed:
        """Why a child that stopped did."""
        if self.closed:
            return Failed("The studio was closed.", True, Trouble.CLOSED)
        trouble, data = child.trouble()
        return Failed(f"The {child.name} process stopped: {child.epitaph()}.", True, trouble, data)

    async def _hire(self, name: str) -> Child:
        child = self._children[name] = await Child.spawn(name, self._arguments[name])
        try:
            self._refuse_when_closed()  # it may have been, in the meantime
            await child.ready()
        except BaseException:
            child.kill()
            await child.close()
            raise
        return child

    def _refuse_when_closed(self) -> None:
        if self.closed:
            raise StudioError("The studio is closed.", Trouble.CLOSED)
