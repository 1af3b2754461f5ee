import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from storage import stories
from storage.engine import Database
from storage.values import Story


@pytest.fixture
async def story(database: Database) -> Story:
    async with database.session() as session:
        return await new_story(session)


async def new_story(session: AsyncSession, guild_id: int = 1) -> Story:
    return await stories.create(
        session,
        guild_id=guild_id,
        channel_id=20,
        thread_id=None,
        owner_id=30,
        title="Tabs or spaces",
        style="comic",
    )
