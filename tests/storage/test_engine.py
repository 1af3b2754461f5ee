import asyncio
import gc
import random
from pathlib import Path

import pytest
from sqlalchemy import text

from storage import guilds, turns
from storage.engine import Database, parse_url
from storage.errors import Unavailable


async def guild_ids(database: Database) -> set[int]:
    async with database.session() as session:
        return set(await session.scalars(text("SELECT id FROM guild")))


async def test_an_error_in_a_session_rolls_back(database: Database) -> None:
    async def add_and_fail() -> None:
        async with database.session() as session:
            await guilds.ensure(session, 1)
            raise LookupError

    with pytest.raises(LookupError):
        await add_and_fail()
    assert await guild_ids(database) == set()


async def test_a_cancelled_session_rolls_back_and_the_next_one_works(database: Database) -> None:
    async def hang() -> None:
        async with database.session() as session:
            await guilds.ensure(session, 1)
            await asyncio.sleep(60)

    task = asyncio.create_task(hang())
    await asyncio.sleep(0.1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await guild_ids(database) == set()


async def test_a_burst_of_sessions_waits_in_line_instead_of_failing(database: Database) -> None:
    async def one(guild_id: int) -> None:
        async with database.session() as session:
            await guilds.ensure(session, guild_id)

    await asyncio.gather(*(one(number) for number in range(200)))
    assert len(await guild_ids(database)) == 200


async def test_who_waits_goes_on_when_the_first_is_cancelled_while_connecting(
    database: Database,
) -> None:
    first, *others = (asyncio.create_task(database.ping()) for _ in range(3))
    for _ in range(3):
        await asyncio.sleep(0)
    first.cancel()
    async with asyncio.timeout(20):  # the pool's own line would take up to a minute
        await asyncio.gather(*others)


async def test_closing_waits_for_sessions_and_leaves_no_connection_open(database: Database) -> None:
    begun = asyncio.Event()

    async def work() -> None:
        async with database.session() as session:
            begun.set()
            await asyncio.sleep(0.2)
            await guilds.ensure(session, 1)

    task = asyncio.create_task(work())
    await begun.wait()
    await database.close()
    await asyncio.wait_for(task, 0.1)
    with pytest.raises(Unavailable):
        await database.ping()
    gc.collect()  # a connection left open is a ResourceWarning, which fails the test


async def test_closing_cancels_a_session_that_never_ends(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "GRACE", 0.1)
    begun = asyncio.Event()

    async def hang() -> None:
        async with database.session():
            begun.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(hang())
    await begun.wait()
    await database.close()
    with pytest.raises(asyncio.CancelledError):
        await task


@pytest.mark.parametrize("seed", range(4))
async def test_sessions_cancelled_at_any_moment_leave_no_connection_open(
    database: Database, seed: int
) -> None:
    chance = random.Random(seed)
    tasks = [asyncio.create_task(guild_ids(database)) for _ in range(12)]
    for task in tasks:
        for _ in range(chance.randrange(12)):
            await asyncio.sleep(0)
        for _ in range(chance.randrange(3)):  # twice: the clean-up after the first is cut short
            task.cancel()
            await asyncio.sleep(0)
    await database.close()
    await asyncio.gather(*tasks, return_exceptions=True)
    gc.collect()


async def test_a_server_that_is_not_there_is_unavailable() -> None:
    database = Database("postgresql+asyncpg://nobody@127.0.0.1:1/none")
    with pytest.raises(Unavailable):
        await database.ping()
    await database.close()


async def test_connections_that_the_server_ended_are_replaced(
    migrated_postgres_url: str,
) -> None:
    database, other = Database(migrated_postgres_url), Database(migrated_postgres_url)
    await database.ping()
    end_all = text(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )

    async def lose_the_connection() -> None:
        async with database.session() as session:
            async with other.session() as killer:
                await killer.execute(end_all)
            await session.execute(text("SELECT 1"))

    with pytest.raises(Unavailable):
        await lose_the_connection()
    await database.ping()
    await database.close()
    await other.close()


async def test_a_file_that_cannot_be_opened_is_unavailable(tmp_path: Path) -> None:
    database = Database(f"sqlite+aiosqlite:///{tmp_path}/no/such/folder.db")
    with pytest.raises(Unavailable):
        await database.ping()
    await database.close()


@pytest.mark.parametrize(
    ("url", "used"),
    [
        ("sqlite:///ink.db", "sqlite+aiosqlite:///ink.db"),
        ("sqlite+aiosqlite:////var/ink.db", "sqlite+aiosqlite:////var/ink.db"),
        ("postgresql://ink@host/ink", "postgresql+asyncpg://ink@host/ink"),
        ("postgres://ink@host/ink", "postgresql+asyncpg://ink@host/ink"),
        ("postgresql+psycopg2://ink@host/ink", "postgresql+asyncpg://ink@host/ink"),
    ],
)
def test_a_url_need_not_name_the_driver(url: str, used: str) -> None:
    assert parse_url(url).render_as_string(hide_password=False) == used


@pytest.mark.parametrize("url", ["ink.db", "mysql://host/ink", "", "://"])
def test_a_url_of_another_database_is_refused(url: str) -> None:
    with pytest.raises(Unavailable):
        Database(url)
