"""The dispatcher: the one and only taker of renders from the queue. It feeds the studio."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from bot.failpoints import Failpoints
from bot.patience import persistently
from bot.reasons import reason_of
from bot.rendering.announcer import Announce, Announcer
from bot.rendering.drawing import KINDS, Drawing, UnreadablePlan, sweep_checkpoints
from bot.rendering.places import Places, Waits, unknown_waits
from bot.rendering.requests import CLIP_LANE
from bot.rendering.silence import StudioSilent, never_silent
from bot.rendering.updates import RenderUpdate
from generation.studio.events import Event
from generation.studio.studio import Studio, StudioError
from storage import renders
from storage.artifacts import ArtifactStore
from storage.engine import Database
from storage.errors import NotFound, StaleAttempt, Unavailable
from storage.reasons import Reason, ReasonCode
from storage.values import Render, RenderState

log = logging.getLogger(__name__)

# Draws what nobody waits for, until the event is set; says whether there may be more of it.
Spare = Callable[[asyncio.Event], Awaitable[bool]]


async def _nothing_to_spare(_: asyncio.Event) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds."""

    poll: float = 5.0  # how often to look at the queue when nobody wakes us
    silence: float = (
        1800.0  # a studio that says nothing for so long hangs; large models load slowly
    )
    retry: float = 2.0  # pause before the second attempt; twice that before the third
    restart: float = 10.0  # pause before another try to start a studio that won't


