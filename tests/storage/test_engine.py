import asyncio
from pathlib import Path

import pytest
from sqlalchemy import text

from storage import guilds
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
    await asyncio.sleep(0.2)  # the driver's thread ends a moment later
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
