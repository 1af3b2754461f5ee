"""Who may write in a story, and whose turn it is."""

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage import limits
from storage.errors import LimitReached, NotFound
from storage.history import raise_revision
from storage.statements import insert_into, lock_story
from storage.tables import StoryRow, StoryWriterRow
from storage.values import Circle, Writers


async def circle(session: AsyncSession, story_id: int) -> Circle:
    """The rules of the story, which nobody else changes until the transaction ends.

    Raises:
        NotFound: there is no such story.
    """
    rows = await session.execute(
        select(StoryRow.owner_id, StoryRow.writers, StoryRow.turn_id)
        .where(StoryRow.id == story_id)
        .with_for_update()
    )
    found = rows.one_or_none()
    if found is None:
        raise NotFound("story", str(story_id))
    invited = await session.scalars(
        select(StoryWriterRow.member_id)
        .where(StoryWriterRow.story_id == story_id)
        .order_by(StoryWriterRow.id)
    )
    return Circle(found.owner_id, found.writers, tuple(invited), found.turn_id)


async def set_writers(session: AsyncSession, story_id: int, writers: Writers) -> None:
    await session.execute(update(StoryRow).where(StoryRow.id == story_id).values(writers=writers))
    await raise_revision(session, story_id)


async def set_turn(session: AsyncSession, story_id: int, member_id: int) -> None:
    """Within a recorded change, which raises the revision."""
    await session.execute(update(StoryRow).where(StoryRow.id == story_id).values(turn_id=member_id))


async def invite(session: AsyncSession, story_id: int, member_id: int) -> None:
    """Inviting twice changes nothing.

    Raises:
        LimitReached: the story has all the writers it can have.
    """
    await lock_story(session, story_id)
    count = await session.scalar(select(func.count()).where(StoryWriterRow.story_id == story_id))
    if (count or 0) >= limits.WRITERS:
        raise LimitReached("writers", limits.WRITERS)
    await session.execute(
        insert_into(session, StoryWriterRow)
        .values(story_id=story_id, member_id=member_id)
        .on_conflict_do_nothing()
    )
    await raise_revision(session, story_id)


async def uninvite(session: AsyncSession, story_id: int, member_id: int) -> None:
    await session.execute(
        delete(StoryWriterRow).where(
            StoryWriterRow.story_id == story_id, StoryWriterRow.member_id == member_id
        )
    )
    await raise_revision(session, story_id)