class Dispatcher:
    """`announce` is told what happens to renders (it may be slow, and may fail); `on_posts` is
    called when pages wait to be posted, `spare` when nobody waits for a drawing; `waits` says in
    how many seconds queued renders begin."""

    def __init__(
        self,
        database: Database,
        artifacts: ArtifactStore,
        studio: Studio,
        announce: Announce,
        failpoints: Failpoints | None = None,
        *,
        on_posts: Callable[[], None] = lambda: None,
        waits: Waits = unknown_waits,
        spare: Spare = _nothing_to_spare,
        pace: Pace | None = None,
    ) -> None:
        self._database = database
        self._artifacts = artifacts
        self._studio = studio
        self._announcer = Announcer(announce)
        self._failpoints = failpoints or Failpoints()
        self._on_posts = on_posts
        self._places = Places(database, self._announcer.tell, waits)
        self._spare = spare
        self._pace = pace or Pace()
        self._current: Drawing | None = None
        self._work = asyncio.Event()
        self._queue_moved = asyncio.Event()
        self._turn = asyncio.Lock()  # held from a change of the queue until it is told

    async def run(self) -> None:
        """Draw until cancelled. Then the studio is closed and the row stays running, so that the
        next start goes on from its checkpoint."""
        async with self._announcer.running():
            try:
                await self._pick_up()
                async with asyncio.TaskGroup() as tasks:
                    tasks.create_task(self._draw_all(), name="drawing")
                    tasks.create_task(self._tell_places(), name="queue places")
            finally:
                await self._studio.close()

    def wake(self) -> None:
        """There is something new in the queue."""
        self._work.set()
        self._queue_moved.set()

    async def cancel(self, render_id: int) -> bool:
        """Cancel a render that waits or is drawn; False when it ended in another way.

        Raises:
            NotFound: there is no such render.
            Unavailable: the database can't be reached.
        """
        async with self._turn:
            async with self._database.session() as session:
                await renders.cancel(session, render_id)
                render = await renders.get(session, render_id)
            if render.state != RenderState.CANCELLED:
                return False
            self._announcer.tell(_update(render))
            if self._current is not None and self._current.render.id == render_id:
                self._current.end_told = True
        await self._studio.cancel(render_id)
        self._queue_moved.set()
        return True

    async def _pick_up(self) -> None:
        """What an earlier process was drawing goes back to the queue."""

        async def requeue() -> None:
            async with self._database.session() as session:
                await self._requeue(session)

        await persistently("read the queue", requeue)
        await sweep_checkpoints(self._database, self._artifacts)

    async def _requeue(self, session: AsyncSession) -> None:
        """Nothing is being drawn, so whatever is running was interrupted: by the end of an earlier
        process, or by a connection that was lost while the claim was committed."""
        for render in await renders.requeue_running(session):
            log.warning("Render %s was interrupted; it is %s", render.id, render.state)
            if render.state == RenderState.FAILED:
                self._announcer.tell(_update(render))

    async def _draw_all(self) -> None:
        while True:
            await self._open_studio()
            self._work.clear()
            render = await persistently("read the queue", self._claim)
            if render is None:
                if not await self._use_spare_time():
                    await _first_of(self._work, self._pace.poll)
                continue
            self._current = Drawing(self._database, self._artifacts, self._failpoints, render)
            async with self._giving_way(self._current):
                await self._draw(self._current)
            self._current = None
            self._queue_moved.set()
            await sweep_checkpoints(self._database, self._artifacts)

    @contextlib.asynccontextmanager
    async def _giving_way(self, drawing: Drawing) -> AsyncIterator[None]:
        """A clip that is drawn inside the block stops as soon as anything else waits: it goes on
        afterwards, where it stopped."""
        if drawing.render.lane != CLIP_LANE:
            yield
            return
        task = asyncio.create_task(self._stop_for_others(drawing), name="giving way")
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _stop_for_others(self, drawing: Drawing) -> None:
        async def others_wait() -> bool:
            async with self._database.session() as session:
                return await renders.waits_before(session, CLIP_LANE)

        while not await persistently("read the queue", others_wait):
            await _first_of(self._work, self._pace.poll)
            self._work.clear()
        log.info("Render %s gives way to others", drawing.render.id)
        drawing.gives_way = True
        await self._studio.cancel(drawing.render.id)

    async def _use_spare_time(self) -> bool:
        """Whether there may be more to do of what nobody waits for."""
        try:
            return await self._spare(self._work)
        except Unavailable as exc:
            log.warning("What nobody waits for is left for later: %s", exc)
        except Exception:  # the job loop: nothing of this may keep others waiting
            log.exception("What nobody waits for broke off")
        return False

    async def _open_studio(self) -> None:
        while True:
            try:
                return await self._studio.start()
            except StudioError as exc:
                log.error("The studio can't start, again in %s s: %s", self._pace.restart, exc)
            await asyncio.sleep(self._pace.restart)

    async def _claim(self) -> Render | None:
        async with self._turn:
            async with self._database.session() as session:
                await self._requeue(session)
                render = await renders.claim(session)
            if render is not None:
                log.info("Render %s: attempt %d begins", render.id, render.attempt)
                self._announcer.tell(_update(render))
                self._queue_moved.set()
            return render

    async def _draw(self, drawing: Drawing) -> None:
        """One attempt; whatever goes wrong ends it, and nothing else."""
        number = drawing.render.id
        try:
            failure = await self._attempt(drawing)
            if failure is not None:
                reason, retryable = failure
                await self._tell_end(await drawing.fail(reason, retryable))
        except StaleAttempt:
            ended = await drawing.outcome()
            log.info("Render %s: a late result was dropped; it is %s", number, drawing.render.state)
            if ended is not None and not drawing.end_told:
                await self._tell_end(ended)
        except NotFound as exc:
            log.warning("Render %s is gone: %r", number, exc)
        except Exception:  # the job loop: one broken render must not stop the others
            log.exception("Render %s broke the dispatcher", number)
            with contextlib.suppress(StaleAttempt, NotFound):
                await self._tell_end(
                    await drawing.fail(Reason(ReasonCode.BOT_BROKE), retryable=True)
                )

    async def _attempt(self, drawing: Drawing) -> tuple[Reason, bool] | None:
        """Draw; a failure that the studio itself didn't tell is returned: reason, retryable."""
        try:
            order = await drawing.order()
            async with aclosing(self._studio.draw(order)) as stream:
                ended = await self._take_all(drawing, stream)
        except UnreadablePlan:
            log.exception("Render %s can't be drawn", drawing.render.id)
            return Reason(ReasonCode.UNREADABLE), False
        except StudioSilent:
            await self._studio.close()  # what hangs is killed; it starts anew for the next render
            return Reason(ReasonCode.SILENT), True
        except StudioError as exc:
            return reason_of(exc), True
        return None if ended else (Reason(ReasonCode.ENDED_EARLY), True)

    async def _take_all(self, drawing: Drawing, stream: AsyncGenerator[Event]) -> bool:
        """Store and tell all events; whether the last one ended the attempt."""
        try:
            async for event in never_silent(stream, self._pace.silence):
                update = await drawing.take(event)
                if update is not None and update.kind == "running":
                    if not drawing.end_told:  # the step that was on its way when it was cancelled
                        self._announcer.tell(update)
                elif update is not None:
                    await self._tell_end(update)
                    return True
        except StaleAttempt:
            await self._studio.cancel(drawing.render.id)
            raise
        return False

    async def _tell_end(self, update: RenderUpdate) -> None:
        """The attempt is over: done, failed, cancelled, or queued for another one."""
        render = update.render
        log.info("Render %s: attempt %d is %s", render.id, render.attempt, render.state)
        if update.kind == "queued":
            await asyncio.sleep(self._pace.retry * render.failures)
            return  # its place is told with all places
        self._announcer.tell(update)
        if update.kind == "done":
            self._on_posts()

    async def _tell_places(self) -> None:
        """Tell each waiting render its place in the queue when that has changed."""
        while True:
            self._queue_moved.clear()
            async with self._turn:
                await persistently("read the queue", self._places.tell_moved)
            await self._queue_moved.wait()


def _update(render: Render) -> RenderUpdate:
    return RenderUpdate(render, None, None, KINDS[render.state])


async def _first_of(event: asyncio.Event, seconds: float) -> None:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()
