import pytest

from bot.stories.rules import Actor
from storage import characters, stories
from storage.engine import Database
from storage.values import Story

ADA, BEN = Actor(31), Actor(32)


@pytest.fixture
async def thread(database: Database) -> Story:
    """A thread's story with Tom in it."""
    async with database.session() as session:
        story = await stories.create(
            session,
            guild_id=1,
            channel_id=2,
            thread_id=3,
            owner_id=ADA.id,
            title="Rain",
            style="comic",
        )
        await characters.add(session, story.id, ADA.id, "Tom", "a baker")
    return story


async def parts(database: Database, story: Story) -> tuple[str, str]:
    async with database.session() as session:
        return await stories.script_parts(session, story.id)
