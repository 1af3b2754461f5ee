"""One attempt at a render: what the studio says about it, put into storage."""

import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import TypeVar

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from bot.patience import persistently
from bot.reasons import reason_of
from bot.rendering import casting
from bot.rendering.checkpoints import Checkpoints
from bot.rendering.updates import Kind, RenderUpdate
from generation.script.estimating import measured, speed_key
from generation.script.plan import RenderPlan
from generation.studio import events
from generation.studio.events import Order
from storage import artifacts, attempts, editions, renders, sketches, speeds
from storage.artifacts import ArtifactStore
from storage.engine import Database
from storage.errors import ArtifactDamaged, NotFound
from storage.reasons import Reason
from storage.values import Render, RenderState, Sketch

log = logging.getLogger(__name__)

T = TypeVar("T")

PICTURE_TYPE = "image/png"
FILM_TYPE = "video/mp4"
PROGRESS_INTERVAL = 1.0  # seconds between progress writes; a restart shows the step at most so old

KINDS: dict[RenderState, Kind] = {
    RenderState.QUEUED: "queued",
    RenderState.RUNNING: "running",
    RenderState.DONE: "done",
    RenderState.FAILED: "failed",
    RenderState.CANCELLED: "cancelled",
}


class UnreadablePlan(Exception):
    """The render's plan was made by a version that this one doesn't understand."""


