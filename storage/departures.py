"""Places that are gone: a guild that the bot has left, a channel or thread that was deleted.

What waits for such a place can't be delivered, and must not go anywhere else. Stories stay.
"""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage.reasons import Reason, ReasonCode
from storage.tables import PostRow, RenderRow, ScheduleRow, StoryRow
from storage.values import PostState, RenderState

_OPEN_RENDERS = (RenderState.QUEUED, RenderState.RUNNING)
_OPEN_POSTS = (PostState.PENDING, PostState.SENDING)


@dataclass(frozen=True, slots=True)
class Departure:
    """What it concerned: renders that are still to be cancelled, posts that have failed, schedules
    that are paused."""

    renders: tuple[int, ...]
    posts: int
    schedules: int


async def guild_left(session: AsyncSession, guild_id: int) -> Departure:
    return await _depart(
        session,
        RenderRow.guild_id == guild_id,
        PostRow.render_id.in_(select(RenderRow.id).where(RenderRow.guild_id == guild_id)),
        ScheduleRow.guild_id == guild_id,
        Reason(ReasonCode.GUILD_LEFT),
    )


async def channel_deleted(session: AsyncSession, channel_id: int) -> Departure:
    """A channel takes its threads with it, and nobody tells their ends."""
    threads = await session.scalars(
        select(StoryRow.thread_id).where(
            StoryRow.channel_id == channel_id, StoryRow.thread_id.is_not(None)
        )
    )
    places = [channel_id, *threads.all()]
    return await _depart(
        session,
        RenderRow.channel_id.in_(places),
        PostRow.channel_id.in_(places),
        ScheduleRow.channel_id.in_(places),
        Reason(ReasonCode.CHANNEL_DELETED),
    )


async def unfinished_guilds(session: AsyncSession) -> set[int]:
    """Guilds for which something is to be drawn, posted or scheduled."""
    drawn = select(RenderRow.guild_id).where(RenderRow.state.in_(_OPEN_RENDERS))
    posted = (
        select(RenderRow.guild_id)
        .join(PostRow, PostRow.render_id == RenderRow.id)
        .where(PostRow.state.in_(_OPEN_POSTS))
    )
    planned = select(ScheduleRow.guild_id).where(ScheduleRow.next_at.is_not(None))
    found: set[int] = set()
    for query in (drawn, posted, planned):
        found |= set(await session.scalars(query))
    return found


async def _depart(
    session: AsyncSession,
    of_renders: ColumnElement[bool],
    of_posts: ColumnElement[bool],
    of_schedules: ColumnElement[bool],
    reason: Reason,
) -> Departure:
    waiting = await session.scalars(
        select(RenderRow.id).where(of_renders, RenderRow.state.in_(_OPEN_RENDERS))
    )
    failed = await session.scalars(
        update(PostRow)
        .where(of_posts, PostRow.state.in_(_OPEN_POSTS))
        .values(state=PostState.FAILED, reason=reason)
        .returning(PostRow.id)
        .execution_options(synchronize_session=False)
    )
    paused = await session.scalars(
        update(ScheduleRow)
        .where(of_schedules, ScheduleRow.next_at.is_not(None))
        .values(next_at=None)
        .returning(ScheduleRow.id)
        .execution_options(synchronize_session=False)
    )
    return Departure(tuple(waiting), len(failed.all()), len(paused.all()))
