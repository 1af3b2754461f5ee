"""The dispatcher: the one and only taker of renders from the queue. It feeds the studio."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Collection

from sqlalchemy.ext.asyncio import AsyncSession

from bot.failpoints import Failpoints
from bot.patience import persistently
from bot.rendering.announcer import Announce, Announcer
from bot.rendering.attempts import Attempts, Pace
from bot.rendering.checkpoints import Checkpoints
from bot.rendering.clip_turns import ClipTurns
from bot.rendering.drawing import KINDS
from bot.rendering.line import Line
from bot.rendering.places import Places, Waits, unknown_waits
from bot.rendering.requests import CLIP_LANE
from bot.rendering.updates import RenderUpdate
from generation.studio.studio import Studio, StudioError
from storage import attempts, queue, renders
from storage.artifacts import ArtifactStore
from storage.engine import Database
from storage.errors import Unavailable
from storage.values import Render, RenderState

log = logging.getLogger(__name__)

# Draws what nobody waits for, until the event is set; says whether there may be more of it.
Spare = Callable[[asyncio.Event], Awaitable[bool]]


async def _nothing_to_spare(_: asyncio.Event) -> bool:
    return False


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
        self._studio = studio
        self._announcer = Announcer(announce)
        self._places = Places(database, self._announcer.tell, waits)
        self._spare = spare
        self._pace = pace or Pace()
        self._checkpoints = Checkpoints(database, artifacts, failpoints or Failpoints())
        self._attempts = Attempts(
            database,
            artifacts,
            studio,
            self._announcer,
            self._checkpoints,
            self._pace,
            on_posts=on_posts,
            on_event=self._look_up,
        )
        self._clip_turns = ClipTurns(self._pace)
        self._line = Line(database, studio, fresh=self._pace.poll)
        self._work = asyncio.Event()
        self._stepped = asyncio.Event()
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
        self._line.moved()
        self._stepped.set()
        self._queue_moved.set()

    def _look_up(self) -> None:
        """Between two steps, when another may cut in."""
        self._stepped.set()

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
            self._attempts.end_is_told(render_id)
        await self._studio.cancel(render_id)
        self._queue_moved.set()
        return True

    async def _pick_up(self) -> None:
        """What an earlier process was drawing goes back to the queue."""

        async def requeue() -> None:
            async with self._database.session() as session:
                await self._requeue(session)

        await persistently("read the queue", requeue)
        await self._checkpoints.sweep()

    async def _requeue(self, session: AsyncSession) -> None:
        """Nothing is being drawn, so whatever is running was interrupted: by the end of an earlier
        process, or by a connection that was lost while the claim was committed."""
        for render in await attempts.requeue_running(session):
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
                    await _within(self._pace.poll, self._work)
                continue
            turn, over = self._clip_turns.begun(render), asyncio.Event()
            async with asyncio.TaskGroup() as drawings:
                clip = render.lane == CLIP_LANE
                beside = self._give_way(render, turn, over) if clip else self._let_in(over)
                drawings.create_task(beside, name="beside a drawing")
                await self._draw(render)
                over.set()
                self._stepped.set()

    async def _draw(self, render: Render) -> None:
        await self._attempts.draw(render)
        self._queue_moved.set()
        await self._checkpoints.sweep()

    async def _let_in(self, over: asyncio.Event) -> None:
        """Draw what is short in the middle of what is being drawn, until that is over."""
        while not over.is_set():
            self._stepped.clear()
            render = await persistently("read the queue", self._claim_short)
            if render is not None:
                await self._draw(render)
                self._line.moved()
            else:
                await _within(self._pace.poll, self._stepped)

    async def _give_way(self, clip: Render, turn: float, over: asyncio.Event) -> None:
        """Stop a clip as soon as anything else waits and its turn is over: it goes on afterwards,
        where it stopped."""
        await _within(turn, over)
        while not over.is_set():
            self._stepped.clear()
            if await persistently("read the queue", self._others_wait):
                log.info("Render %s gives way to others", clip.id)
                await self._attempts.give_way(clip.id)
                return
            await _within(self._pace.poll, self._stepped)

    async def _others_wait(self) -> bool:
        async with self._database.session() as session:
            return await queue.waits_before(session, CLIP_LANE)

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

    async def _claim_short(self) -> Render | None:
        short = await self._line.short()
        return await self._claim(short) if short else None

    async def _claim(self, among: Collection[int] | None = None) -> Render | None:
        """The next render; `among` these in the middle of another."""
        async with self._turn:
            async with self._database.session() as session:
                if among is None:
                    await self._requeue(session)
                    among = await self._clip_turns.due(session)
                render = await queue.claim(session, among=among)
            if render is not None:
                log.info("Render %s: attempt %d begins", render.id, render.attempt)
                self._announcer.tell(_update(render))
                self._queue_moved.set()
            return render

    async def _tell_places(self) -> None:
        """Tell each waiting render its place in the queue when that has changed."""
        while True:
            self._queue_moved.clear()
            async with self._turn:
                await persistently("read the queue", self._places.tell_moved)
            await self._queue_moved.wait()


def _update(render: Render) -> RenderUpdate:
    return RenderUpdate(render, None, None, KINDS[render.state])


async def _within(seconds: float, event: asyncio.Event) -> None:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()
