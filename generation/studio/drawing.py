"""How an order is drawn: by the artist, a child process of the studio."""

import itertools
from collections.abc import AsyncGenerator

from generation.studio.crew import Crew
from generation.studio.errand import Errand
from generation.studio.events import Cancelled, Event, Failed, Progress, Started
from generation.studio.studio import StudioError
from generation.studio.wire import Bound, Composed, Drawn, Ready, Repacked, Stop


class ArtistDesk:
    """Hands orders to the artist of a crew."""

    def __init__(self, crew: Crew) -> None:
        self._crew = crew
        self._tickets = itertools.count(1)

    async def draw(self, errand: Errand) -> AsyncGenerator[Event | Drawn]:
        """Everything the artist says, up to `Drawn`, `Cancelled` or `Failed`."""
        try:
            artist = await self._crew.child("artist")
        except StudioError as exc:
            yield Failed(exc.reason, True, exc.code, exc.data)
            return
        if errand.cancelled:
            yield Cancelled(step=0)
            return
        errand.ticket, errand.artist = next(self._tickets), artist
        box = await artist.ask(errand.ticket, errand.order)
        ended = False
        try:
            while not ended:
                answer = await box.get()
                if answer is None:
                    ended = True
                    yield Cancelled(errand.step) if errand.cancelled else self._crew.died(artist)
                    return
                if isinstance(answer, Ready | Composed | Bound | Repacked):
                    continue  # never said about an order by an artist
                if isinstance(answer, Started | Progress):
                    errand.step, errand.steps = answer.step, answer.steps
                ended = isinstance(answer, Drawn | Cancelled | Failed)
                yield answer
        finally:
            errand.artist = None
            await artist.forget(errand.ticket)
            if not ended:
                await artist.tell(errand.ticket, Stop())
