"""Schedules: when a story's new lines become its next episode."""

from datetime import datetime

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage import limits
from storage.errors import LimitReached, NotFound
from storage.reasons import Reason
from storage.tables import OccurrenceRow, RenderRow, ScheduleRow, StoryPanelRow
from storage.values import Occurrence, RenderState, Schedule, StoryPanel


async def add(
    session: AsyncSession,
    *,
    guild_id: int,
    channel_id: int,
    story_id: int,
    owner_id: int,
    cron: str,
    zone: str,
    next_at: datetime,
) -> Schedule:
    """What was drawn of the story before is no part of the first episode.

    Raises:
        LimitReached: the guild has as many schedules as it can have.
    """
    count = await session.scalar(select(func.count()).where(ScheduleRow.guild_id == guild_id))
    if (count or 0) >= limits.SCHEDULES:
        raise LimitReached("schedules", limits.SCHEDULES)
    row = ScheduleRow(
        guild_id=guild_id,
        channel_id=channel_id,
        story_id=story_id,
        owner_id=owner_id,
        cron=cron,
        zone=zone,
        next_at=next_at,
        drawn_until=await _drawn_until(session, story_id),
    )
    session.add(row)
    await session.flush()
    return row.value()


async def get(session: AsyncSession, schedule_id: int) -> Schedule:
    """Raises:
    NotFound: there is no such schedule.
    """
    row = await session.get(ScheduleRow, schedule_id, populate_existing=True)
    if row is None:
        raise NotFound("schedule", str(schedule_id))
    return row.value()


async def for_guild(session: AsyncSession, guild_id: int) -> list[Schedule]:
    rows = await session.scalars(
        select(ScheduleRow)
        .where(ScheduleRow.guild_id == guild_id)
        .order_by(ScheduleRow.id)
        .execution_options(populate_existing=True)
    )
    return [row.value() for row in rows]


async def due(session: AsyncSession, moment: datetime) -> list[Schedule]:
    rows = await session.scalars(
        select(ScheduleRow)
        .where(ScheduleRow.next_at <= moment)
        .order_by(ScheduleRow.next_at, ScheduleRow.id)
        .execution_options(populate_existing=True)
    )
    return [row.value() for row in rows]


async def advance(session: AsyncSession, schedule: Schedule, next_at: datetime) -> bool:
    """Go on to the next occurrence; False when that happened already, or it was paused."""
    done = await session.scalar(
        update(ScheduleRow)
        .where(ScheduleRow.id == schedule.id, ScheduleRow.next_at == schedule.next_at)
        .values(next_at=next_at)
        .returning(ScheduleRow.id)
        .execution_options(synchronize_session=False)
    )
    return done is not None


async def set_next(session: AsyncSession, schedule_id: int, next_at: datetime | None) -> Schedule:
    """Pause (None) or go on.

    Raises:
        NotFound: there is no such schedule.
    """
    row = await session.scalar(
        update(ScheduleRow)
        .where(ScheduleRow.id == schedule_id)
        .values(next_at=next_at)
        .returning(ScheduleRow)
        .execution_options(populate_existing=True, synchronize_session=False)
    )
    if row is None:
        raise NotFound("schedule", str(schedule_id))
    return row.value()


async def remove(session: AsyncSession, schedule_id: int) -> None:
    """Its episodes stay."""
    await session.execute(delete(ScheduleRow).where(ScheduleRow.id == schedule_id))


async def record(
    session: AsyncSession,
    schedule: Schedule,
    due_at: datetime,
    *,
    late: bool,
    render_id: int | None = None,
    reason: Reason | None = None,
) -> Occurrence:
    """This occurrence has come: with its episode, with the reason why there is none, or with
    neither when nothing was written."""
    row = OccurrenceRow(
        schedule_id=schedule.id, due_at=due_at, render_id=render_id, late=late, reason=reason
    )
    session.add(row)
    await session.flush()
    return row.value()


async def new_lines(session: AsyncSession, schedule: Schedule) -> list[StoryPanel]:
    """What was written since the last episode, in the order of the story."""
    rows = await session.scalars(
        select(StoryPanelRow)
        .where(StoryPanelRow.story_id == schedule.story_id, StoryPanelRow.id > schedule.drawn_until)
        .order_by(StoryPanelRow.position)
        .execution_options(populate_existing=True)
    )
    return [row.value() for row in rows]


async def drawn_until(session: AsyncSession, schedule_id: int, panel_id: int) -> None:
    """All lines up to that one are in an episode."""
    await session.execute(
        update(ScheduleRow)
        .where(ScheduleRow.id == schedule_id)
        .values(drawn_until=panel_id)
        .execution_options(synchronize_session=False)
    )


async def episodes(session: AsyncSession, schedule_id: int) -> int:
    """How many episodes there are."""
    count = await session.scalar(
        select(func.count()).where(
            OccurrenceRow.schedule_id == schedule_id, OccurrenceRow.render_id.is_not(None)
        )
    )
    return count or 0


async def latest(session: AsyncSession, schedule_id: int) -> Occurrence | None:
    row = await session.scalar(
        select(OccurrenceRow)
        .where(OccurrenceRow.schedule_id == schedule_id)
        .order_by(OccurrenceRow.due_at.desc())
        .limit(1)
        .execution_options(populate_existing=True)
    )
    return row.value() if row else None


async def of_render(session: AsyncSession, render_id: int) -> Occurrence | None:
    """None for a render that no schedule asked for."""
    row = await session.scalar(select(OccurrenceRow).where(OccurrenceRow.render_id == render_id))
    return row.value() if row else None


async def _drawn_until(session: AsyncSession, story_id: int) -> int:
    drawn = await session.scalar(
        select(RenderRow.id)
        .where(RenderRow.story_id == story_id, RenderRow.state == RenderState.DONE)
        .limit(1)
    )
    if drawn is None:
        return 0
    newest = await session.scalar(
        select(func.max(StoryPanelRow.id)).where(StoryPanelRow.story_id == story_id)
    )
    return newest or 0
