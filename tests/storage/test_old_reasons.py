"""What older versions stored comes along: reasons in English, and characters without pictures."""

import shutil
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text

import migrations
from storage import attempts, characters, migrate, queue, renders, schedules
from storage.columns import now
from storage.engine import Database, open_engine
from storage.reasons import told
from tests.storage.conftest import new_story

BEFORE = "0005"


def _to_before(connection: Connection) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.downgrade(config, BEFORE)


async def test_an_english_reason_is_told_as_it_was(migrated_file: Path, tmp_path: Path) -> None:
    shutil.copy(migrated_file, tmp_path / "old.db")
    url = f"sqlite+aiosqlite:///{tmp_path / 'old.db'}"
    database = Database(url)
    async with database.session() as session:
        story = await new_story(session)
        await characters.add(session, story.id, 1, "Tom", "a baker")
        render = await renders.enqueue(
            session,
            story_id=story.id,
            guild_id=1,
            channel_id=2,
            user_id=3,
            plan_json="{}",
            steps=1,
        )
        await queue.claim(session)
        await attempts.fail(session, render.id, 1, told("Out of “memory”."), retryable=False)
        schedule = await schedules.add(
            session,
            guild_id=1,
            channel_id=2,
            story_id=story.id,
            owner_id=3,
            cron="0 18 * * *",
            zone="UTC",
            next_at=now(),
        )
        await schedules.record(session, schedule, now(), late=False, reason=told("No “Tim”."))
    await database.close()
    engine = open_engine(url, foreign_keys=False)
    async with engine.begin() as connection:
        await connection.run_sync(_to_before)
        old = await connection.scalar(text("SELECT reason FROM render"))
        missed = await connection.scalar(text("SELECT reason FROM occurrence"))
    await engine.dispose()
    assert (old, missed) == ("Out of “memory”.", "No “Tim”.")
    await migrate.upgrade(url)
    await migrate.check(url)
    database = Database(url)
    async with database.session() as session:
        assert (await renders.get(session, render.id)).reason == told("Out of “memory”.")
        latest = await schedules.latest(session, schedule.id)
        assert latest is not None
        assert latest.reason == told("No “Tim”.")
        (tom,) = await characters.for_story(session, story.id)
        assert (tom.description, tom.reference) == ("a baker", "")
    await database.close()
