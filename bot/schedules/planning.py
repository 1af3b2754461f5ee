"""What members do with schedules. Nothing here knows Discord."""

from collections.abc import Sequence
from datetime import datetime
from itertools import islice

from bot.schedules.calendar import Rule, make_rule, next_after, occurrences
from storage import schedules, stories
from storage.engine import Database
from storage.errors import NotFound
from storage.values import Occurrence, Schedule, Story

COMING = 5  # dates shown, so that a mistake in cron text or time zone is seen


async def add_schedule(
    database: Database,
    story: Story,
    *,
    cron: str,
    zone: str,
    channel_id: int,
    owner_id: int,
    now: datetime,
) -> Schedule:
    """Raises:
    BadCron, BadZone, TooOften, LimitReached
    """
    rule = make_rule(cron, zone, now)
    async with database.session() as session:
        return await schedules.add(
            session,
            guild_id=story.guild_id,
            channel_id=channel_id,
            story_id=story.id,
            owner_id=owner_id,
            cron=rule.cron,
            zone=rule.zone,
            next_at=next_after(rule, now),
        )


def coming(schedule: Schedule, now: datetime) -> Sequence[datetime]:
    """The next dates."""
    return tuple(islice(occurrences(Rule(schedule.cron, schedule.zone), now), COMING))


async def find(database: Database, guild_id: int, schedule_id: int) -> tuple[Schedule, Story]:
    """A schedule of the guild, and its story.

    Raises:
        NotFound: the guild has no such schedule.
    """
    async with database.session() as session:
        schedule = await schedules.get(session, schedule_id)
        if schedule.guild_id != guild_id:
            raise NotFound("schedule", str(schedule_id))
        return schedule, await stories.get(session, schedule.story_id)


async def of_guild(
    database: Database, guild_id: int
) -> list[tuple[Schedule, Story, Occurrence | None]]:
    """All schedules with their stories and their latest occurrences."""
    async with database.session() as session:
        return [
            (
                schedule,
                await stories.get(session, schedule.story_id),
                await schedules.latest(session, schedule.id),
            )
            for schedule in await schedules.for_guild(session, guild_id)
        ]


async def pause(database: Database, schedule: Schedule) -> None:
    async with database.session() as session:
        await schedules.set_next(session, schedule.id, None)


async def resume(database: Database, schedule: Schedule, now: datetime) -> Schedule:
    """Go on with the next date; what was due in the meantime isn't made up for.

    Raises:
        BadZone, BadCron: it can't go on.
    """
    next_at = next_after(Rule(schedule.cron, schedule.zone), now)
    async with database.session() as session:
        return await schedules.set_next(session, schedule.id, next_at)


async def remove(database: Database, schedule: Schedule) -> None:
    async with database.session() as session:
        await schedules.remove(session, schedule.id)
