"""Occurrences become episodes exactly once, whatever the time and however often the bot starts."""

import random
import shutil
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise, takewhile
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.errors import EpisodeFailed, NothingNew
from bot.rendering.requests import Shelf
from bot.schedules.calendar import Rule, occurrences
from bot.schedules.planning import add_schedule, resume
from bot.schedules.sweep import Sweep
from config import settings
from generation.script.catalogue import Model, read_styles
from generation.script.plan import RenderPlan
from storage import characters, renders, schedules, stories
from storage.engine import Database
from storage.reasons import Reason, ReasonCode
from storage.tables import OccurrenceRow
from storage.values import Occurrence, Schedule, Story

START = datetime(2026, 1, 1, 12, tzinfo=UTC)
SPRING, AUTUMN = datetime(2026, 2, 25, 12, tzinfo=UTC), datetime(2026, 9, 25, 12, tzinfo=UTC)
ZONES = ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe")
over_the_clock_changes = pytest.mark.parametrize(
    ("start", "days"),
    [(SPRING, 50), (AUTUMN, 50), pytest.param(START, 400, marks=pytest.mark.long)],
)
MODEL = Model("toon", "Toon", "nowhere", "sd15", 64, 64, 4, 3.0)


@dataclass
class World:
    """A database, a clock that tests turn, and a count of what was queued."""

    database: Database
    now: datetime = START
    queued: int = 0
    shelf: Shelf = field(
        default_factory=lambda: Shelf(
            {"toon": MODEL}, read_styles(settings.CATALOGUES / "styles.toml"), "toon"
        )
    )

    def started(self) -> Sweep:
        """A bot that has just started."""
        return Sweep(self.database, self.shelf, self._count, lambda: self.now)

    def _count(self) -> None:
        self.queued += 1

    async def story(self, title: str = "Tabs") -> Story:
        async with self.database.session() as session:
            return await stories.create(
                session,
                guild_id=1,
                channel_id=20,
                thread_id=None,
                owner_id=30,
                title=title,
                style="comic-book",
            )

    async def write(self, story: Story, *lines: str) -> None:
        async with self.database.session() as session:
            for line in lines:
                await stories.add_panel(session, story.id, 30, line)

    async def schedule(self, story: Story, cron: str, zone: str = "UTC") -> Schedule:
        return await add_schedule(
            self.database,
            story,
            cron=cron,
            zone=zone,
            channel_id=21,
            owner_id=30,
            now=self.now,
        )

    async def happened(self, schedule: Schedule) -> list[Occurrence]:
        async with self.database.session() as session:
            rows = await session.scalars(
                select(OccurrenceRow)
                .where(OccurrenceRow.schedule_id == schedule.id)
                .order_by(OccurrenceRow.due_at)
            )
            return [row.value() for row in rows]

    async def episode(self, occurrence: Occurrence) -> RenderPlan:
        assert occurrence.render_id is not None
        async with self.database.session() as session:
            render = await renders.get(session, occurrence.render_id)
        assert render.channel_id == 21
        return RenderPlan.from_json(render.plan)


@pytest.fixture
async def world(database: Database) -> World:
    return World(database)


async def test_what_was_written_since_becomes_the_next_episode(world: World) -> None:
    story = await world.story()
    schedule = await world.schedule(story, "0 18 * * *")
    await world.write(story, "a street [NC] #One", "a house [NC] #Two")
    for day, line in enumerate(("a garden [NC] #Three", "a river [NC] #Four")):
        world.now = START + timedelta(days=day, hours=6)
        await world.started().sweep()
        await world.write(story, line)
    first, second = await world.happened(schedule)
    assert [one.alt_text for one in (await world.episode(first)).panels] == [
        "A street. Caption: One.",
        "A house. Caption: Two.",
    ]
    assert [one.alt_text for one in (await world.episode(second)).panels] == [
        "A garden. Caption: Three."
    ]
    assert (await world.episode(second)).title == "Tabs #2"
    assert world.queued == 2


async def test_the_cast_looks_the_same_in_every_episode(world: World) -> None:
    story = await world.story()
    async with world.database.session() as session:
        await characters.add(session, story.id, 30, "Tom", "a man")
    schedule = await world.schedule(story, "0 18 * * *")
    for day in (0, 1):
        await world.write(story, f"[Tom] walks on day {day}")
        world.now = START + timedelta(days=day, hours=6)
        await world.started().sweep()
    plans = [await world.episode(one) for one in await world.happened(schedule)]
    assert plans[0].seed != plans[1].seed
    sheets = [{one.seed for one in plan.panels if one.number is None} for plan in plans]
    assert sheets[0] == sheets[1] != set()


async def test_nothing_new_posts_nothing_and_counts_as_no_episode(world: World) -> None:
    story = await world.story()
    schedule = await world.schedule(story, "0 18 * * *")
    for day in range(3):
        world.now = START + timedelta(days=day, hours=7)
        if day == 2:
            await world.write(story, "rain [NC]")
        await world.started().sweep()
    assert [bool(one.render_id) for one in await world.happened(schedule)] == [False, False, True]
    assert (await world.episode((await world.happened(schedule))[2])).title == "Tabs #1"


async def test_what_was_missed_comes_once_and_late(world: World) -> None:
    story = await world.story()
    schedule = await world.schedule(story, "0 18 * * *")
    await world.write(story, "rain [NC]")
    world.now = START + timedelta(days=5)  # noon
    for _ in range(3):
        await world.started().sweep()
    (occurrence,) = await world.happened(schedule)
    assert occurrence.late
    assert occurrence.due_at == datetime(2026, 1, 5, 18, tzinfo=UTC)
    async with world.database.session() as session:
        next_at = (await schedules.get(session, schedule.id)).next_at
    assert next_at == datetime(2026, 1, 6, 18, tzinfo=UTC)


