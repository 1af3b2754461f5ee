"""Guilds that use the bot, and what their admins have set."""

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage.statements import insert_into
from storage.tables import GuildRow
from storage.values import Spoilers


async def ensure(session: AsyncSession, guild_id: int) -> None:
    """Make the guild's row when there is none."""
    await session.execute(
        insert_into(session, GuildRow).values(id=guild_id).on_conflict_do_nothing()
    )


async def spoilers(session: AsyncSession, guild_id: int) -> Spoilers:
    """What is hidden until it is clicked on; nothing, where nobody has said so."""
    found = await session.scalar(select(GuildRow.spoilers).where(GuildRow.id == guild_id))
    return found or Spoilers.NEVER


async def set_spoilers(session: AsyncSession, guild_id: int, spoilers: Spoilers) -> None:
    await ensure(session, guild_id)
    await session.execute(update(GuildRow).where(GuildRow.id == guild_id).values(spoilers=spoilers))
