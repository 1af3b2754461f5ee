"""The sweep: once a minute, what is due becomes an episode in the queue.

Occurrence, queued render and the next time are stored in one transaction, and an occurrence only
once. So whatever dies in between, it is drawn and posted once.
"""

import asyncio
import logging
import secrets
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from bot.errors import BadCron, BadZone, EpisodeFailed, NothingNew
from bot.patience import persistently
from bot.rendering.casting import cast_of
from bot.rendering.requests import SEEDS, Shelf
from bot.schedules.calendar import Rule, last_due, next_after
from generation.script.errors import PlanError, ScriptErrors
from generation.script.graph import timesteps
from generation.script.parse import parse_parts
from generation.script.plan import RenderPlan
from generation.script.planning import plan_agreed
from storage import characters, choices, renders, schedules, stories
from storage.columns import now
from storage.engine import Database
from storage.reasons import Reason, ReasonCode, told
from storage.values import Occurrence, Schedule, Story, StoryPanel

log = logging.getLogger(__name__)

INTERVAL = 60.0  # seconds; a schedule knows minutes
LATE = timedelta(minutes=10)  # from here on the page says that it comes late
LANE = 3  # after everybody who waits in front of their screen


class Sweep:
    """`on_renders` is called when something was queued; `clock` says what time it is."""

    def __init__(
        self,
        database: Database,
        shelf: Shelf,
        on_renders: Callable[[], None],
        clock: Callable[[], datetime] = now,
    ) -> None:
        self._database = database
        self._shelf = shelf
        self._on_renders = on_renders
        self._clock = clock

    async def run(self) -> None:
        """Sweep until cancelled."""
        while True:
            await persistently("sweep the schedules", self.sweep)
            await asyncio.sleep(INTERVAL - self._clock().timestamp() % INTERVAL)

    async def sweep(self) -> None:
        """Everything that is due now."""
        moment = self._clock()
        async with self._database.session() as session:
            due = await schedules.due(session, moment)
        for schedule in due:
            try:
                await self._keep_to(schedule, moment)
            except (BadCron, BadZone):  # the time zone database has changed: it can't go on
                log.exception("Schedule %s is paused", schedule.id)
                async with self._database.session() as session:
                    await schedules.set_next(session, schedule.id, None)

    async def run_now(self, schedule: Schedule) -> Occurrence:
        """An episode out of turn.

        Raises:
            NothingNew: no line was written since the last one.
            EpisodeFailed: what was written can't be drawn as it is.
        """
        async with self._database.session() as session:
            occurrence = await self._episode(session, schedule, self._clock(), late=False)
            if occurrence.reason is not None:
                raise EpisodeFailed(occurrence.reason)
            if occurrence.render_id is None:
                raise NothingNew
        self._on_renders()
        return occurrence

    async def _keep_to(self, schedule: Schedule, moment: datetime) -> None:
        assert schedule.next_at is not None  # paused ones are never due
        rule = Rule(schedule.cron, schedule.zone)
        due_at = last_due(rule, schedule.next_at, moment)
        async with self._database.session() as session:
            if not await schedules.advance(session, schedule, next_after(rule, due_at)):
                return
            late = moment - due_at > LATE
            occurrence = await self._episode(session, schedule, due_at, late=late)
        log.info(
            "Schedule %s, due %s: render %s", schedule.id, due_at.isoformat(), occurrence.render_id
        )
        self._on_renders()

    async def _episode(
        self, session: AsyncSession, schedule: Schedule, due_at: datetime, *, late: bool
    ) -> Occurrence:
        lines = await schedules.new_lines(session, schedule)
        if not lines:
            return await schedules.record(session, schedule, due_at, late=late)
        story = await stories.get(session, schedule.story_id)
        try:
            plan = await self._plan(session, schedule, story, lines)
        except (ScriptErrors, PlanError) as exc:
            log.warning("Schedule %s has nothing that can be drawn: %s", schedule.id, exc)
            reason = _reason_of(exc, lines)
            return await schedules.record(session, schedule, due_at, late=late, reason=reason)
        render = await renders.enqueue(
            session,
            story_id=story.id,
            guild_id=schedule.guild_id,
            channel_id=schedule.channel_id,
            user_id=schedule.owner_id,
            plan_json=plan.to_json(),
            steps=timesteps(plan),
            lane=LANE,
        )
        await schedules.drawn_until(session, schedule.id, max(line.id for line in lines))
        return await schedules.record(session, schedule, due_at, late=late, render_id=render.id)

    async def _plan(
        self, session: AsyncSession, schedule: Schedule, story: Story, lines: Sequence[StoryPanel]
    ) -> RenderPlan:
        """Raises:
        ScriptErrors, PlanError: it can't be drawn as it is.
        """
        cast = await characters.for_story(session, story.id)
        number = await schedules.episodes(session, schedule.id) + 1
        script = parse_parts(
            "\n".join(f"[{one.name}] {one.description}" for one in cast),
            "\n".join(line.text for line in lines),
        )
        return plan_agreed(
            script.showing({one.name: one.reference for one in cast}),
            self._shelf.terms(await choices.of_story(session, story.id)),
            title=f"{story.title} #{number}",
            seed=secrets.randbelow(SEEDS),
            cast=await cast_of(session, self._shelf, story),
            cast_seed=story.id,  # newcomers look in the next episode as in this one
        )


def _reason_of(error: ScriptErrors | PlanError, lines: Sequence[StoryPanel]) -> Reason:
    """Which lines of the story are wrong; its card says what is."""
    if isinstance(error, PlanError):
        return told(str(error))
    wrong = [lines[one.line - 1].position for one in error.errors if one.box == "panels"]
    if not wrong:
        return told(str(error))
    numbers = ", ".join(str(number) for number in dict.fromkeys(wrong))
    return Reason(ReasonCode.LINES, {"numbers": numbers})
