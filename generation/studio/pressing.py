"""How pages and files are made: by the press, a child process of the studio, or by as many presses
as it takes: one that died is followed by the next."""

import itertools
import logging
from collections.abc import AsyncGenerator, Mapping

from generation.script.graph import timesteps
from generation.script.plan import RenderPlan
from generation.studio.crew import Crew
from generation.studio.errand import Errand
from generation.studio.events import (
    Bind,
    BoundFile,
    Cancelled,
    Event,
    Failed,
    PageComposed,
    Refilm,
    Repack,
)
from generation.studio.studio import StudioError
from generation.studio.wire import Bound, Compose, Composed, Drawn, PressWork, Ready, Repacked

ATTEMPTS = 3  # a press that dies three times over one story will die a fourth time

Answer = PageComposed | Composed | Bound | Repacked

log = logging.getLogger(__name__)


class PressDesk:
    """Hands work to the press of a crew."""

    def __init__(self, crew: Crew) -> None:
        self._crew = crew
        self._tickets = itertools.count(1)

    async def compose(
        self, plan: RenderPlan, pictures: Mapping[int, bytes]
    ) -> tuple[PageComposed, ...]:
        """Raises:
        StudioError: it can't be done.
        """
        answers = await self._answers(Compose(plan, dict(pictures)))
        return tuple(answer for answer in answers if isinstance(answer, PageComposed))

    async def bind(self, book: Bind) -> tuple[BoundFile, ...]:
        """Raises:
        StudioError: it can't be done.
        """
        answers = await self._answers(book)
        return next(answer.files for answer in answers if isinstance(answer, Bound))

    async def pack(self, work: Repack | Refilm) -> bytes:
        """A picture or a film made smaller.

        Raises:
            StudioError: it can't be done.
        """
        answers = await self._answers(work)
        return next(answer.picture for answer in answers if isinstance(answer, Repacked))

    async def _answers(self, work: PressWork) -> list[Answer]:
        """Everything the press says about it.

        Raises:
            StudioError: it can't be done.
        """
        for _ in range(ATTEMPTS):
            press = await self._crew.child("press")
            ticket = next(self._tickets)
            box = await press.ask(ticket, work)
            said: list[Answer] = []
            try:
                while (answer := await box.get()) is not None:
                    if isinstance(answer, Failed):
                        raise StudioError.of(answer)
                    if isinstance(answer, Answer):
                        said.append(answer)
                    if isinstance(answer, Composed | Bound | Repacked):
                        return said
            finally:
                await press.forget(ticket)
        raise StudioError.of(self._crew.died(press))

    async def pages_of(
        self, errand: Errand, pictures: dict[int, bytes]
    ) -> AsyncGenerator[Event | Composed]:
        """The pages of an order that was just drawn, one by one, each once."""
        plan = errand.order.plan
        first = 0
        for _ in range(ATTEMPTS):
            try:
                press = await self._crew.child("press")
            except StudioError as exc:
                yield Failed(exc.reason, True, exc.code, exc.data)
                return
            ticket = next(self._tickets)
            box = await press.ask(ticket, Compose(plan, pictures, first))
            try:
                while (answer := await box.get()) is not None:
                    if errand.cancelled:
                        yield Cancelled(step=timesteps(plan))
                        return
                    if isinstance(answer, PageComposed):
                        first = answer.index + 1
                    if not isinstance(answer, Ready | Drawn | Bound | Repacked):
                        yield answer
                    if isinstance(answer, Composed | Failed):
                        return
            finally:
                await press.forget(ticket)
            log.warning("the press stopped at page %d: %s", first, press.epitaph())
        yield self._crew.died(press)
