"""Attempts at renders: the studio is asked, and what it says is stored and told, to every end."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass

from bot.reasons import reason_of
from bot.rendering.announcer import Announcer
from bot.rendering.checkpoints import Checkpoints
from bot.rendering.drawing import Drawing, UnreadablePlan
from bot.rendering.silence import StudioSilent, Watch
from bot.rendering.updates import RenderUpdate
from generation.studio.events import Event
from generation.studio.studio import Studio, StudioError
from storage.artifacts import ArtifactStore
from storage.engine import Database
from storage.errors import NotFound, StaleAttempt
from storage.reasons import Reason, ReasonCode
from storage.values import Render

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds."""

    poll: float = 5.0  # how often to look at the queue when nobody wakes us
    silence: float = (
        1800.0  # a studio that says nothing for so long hangs; large models load slowly
    )
    retry: float = 2.0  # pause before the second attempt; twice that before the third
    restart: float = 10.0  # pause before another try to start a studio that won't
    pictures: int = 8  # not seconds: so many are begun while a clip waits, then it has a turn
    clip_turn: float = 240.0  # enough for some checkpoints of a clip, and a wait that pictures bear


class Attempts:
    """Those under way. `on_posts` is called when pages wait to be posted, `on_event` whenever the
    studio has said something."""

    def __init__(
        self,
        database: Database,
        artifacts: ArtifactStore,
        studio: Studio,
        announcer: Announcer,
        checkpoints: Checkpoints,
        pace: Pace,
        *,
        on_posts: Callable[[], None],
        on_event: Callable[[], None],
    ) -> None:
        self._database = database
        self._artifacts = artifacts
        self._studio = studio
        self._announcer = announcer
        self._checkpoints = checkpoints
        self._pace = pace
        self._on_posts = on_posts
        self._on_event = on_event
        self._watch = Watch(pace.silence)
        self._under_way: dict[int, Drawing] = {}

    def end_is_told(self, render_id: int) -> None:
        """Somebody cancelled it and knows; nothing more is told about it."""
        if render_id in self._under_way:
            self._under_way[render_id].end_told = True

    async def give_way(self, render_id: int) -> None:
        """Stop it for others that come first: back to the queue, as far as it is."""
        if render_id in self._under_way:
            self._under_way[render_id].gives_way = True
            await self._studio.cancel(render_id)

    async def draw(self, render: Render) -> None:
        """One attempt; whatever goes wrong ends it, and nothing else."""
        drawing = Drawing(self._database, self._artifacts, self._checkpoints, render)
        self._under_way[render.id] = drawing
        try:
            failure = await self._attempt(drawing)
            if failure is not None:
                reason, retryable = failure
                await self._tell_end(await drawing.fail(reason, retryable))
        except StaleAttempt:
            ended = await drawing.outcome()
            state = drawing.render.state
            log.info("Render %s: a late result was dropped; it is %s", render.id, state)
            if ended is not None and not drawing.end_told:
                await self._tell_end(ended)
        except NotFound as exc:
            log.warning("Render %s is gone: %r", render.id, exc)
        except Exception:  # the job loop: one broken render must not stop the others
            log.exception("Render %s broke the dispatcher", render.id)
            with contextlib.suppress(StaleAttempt, NotFound):
                await self._tell_end(
                    await drawing.fail(Reason(ReasonCode.BOT_BROKE), retryable=True)
                )
        finally:
            del self._under_way[render.id]

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
            async for event in self._watch.over(stream):
                self._on_event()
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
