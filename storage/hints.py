"""Hints that were given: each once to a member of a guild, and never again."""

from sqlalchemy.ext.asyncio import AsyncSession

from storage import guilds
from storage.statements import insert_into
from storage.tables import HintRow

EVERYBODY = 0  # the member of hints that are for a whole guild


async def first_time(session: AsyncSession, guild_id: int, member_id: int, name: str) -> bool:
    """Whether this hint is new to the member; from now on it isn't."""
    await guilds.ensure(session, guild_id)
    given = await session.scalar(
        insert_into(session, HintRow)
        .values(guild_id=guild_id, member_id=member_id, name=name)
        .on_conflict_do_nothing()
        .returning(HintRow.name)
    )
    return given is not None