@dataclass
class Drawing:
    """`render` is as this attempt knows it: its step is newer than the stored one. `end_told`: its
    end was told already, when somebody cancelled it. `gives_way`: it was asked to stop because
    others come first."""

    database: Database
    store: ArtifactStore
    checkpoints: Checkpoints
    render: Render
    end_told: bool = False
    gives_way: bool = False
    _plan: RenderPlan | None = None
    _pages: list[tuple[int, str, str]] = field(default_factory=list)
    _written_at: float = 0.0
    _sketch: Sketch | None = None

    @property
    def plan(self) -> RenderPlan:
        """Raises:
        UnreadablePlan
        """
        if self._plan is None:
            try:
                self._plan = RenderPlan.from_json(self.render.plan)
            except msgspec.DecodeError as exc:  # ValidationError is one of them
                raise UnreadablePlan(str(exc)) from exc
        return self._plan

    async def order(self) -> Order:
        """What to ask the studio for: from the checkpoint on, if there is a sound one, with the
        pictures that the plan names, as far as they are still there.

        Raises:
            UnreadablePlan
        """
        self._sketch = await self._write(
            "read a sketch", lambda session: sketches.of_render(session, self.render.id)
        )
        stored = {key: await self._stored(key) for key in self.plan.pictures}
        pictures = {key: data for key, data in stored.items() if data is not None}
        checkpoint = await self._checkpoint()
        return Order(self.render.id, self.render.attempt, self.plan, checkpoint, pictures)

    async def take(self, event: events.Event) -> RenderUpdate | None:
        """Store an event, and say what there is to tell about it.

        Raises:
            StaleAttempt: this attempt is no longer the current one.
        """
        match event:
            case events.Started(step=step) | events.Progress(step=step):
                await self._progress(step)
            case events.Preview(image=image):
                return self._update(image)
            case events.Checkpoint(step=step, data=data):
                self.render = await self.checkpoints.keep(self.render, step, data)
                return None
            case events.PanelDrawn():
                await self._keep_panel(event)
                return None
            case events.PageComposed(index=index, image=image, alt_text=alt_text):
                self._pages.append((index, await self._put(image), alt_text))
                return None
            case events.ClipMade(film=film, alt_text=alt_text):
                self._pages.append((0, await self._put(film, FILM_TYPE), alt_text))
                return None
            case events.Finished():
                await self._finish(event)
            case events.Cancelled():
                stop = attempts.give_way if self.gives_way else attempts.cancelled
                await self._write("stop", lambda session: stop(session, *self._key))
                await self._refresh()
            case events.Failed(retryable=retryable):
                await self.fail(reason_of(event), retryable)
        return self._update()

    async def fail(self, reason: Reason, retryable: bool) -> RenderUpdate:
        """End the attempt.

        Raises:
            StaleAttempt: this attempt is no longer the current one.
        """
        await self._write(
            "record a failure",
            lambda session: attempts.fail(session, *self._key, reason, retryable),
        )
        await self._refresh()
        return self._update()

    async def outcome(self) -> RenderUpdate | None:
        """How the render ended, if it has (by another hand, or before a connection was lost)."""
        try:
            await self._refresh()
        except NotFound:  # its story was deleted
            return None
        ended = self.render.state not in (RenderState.QUEUED, RenderState.RUNNING)
        return self._update() if ended else None

    @property
    def _key(self) -> tuple[int, int]:
        return self.render.id, self.render.attempt

    def _update(self, preview: bytes | None = None) -> RenderUpdate:
        return RenderUpdate(self.render, None, preview, KINDS[self.render.state])

    async def _checkpoint(self) -> bytes | None:
        key = self.render.checkpoint
        data = None if key is None else await self._stored(key)
        if key is not None and data is None:
            log.warning("Render %s starts over without its checkpoint", self.render.id)
        return data

    async def _stored(self, key: str) -> bytes | None:
        """An artifact, or None where it is lost."""
        try:
            return await persistently("read an artifact", lambda: self.store.get(key))
        except (NotFound, ArtifactDamaged) as exc:
            log.warning("Render %s lacks something: %s", self.render.id, exc)
            return None

    async def _progress(self, step: int) -> None:
        self.render = replace(self.render, step=step)
        due = time.monotonic() - self._written_at >= PROGRESS_INTERVAL
        if due or step == self.render.steps:
            self._written_at = time.monotonic()
            self.render = await self._write(
                "store progress", lambda session: attempts.progress(session, *self._key, step)
            )

    async def _keep_panel(self, event: events.PanelDrawn) -> None:
        if self._sketch is not None:
            return  # nobody changes a sketch, so only its page is kept
        key = await self._put(event.image)
        position = event.position
        seed = self.plan.panels[position].seed if event.seed is None else event.seed
        await self._write(
            "store a panel",
            lambda session: attempts.add_panel(session, *self._key, position, seed, key),
        )

    async def _put(self, data: bytes, kind: str = PICTURE_TYPE) -> str:
        key = await persistently("store a picture", lambda: self.store.put(data, kind))
        await self._write(
            "record a picture",
            lambda session: artifacts.record(session, key, kind, len(data)),
        )
        return key

    async def _pages_to_post(self) -> list[tuple[int, str, str]]:
        """A panel drawn again is no page yet: it is shown beside the old one."""

        async def picture(session: AsyncSession) -> str | None:
            if await editions.take_of(session, self.render.id) is None:
                return None
            drawn = await editions.pictures(session, self.render.id)
            return drawn[len(self.plan.panels) - 1]

        key = await self._write("read a picture", picture)
        return self._pages if key is None else [(0, key, self.plan.panels[-1].alt_text)]

    async def _finish(self, event: events.Finished) -> None:
        pages = await self._pages_to_post()
        await self._settle_cast()
        await self._write(
            "finish a render",
            lambda session: attempts.finish(
                session,
                *self._key,
                pages,
                self.render.channel_id,
                seconds=sum(event.seconds.values()),
                micro_batch=event.micro_batch,
                in_place=self._sketch is not None,
            ),
        )
        speed = measured(self.plan, event.seconds, event.steps_drawn)
        if speed is not None:
            await self._write(
                "store a speed",
                lambda session: speeds.remember(session, speed_key(self.plan), speed),
            )
        await self._refresh()
        log.info(
            "Render %s is done: %d of %d steps drawn by this attempt, in %.1f s",
            self.render.id,
            event.steps_drawn,
            self.render.steps,
            sum(event.seconds.values()),
        )
        for note in event.notes:
            log.warning("Render %s: %s", self.render.id, note)

    async def _settle_cast(self) -> None:
        async def settle(session: AsyncSession) -> None:
            if await editions.take_of(session, self.render.id) is None:
                await casting.settle(session, self.render.story_id, self.plan)

        if self._sketch is None:
            await self._write("store how the cast looks", settle)

    async def _refresh(self) -> None:
        self.render = await self._write(
            "read a render", lambda session: renders.get(session, self.render.id)
        )

    async def _write(self, what: str, action: Callable[[AsyncSession], Awaitable[T]]) -> T:
        async def once() -> T:
            async with self.database.session() as session:
                return await action(session)

        return await persistently(f"{what} ({self.render.id})", once)
