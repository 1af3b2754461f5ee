"""The studio on this machine: two child processes, watched and started again when they die.

The artist draws (torch lives there and nowhere else), the press composes pages. Pictures stay here
until the page is made, so a press that dies costs nothing but a moment.
"""

import asyncio
import itertools
import logging
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field
from pathlib import Path

from generation.script.graph import timesteps
from generation.script.plan import RenderPlan
from generation.studio.child import Child
from generation.studio.crew import Crew
from generation.studio.events import (
    Bind,
    BoundFile,
    Cancelled,
    Event,
    Failed,
    Finished,
    Order,
    PageComposed,
    PanelDrawn,
    Progress,
    Refilm,
    Repack,
    Started,
    Trouble,
)
from generation.studio.studio import StudioError
from generation.studio.turns import Turn, Turns, network_of, work_of
from generation.studio.wire import Bound, Compose, Composed, Drawn, PressWork, Ready, Repacked, Stop

PressAnswer = PageComposed | Composed | Bound | Repacked

MOTION_FILE = "motion.toml"
PRESS_ATTEMPTS = 3  # a press that dies three times over one story will die a fourth time

log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Errand:
    """An order on its way through the studio."""

    order: Order
    ticket: int = 0
    artist: Child | None = None  # while it is being drawn
    step: int = 0
    steps: int = field(init=False)
    cancelled: bool = False
    turn: Turn = field(init=False)

    def __post_init__(self) -> None:
        plan = self.order.plan
        self.steps = timesteps(plan)
        self.turn = Turn(
            network_of(plan), work_of(plan), lambda: work_of(plan, self.steps - self.step)
        )

    def end(self) -> None:
        """For an artist that does not stop: a new one costs less than waiting for this one."""
        if self.artist is not None:
            self.artist.kill()


