import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bot.failpoints import Failpoints
from bot.rendering.announcer import Announce
from bot.rendering.attempts import Pace
from bot.rendering.dispatcher import Dispatcher
from bot.rendering.updates import RenderUpdate
from storage import renders, stories
from storage.artifacts import ArtifactStore
from storage.engine import Database
from storage.values import Render, RenderState
from tests.bot.rendering.scripted import STEPS, ScriptedStudio, plan
from tests.bot.waiting import eventually

FAST = Pace(poll=0.05, silence=5.0, retry=0.01, restart=0.01)


@dataclass
class House:
    """A database with one story, an artifact store, a studio, and what was told."""

    database: Database
    store: ArtifactStore
    story_id: int
    studio: ScriptedStudio = field(default_factory=ScriptedStudio)
    told: list[RenderUpdate] = field(default_factory=list)
    posts_ready: int = 0

    async def order(
        self,
        user_id: int = 1,
        plan_json: str = "",
        guild_id: int = 1,
        steps: int = STEPS,
        lane: int = 1,
    ) -> int:
        async with self.database.session() as session:
            render = await renders.enqueue(
                session,
                story_id=self.story_id,
                guild_id=guild_id,
                channel_id=20,
                user_id=user_id,
                plan_json=plan_json or plan().to_json(),
                steps=steps,
                lane=lane,
            )
        return render.id

    async def read(self, render_id: int) -> Render:
        async with self.database.session() as session:
            return await renders.get(session, render_id)

    async def until(self, render_id: int, state: RenderState) -> Render:
        async def there() -> bool:
            return (await self.read(render_id)).state == state

        await eventually(there)
        return await self.read(render_id)

    def kinds(self, render_id: int) -> list[str]:
        """What a render was told to be, without repetitions."""
        kinds = [update.kind for update in self.told if update.render.id == render_id]
        return [kind for kind, before in zip(kinds, ["", *kinds], strict=False) if kind != before]

    @asynccontextmanager
    async def dispatching(
        self, announce: Announce | None = None, pace: Pace = FAST
    ) -> AsyncIterator[Dispatcher]:
        """A running dispatcher; leaving the block stops it as the bot's end does."""

        async def note(update: RenderUpdate) -> None:
            self.told.append(update)

        dispatcher = Dispatcher(
            self.database,
            self.store,
            self.studio,
            announce or note,
            Failpoints(),
            on_posts=self._count,
            pace=pace,
        )
        task = asyncio.create_task(dispatcher.run())
        try:
            yield dispatcher
        finally:
            task.cancel()
            results = await asyncio.gather(task, return_exceptions=True)
        assert isinstance(results[0], asyncio.CancelledError)

    def _count(self) -> None:
        self.posts_ready += 1


@pytest.fixture
async def house(database: Database, tmp_path: Path) -> House:
    async with database.session() as session:
        story = await stories.create(
            session,
            guild_id=1,
            channel_id=20,
            thread_id=None,
            owner_id=1,
            title="Tabs or spaces",
            style="comic",
        )
    return House(database, ArtifactStore(str(tmp_path / "artifacts")), story.id)
