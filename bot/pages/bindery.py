"""The bindery: composes the pages of comics that were changed, without drawing anything.

What is due stands in the database, so a change outlives every restart. The outbox shows the pages.
"""

import asyncio
import contextlib
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import msgspec

from bot.patience import persistently
from bot.reasons import reason_of
from bot.rendering.drawing import PICTURE_TYPE
from generation.script.plan import RenderPlan
from generation.studio.events import PageComposed
from generation.studio.studio import Studio, StudioError
from storage import artifacts, editions
from storage.artifacts import ArtifactStore
from storage.columns import now
from storage.engine import Database
from storage.errors import ArtifactDamaged, NotFound
from storage.reasons import Reason, ReasonCode
from storage.values import Edition

log = logging.getLogger(__name__)

TRIES = 3  # what can't be composed three times can't be composed


@dataclass(frozen=True, slots=True)
class BindingPace:
    """Seconds."""

    poll: float = 5.0
    retry: float = 5.0


class Bindery:
    """`on_posts` is called when posted pages are to change."""

    def __init__(
        self,
        database: Database,
        store: ArtifactStore,
        studio: Studio,
        on_posts: Callable[[], None],
        pace: BindingPace | None = None,
    ) -> None:
        self._database = database
        self._store = store
        self._studio = studio
        self._on_posts = on_posts
        self._pace = pace or BindingPace()
        self._work = asyncio.Event()
        self._progress = asyncio.Condition()

    async def run(self) -> None:
        """Compose until cancelled."""
        while True:
            self._work.clear()
            await self.bind_due()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._pace.poll):
                    await self._work.wait()

    def wake(self) -> None:
        """There is something to compose."""
        self._work.set()

    async def bind_due(self) -> None:
        while due := await persistently("read the editions", self._due):
            for edition in due:
                await self._bind(edition)
                async with self._progress:
                    self._progress.notify_all()

    async def settled(self, wanted: Edition, seconds: float) -> Edition | None:
        """The edition when that version is composed or given up, None when it takes longer."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds), self._progress:
                while True:
                    async with self._database.session() as session:
                        edition = await editions.get(session, wanted.comic_id)
                    if edition is None or edition.bound >= wanted.version or edition.reason:
                        return edition
                    await self._progress.wait()
        return None

    async def _bind(self, edition: Edition) -> None:
        try:
            pages = await self._compose(edition)
        except msgspec.DecodeError:
            await self._give_up(edition, Reason(ReasonCode.UNREADABLE))
        except (NotFound, ArtifactDamaged) as exc:
            log.error("Comic %s: %r", edition.comic_id, exc)
            await self._give_up(edition, Reason(ReasonCode.PICTURE_LOST))
        except StudioError as exc:
            log.warning("The pages of comic %s can't be composed: %s", edition.comic_id, exc)
            if edition.failures + 1 >= TRIES:
                await self._give_up(edition, reason_of(exc))
            else:
                await self._postpone(edition)
        else:
            await self._keep(edition, pages)
            self._on_posts()

    async def _compose(self, edition: Edition) -> tuple[PageComposed, ...]:
        plan = RenderPlan.from_json(edition.plan)

        async def keys() -> dict[int, str]:
            async with self._database.session() as session:
                drawn = await editions.pictures(session, edition.comic_id)
                kept = await editions.kept_pictures(session, edition.comic_id)
            numbers = {at: one.number for at, one in enumerate(plan.panels) if one.number}
            return {number: drawn[at] for at, number in numbers.items() if at in drawn} | kept

        found = await persistently("read the pictures", keys)
        pictures = {number: await self._picture(key) for number, key in found.items()}
        return await self._studio.compose(plan, pictures)

    async def _picture(self, key: str) -> bytes:
        return await persistently("read a picture", lambda: self._store.get(key))

    async def _keep(self, edition: Edition, pages: tuple[PageComposed, ...]) -> None:
        kept = [
            (page.index, await self._stored(page.image), page.alt_text, len(page.image))
            for page in pages
        ]

        async def store() -> None:
            async with self._database.session() as session:
                for _, key, _, size in kept:
                    await artifacts.record(session, key, PICTURE_TYPE, size)
                made = [(index, key, alt_text) for index, key, alt_text, _ in kept]
                await editions.bound(session, edition, made)

        await persistently("store an edition", store)
        log.info("Comic %s shows version %s", edition.comic_id, edition.version)

    async def _stored(self, image: bytes) -> str:
        return await persistently("store a page", lambda: self._store.put(image, PICTURE_TYPE))

    async def _due(self) -> list[Edition]:
        async with self._database.session() as session:
            return await editions.due(session)

    async def _postpone(self, edition: Edition) -> None:
        async def postpone() -> None:
            async with self._database.session() as session:
                pause = timedelta(seconds=self._pace.retry)
                await editions.postpone(session, edition, now() + pause)

        await persistently("postpone an edition", postpone)

    async def _give_up(self, edition: Edition, reason: Reason) -> None:
        log.error("The pages of comic %s stay as they are: %s", edition.comic_id, reason)

        async def give_up() -> None:
            async with self._database.session() as session:
                await editions.give_up(session, edition, reason)

        await persistently("give up an edition", give_up)
