"""The studio on this machine: two child processes, watched and started again when they die.

The artist draws (torch lives there and nowhere else), the press composes pages. Pictures stay here
until the page is made, so a press that dies costs nothing but a moment.
"""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from pathlib import Path

from generation.script.plan import RenderPlan
from generation.studio.crew import Crew
from generation.studio.drawing import ArtistDesk
from generation.studio.errand import Errand
from generation.studio.events import (
    Bind,
    BoundFile,
    Event,
    Finished,
    Order,
    PageComposed,
    PanelDrawn,
    Refilm,
    Repack,
)
from generation.studio.pressing import PressDesk
from generation.studio.studio import StudioError
from generation.studio.turns import Turns, network_of, work_of
from generation.studio.wire import Composed, Drawn, Stop

MOTION_FILE = "motion.toml"


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
        self._artist = ArtistDesk(self._crew)
        self._press = PressDesk(self._crew)
        self._errands: dict[int, Errand] = {}
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

    def _end_later(self, errand: Errand) -> None:
        asyncio.get_running_loop().call_later(self._cancel_grace, self._end, errand)

    def _end(self, errand: Errand) -> None:
        """Unless it only waits for another that cut in, and which the artist's end would hit."""
        if self._turns.paused(errand.turn):
            self._end_later(errand)
        else:
            errand.end()

    async def compose(
        self, plan: RenderPlan, pictures: Mapping[int, bytes]
    ) -> tuple[PageComposed, ...]:
        return await self._press.compose(plan, pictures)

    async def bind(self, book: Bind) -> tuple[BoundFile, ...]:
        return await self._press.bind(book)

    async def repack(self, work: Repack) -> bytes:
        return await self._press.pack(work)

    async def refilm(self, work: Refilm) -> bytes:
        return await self._press.pack(work)

    async def draw(self, order: Order) -> AsyncGenerator[Event]:
        """Raises:
        StudioError: this render is being drawn already.
        """
        if order.render in self._errands:
            raise StudioError(f"Render {order.render} is being drawn already.")
        errand = self._errands[order.render] = Errand(order)
        try:
            async with self._turns.of(errand.turn), aclosing(self._carry_out(errand)) as events:
                async for event in events:
                    yield event
        finally:
            del self._errands[order.render]

    async def _carry_out(self, errand: Errand) -> AsyncGenerator[Event]:
        """Artist first, then press; `Finished` joins what both say about their work."""
        pictures: dict[int, bytes] = {}
        drawn: Drawn | None = None
        async with aclosing(self._artist.draw(errand)) as answers:
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
        async with aclosing(self._press.pages_of(errand, pictures)) as pages:
            async for page in pages:
                if isinstance(page, Composed):
                    yield _finished(drawn, {"page": page.seconds})
                else:
                    yield page


def _finished(drawn: Drawn, more: dict[str, float]) -> Finished:
    """`more` are seconds of what came after the drawing."""
    return Finished(
        seconds={**drawn.seconds, **more},
        peak_memory=drawn.peak_memory,
        micro_batch=drawn.micro_batch,
        steps_drawn=drawn.steps_drawn,
        notes=drawn.notes,
    )
