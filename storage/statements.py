"""Statements that several aggregates share."""

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from storage.columns import Base
from storage.errors import LimitReached, NotFound
from storage.tables import StoryRow


def insert_into(session: AsyncSession, table: type[Base]) -> postgresql.Insert | sqlite.Insert:
    """INSERT with ON CONFLICT, which both databases spell alike but SQLAlchemy keeps apart."""
    if session.get_bind().dialect.name == "postgresql":
        return postgresql.insert(table)
    return sqlite.insert(table)


async def lock_story(session: AsyncSession, story_id: int) -> None:
    """Let one transaction at a time change the lines of a story (SQLite has one writer anyway).

    Raises:
        NotFound: there is no such story.
    """
    found = await session.scalar(
        select(StoryRow.id).where(StoryRow.id == story_id).with_for_update()
    )
    if found is None:
        raise NotFound("story", str(story_id))


def check_length(kind: str, text: str, limit: int) -> None:
    """Raises:
    LimitReached: `text` has more letters than `limit`.
    """
    if len(text) > limit:
        raise LimitReached(kind, limit)