class LocalStudio:
    """Implements `Studio` with child processes.

    Args:
        models_file: the catalogue of models; sources are relative to it.
        nice: how far the children stand back behind other processes, 0 to 19.
        threads: of the artist; 0 takes one per core.
        warm: name of the model that the artist loads before its first order.
        motion_file: the catalogue of what sets clips in motion; otherwise beside that of models.
        preview_interval, checkpoint_interval: seconds at least between two of them.
        cancel_grace: seconds after which an artist that does not stop is replaced: its step may be
            a long one, its driver may hang.
    """

    def __init__(
        self,
        models_file: Path,
        nice: int = 5,
        threads: int = 0,
        warm: str = "",
        motion_file: Path | None = None,
        preview_interval: float = 3.0,
        checkpoint_interval: float = 10.0,
        cancel_grace: float = 60.0,
    ) -> None:
        motions = motion_file or models_file.parent / MOTION_FILE
        self._crew = Crew(
            {
                "artist": [
                    f"--models-file={models_file.resolve()}",
                    f"--motion-file={motions.resolve()}",
                    f"--nice={nice}",
                    f"--threads={threads}",
                    f"--warm={warm}",
                    f"--preview-interval={preview_interval}",
                    f"--checkpoint-interval={checkpoint_interval}",
                ],
                "press": [f"--nice={nice}"],
            }
        )
        self._cancel_grace = cancel_grace
        self._errands: dict[int, _Errand] = {}
        self._tickets = itertools.count(1)
        self._turns = Turns()

    async def start(self) -> None:
        """Raises:
        StudioError: a child process won't start.
        """
        await self._crew.open()

    async def close(self) -> None:
        await self._crew.close()

    def pids(self) -> dict[str, int]:
        return self._crew.pids()

    def cuts_in(self, plan: RenderPlan) -> bool:
        return self._turns.cuts_in(network_of(plan), work_of(plan))

    async def cancel(self, render: int) -> None:
        errand = self._errands.get(render)
        if errand is None:
            return
        errand.cancelled = True
        artist = errand.artist
        if artist is not None:
            self._end_later(errand)
            await artist.tell(errand.ticket, Stop())

    def _end_later(self, errand: _Errand) -> None:
        asyncio.get_running_loop().call_later(self._cancel_grace, self._end, errand)

    def _end(self, errand: _Errand) -> None:
        """Unless it only waits for another that cut in, and which the artist's end would hit."""
        if self._turns.paused(errand.turn):
            self._end_later(errand)
        else:
            errand.end()

    async def compose(
        self, plan: RenderPlan, pictures: Mapping[int, bytes]
    ) -> tuple[PageComposed, ...]:
        """Raises:
        StudioError: it can't be done.
        """
        answers = await self._at_the_press(Compose(plan, dict(pictures)))
        return tuple(answer for answer in answers if isinstance(answer, PageComposed))

    async def bind(self, book: Bind) -> tuple[BoundFile, ...]:
        """Raises:
        StudioError: it can't be done.
        """
        answers = await self._at_the_press(book)
        return next(answer.files for answer in answers if isinstance(answer, Bound))

    async def repack(self, work: Repack) -> bytes:
        """Raises:
        StudioError: it can't be done.
        """
        answers = await self._at_the_press(work)
        return next(answer.picture for answer in answers if isinstance(answer, Repacked))

    async def refilm(self, work: Refilm) -> bytes:
        """Raises:
        StudioError: it can't be done.
        """
        answers = await self._at_the_press(work)
        return next(answer.picture for answer in answers if isinstance(answer, Repacked))

    async def _at_the_press(self, work: PressWork) -> list[PressAnswer]:
        """Everything the press says about it, by as many presses as it takes.

        Raises:
            StudioError: it can't be done.
        """
        for _ in range(PRESS_ATTEMPTS):
            press = await self._crew.child("press")
            ticket = next(self._tickets)
            box = await press.ask(ticket, work)
            said: list[PressAnswer] = []
            try:
                while (answer := await box.get()) is not None:
                    if isinstance(answer, Failed):
                        raise StudioError.of(answer)
                    if isinstance(answer, PressAnswer):
                        said.append(answer)
                    if isinstance(answer, Composed | Bound | Repacked):
                        return said
            finally:
                await press.forget(ticket)
        raise StudioError.of(self._died(press))

    async def draw(self, order: Order) -> AsyncGenerator[Event]:
        """Raises:
        StudioError: this render is being drawn already.
        """
        if order.render in self._errands:
            raise StudioError(f"Render {order.render} is being drawn already.")
        errand = self._errands[order.render] = _Errand(order)
        try:
            async with self._turns.of(errand.turn), aclosing(self._carry_out(errand)) as events:
                async for event in events:
                    yield event
        finally:
            del self._errands[order.render]

    async def _carry_out(self, errand: _Errand) -> AsyncGenerator[Event]:
        """Artist first, then press; `Finished` joins what both say about their work."""
        pictures: dict[int, bytes] = {}
        drawn: Drawn | None = None
        async with aclosing(self._drawing(errand)) as answers:
            async for answer in answers:
                if isinstance(answer, Drawn):
                    drawn = answer
                    continue
                if isinstance(answer, PanelDrawn):
                    number = errand.order.plan.panels[answer.position].number
                    if number is not None:
                        pictures[number] = answer.image
                yield answer
        if drawn is None:
            return
        if errand.order.plan.clip is not None:  # a film needs no page
            yield _finished(drawn, {})
            return
        async with aclosing(self._composing(errand, pictures)) as pages:
            async for page in pages:
                if isinstance(page, Composed):
                    yield _finished(drawn, {"page": page.seconds})
                else:
                    yield page

    async def _drawing(self, errand: _Errand) -> AsyncGenerator[Event | Drawn]:
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
                    yield Cancelled(errand.step) if errand.cancelled else self._died(artist)
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

    async def _composing(
        self, errand: _Errand, pictures: dict[int, bytes]
    ) -> AsyncGenerator[Event | Composed]:
        """The pages, by as many presses as it takes."""
        plan = errand.order.plan
        first = 0
        for _ in range(PRESS_ATTEMPTS):
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
        yield self._died(press)

    def _died(self, child: Child) -> Failed:
        if self._crew.closed:
            return Failed("The studio was closed.", True, Trouble.CLOSED)
        trouble, data = child.trouble()
        return Failed(f"The {child.name} process stopped: {child.epitaph()}.", True, trouble, data)


def _finished(drawn: Drawn, more: dict[str, float]) -> Finished:
    """`more` are seconds of what came after the drawing."""
    return Finished(
        seconds={**drawn.seconds, **more},
        peak_memory=drawn.peak_memory,
        micro_batch=drawn.micro_batch,
        steps_drawn=drawn.steps_drawn,
        notes=drawn.notes,
    )
