import asyncio
import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import CheckConstraint, Connection, inspect, text

from config.cli import main
from storage import migrate
from storage.columns import Base
from storage.engine import Database, open_engine
from storage.errors import SchemaDiffers, Unavailable


async def test_models_and_migrations_agree(database_url: str) -> None:
    await migrate.check(database_url)


async def test_every_check_of_the_models_is_in_the_database(database_url: str) -> None:
    """Alembic doesn't compare checks."""

    def stored(connection: Connection) -> set[tuple[str, str | None]]:
        inspector = inspect(connection)
        return {
            (table, check["name"])
            for table in Base.metadata.tables
            for check in inspector.get_check_constraints(table)
        }

    engine = open_engine(database_url)
    async with engine.connect() as connection:
        found = await connection.run_sync(stored)
    await engine.dispose()
    assert found == {
        (table.name, str(check.name))
        for table in Base.metadata.tables.values()
        for check in table.constraints
        if isinstance(check, CheckConstraint)
    }


async def test_upgrading_twice_changes_nothing(database_url: str) -> None:
    await asyncio.gather(migrate.upgrade(database_url), migrate.upgrade(database_url))
    await migrate.check(database_url)


async def test_tables_that_differ_are_told(database: Database, database_url: str) -> None:
    async with database.session() as session:
        await session.execute(text("ALTER TABLE story ADD COLUMN mood TEXT"))
    try:
        with pytest.raises(SchemaDiffers):
            await migrate.check(database_url)
    finally:
        async with database.session() as session:
            await session.execute(text("ALTER TABLE story DROP COLUMN mood"))


async def test_a_database_of_a_newer_version_is_refused_untouched(
    database: Database, database_url: str
) -> None:
    async with database.session() as session:
        version = await session.scalar(text("SELECT version_num FROM alembic_version"))
        await session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    try:
        with pytest.raises(SchemaDiffers):
            await migrate.upgrade(database_url)
    finally:
        async with database.session() as session:
            await session.execute(
                text("UPDATE alembic_version SET version_num = :version"), {"version": version}
            )


async def test_a_server_that_is_not_there_is_an_error_of_ours() -> None:
    with pytest.raises(Unavailable):
        await migrate.upgrade("postgresql+asyncpg://nobody@127.0.0.1:1/none")


def test_the_command_makes_the_database_and_then_finds_it_up_to_date(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "new 100%" / "ink.db"
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("INKTHREAD_DATABASE", f"sqlite+aiosqlite:///{file}")
    assert main(["migrate", "--check"]) == 1
    assert "not up to date" in capsys.readouterr().err
    assert main(["migrate"]) == 0
    assert main(["migrate", "--check"]) == 0
    with sqlite3.connect(file) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    connection.close()
