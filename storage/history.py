"""Who did what to a story: each change is kept, can be taken back, and done again.

Changes are taken back from the newest on. Whoever writes something new after that ends what could
be done again.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage import states
from storage.deltas import Change, ChangeKind, ChangeState, Delta, StoryState
from storage.tables import StoryChangeRow, StoryRow


@asynccontextmanager
async def recorded(
    session: AsyncSession, story_id: int, actor_id: int, kind: ChangeKind
) -> AsyncIterator[StoryState]:
    """Whatever is done to the story's lines inside becomes one change. Gives the lines as they are
    before it; nobody else changes them meanwhile.

    Raises:
        NotFound: there is no such story.
    """
    before = await states.read(session, story_id)
    yield before
    await session.flush()
    after = await states.read(session, story_id)
    if after == before:
        return
    await session.execute(
        update(StoryChangeRow)
        .where(StoryChangeRow.story_id == story_id, StoryChangeRow.state == ChangeState.UNDONE)
        .values(state=ChangeState.DROPPED)
    )
    session.add(
        StoryChangeRow(
            story_id=story_id,
            actor_id=actor_id,
            kind=kind,
            state=ChangeState.DONE,
            delta=Delta.between(before, after).to_json(),
        )
    )
    await raise_revision(session, story_id)


async def to_undo(session: AsyncSession, story_id: int) -> Change | None:
    """The change that undo would take back."""
    return await _first(session, story_id, ChangeState.DONE, newest=True)


async def to_redo(session: AsyncSession, story_id: int) -> Change | None:
    """The change that redo would do again."""
    return await _first(session, story_id, ChangeState.UNDONE, newest=False)


async def undo(session: AsyncSession, change: Change, actor_id: int) -> None:
    """Take back `to_undo`'s change: every line is again what it was, ids and authors too."""
    state = await states.read(session, change.story_id)
    await states.write(session, change.story_id, state, change.delta.inverse().apply(state))
    await _mark(session, change, ChangeState.UNDONE, actor_id)


async def redo(session: AsyncSession, change: Change) -> None:
    """Do `to_redo`'s change again."""
    state = await states.read(session, change.story_id)
    await states.write(session, change.story_id, state, change.delta.apply(state))
    await _mark(session, change, ChangeState.DONE, None)


async def newest(session: AsyncSession, story_id: int, limit: int) -> list[Change]:
    """The last changes, newest first, those that were taken back too."""
    rows = await session.scalars(
        select(StoryChangeRow)
        .where(StoryChangeRow.story_id == story_id)
        .order_by(StoryChangeRow.id.desc())
        .limit(limit)
        .execution_options(populate_existing=True)
    )
    return [row.value() for row in rows]


async def who_added(session: AsyncSession, story_id: int, panel_id: int) -> int | None:
    """The member who brought a panel in, who need not be its author."""
    rows = await session.scalars(
        select(StoryChangeRow)
        .where(StoryChangeRow.story_id == story_id, StoryChangeRow.kind == ChangeKind.LINE_ADDED)
        .order_by(StoryChangeRow.id.desc())
    )
    for row in rows:
        if any(one.id == panel_id for one in row.value().delta.panels.new):
            return row.actor_id
    return None


async def raise_revision(session: AsyncSession, story_id: int) -> None:
    """Something that the story's card shows is new."""
    await session.execute(
        update(StoryRow).where(StoryRow.id == story_id).values(revision=StoryRow.revision + 1)
    )


async def _first(
    session: AsyncSession, story_id: int, state: ChangeState, *, newest: bool
) -> Change | None:
    order = StoryChangeRow.id.desc() if newest else StoryChangeRow.id.asc()
    row = await session.scalar(
        select(StoryChangeRow)
        .where(StoryChangeRow.story_id == story_id, StoryChangeRow.state == state)
        .order_by(order)
        .limit(1)
        .execution_options(populate_existing=True)
    )
    return row.value() if row else None


async def _mark(
    session: AsyncSession, change: Change, state: ChangeState, undone_by: int | None
) -> None:
    await session.execute(
        update(StoryChangeRow)
        .where(StoryChangeRow.id == change.id)
        .values(state=state, undone_by=undone_by)
    )
    await raise_revision(session, change.story_id)