async def test_lines_that_cannot_be_drawn_are_told_and_come_with_the_next(world: World) -> None:
    story = await world.story()
    schedule = await world.schedule(story, "0 18 * * *")
    await world.write(story, "rain [NC]", "[Tim] waves")  # he was removed from the cast
    world.now = START + timedelta(hours=6)
    await world.started().sweep()
    (occurrence,) = await world.happened(schedule)
    assert occurrence.render_id is None
    assert occurrence.reason == Reason(ReasonCode.LINES, {"numbers": "2"})
    world.now += timedelta(minutes=1)
    with pytest.raises(EpisodeFailed):
        await world.started().run_now(schedule)
    assert len(await world.happened(schedule)) == 1


async def test_a_paused_schedule_rests_and_goes_on_without_making_up(world: World) -> None:
    story = await world.story()
    schedule = await world.schedule(story, "0 18 * * *")
    await world.write(story, "rain [NC]")
    async with world.database.session() as session:
        await schedules.set_next(session, schedule.id, None)
    world.now = START + timedelta(days=3)
    await world.started().sweep()
    assert await world.happened(schedule) == []
    await resume(world.database, schedule, world.now)
    await world.started().sweep()
    assert await world.happened(schedule) == []
    world.now += timedelta(hours=6)
    await world.started().sweep()
    assert len(await world.happened(schedule)) == 1


async def test_an_episode_out_of_turn_leaves_the_times_as_they_are(world: World) -> None:
    story = await world.story()
    schedule = await world.schedule(story, "0 18 * * *")
    await world.write(story, "rain [NC]")
    sweep = world.started()
    assert (await sweep.run_now(schedule)).render_id is not None
    async with world.database.session() as session:
        schedule = await schedules.get(session, schedule.id)
    assert schedule.next_at == datetime(2026, 1, 1, 18, tzinfo=UTC)
    world.now += timedelta(seconds=1)
    with pytest.raises(NothingNew):
        await sweep.run_now(schedule)


async def test_two_sweeps_at_once_make_one_episode(world: World) -> None:
    story = await world.story()
    schedule = await world.schedule(story, "0 18 * * *")
    await world.write(story, "rain [NC]")
    world.now = START + timedelta(hours=6)
    first, second = world.started(), world.started()
    async with world.database.session() as session:
        (due,) = await schedules.due(session, world.now)
    await first._keep_to(due, world.now)
    await second._keep_to(due, world.now)
    assert len(await world.happened(schedule)) == 1
    assert world.queued == 1


def moments(start: datetime, days: int, seed: int) -> Iterator[datetime]:
    """When the bot looks: every few hours as a test can afford, and at each occurrence's minute
    too, with nights in between at which it is off."""
    chance = random.Random(seed)
    moment = start
    while moment < start + timedelta(days=days):
        moment += timedelta(minutes=chance.choice((30, 60, 240, 60 * 20)))
        yield moment


@pytest.fixture
async def sqlite_world(migrated_file: Path, tmp_path: Path) -> AsyncIterator[World]:
    shutil.copy(migrated_file, tmp_path / "year.db")
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'year.db'}")
    yield World(database)
    await database.close()


@over_the_clock_changes
async def test_in_three_zones_every_occurrence_comes_exactly_once_or_is_made_up_for(
    sqlite_world: World, start: datetime, days: int
) -> None:
    """Clock changes of each zone lie in that time, and the bot starts anew for every look.
    Each look makes up for the latest occurrence since the last one, and for no other."""
    world = sqlite_world
    world.now = start
    made = [await world.schedule(await world.story(zone), "30 2 * * *", zone) for zone in ZONES]
    looks = [start, *moments(start, days, 1)]
    for moment in looks[1:]:
        world.now = moment
        await world.started().sweep()
    for schedule, zone in zip(made, ZONES, strict=True):
        all_of_them = list(
            takewhile(lambda at: at <= looks[-1], occurrences(Rule("30 2 * * *", zone), start))
        )
        expected = []
        for before, after in pairwise(looks):
            missed = [at for at in all_of_them if before < at <= after]
            expected += missed[-1:]
        happened = [one.due_at for one in await world.happened(schedule)]
        assert happened == expected
        assert len(set(happened)) == len(happened) > days * 3 / 4


@over_the_clock_changes
async def test_without_a_pause_every_occurrence_comes_exactly_once(
    sqlite_world: World, start: datetime, days: int
) -> None:
    """The bot looks at each minute at which anything can happen, and some more."""
    world = sqlite_world
    world.now = start
    made = [await world.schedule(await world.story(zone), "30 2 * * *", zone) for zone in ZONES]
    end = start + timedelta(days=days)
    expected = {
        zone: list(takewhile(lambda at: at <= end, occurrences(Rule("30 2 * * *", zone), start)))
        for zone in ZONES
    }
    due = {at for times in expected.values() for at in times}
    for moment in sorted({at + timedelta(minutes=shift) for at in due for shift in (-1, 0, 1)}):
        world.now = moment
        await world.started().sweep()
    for schedule, zone in zip(made, ZONES, strict=True):
        happened = await world.happened(schedule)
        assert [one.due_at for one in happened] == expected[zone]
        assert not any(one.late for one in happened)
