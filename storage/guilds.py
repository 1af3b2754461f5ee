"""Guilds that use the bot. Their settings come with the features that have some."""

from sqlalchemy.ext.asyncio import AsyncSession

from storage.statements import insert_into
from storage.tables import GuildRow


async def ensure(session: AsyncSession, guild_id: int) -> None:
    """Make the guild's row when there is none."""
    await session.execute(
        insert_into(session, GuildRow).values(id=guild_id).on_conflict_do_nothing()
    )
