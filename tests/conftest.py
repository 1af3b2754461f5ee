"""What all tests share: hypothesis profiles, where the optional servers are, and real, migrated
databases: SQLite always, PostgreSQL when there is one.

Each database is migrated once a session. A test gets a copy of the SQLite file, or the emptied
PostgreSQL database.
"""

import asyncio
import os
import secrets
import shutil
from collections.abc import AsyncIterator, Generator, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from sqlalchemy import make_url, text
from sqlalchemy.ext.asyncio import create_async_engine

from storage import migrate
from storage.engine import Database
from tests.browser import started

# Tests run side by side, and their networks are small: one thread each, children's too. Set before
# anything imports torch.
os.environ.setdefault("OMP_NUM_THREADS", "1")

# Deadlines measure the machine, not the code: benchmarks are commands, never tests.
settings.register_profile(
    "default", deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile(
    "ci",
    parent=settings.get_profile("default"),
    derandomize=True,
    database=None,
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """In CI nothing may be absent: there a skipped test is a failed one."""
    report = yield
    if report.skipped and "CI" in os.environ:
        report.outcome = "failed"
        report.longrepr = f"nothing is skipped in CI: {report.longrepr}"
    return report


@pytest.fixture(scope="session")
def postgres_url() -> str:
    """The PostgreSQL database that tests may fill, or a visible skip."""
    url = os.environ.get("TEST_POSTGRES_URL", "")
    if not url:
        pytest.skip("TEST_POSTGRES_URL is not set")
    return url


@pytest.fixture(scope="session")
def browser_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """One chromium for all tests, each of which gets a profile of its own."""
    with started(tmp_path_factory.mktemp("chromium")) as address:
        yield address


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("migrated") / "empty.db"
    asyncio.run(migrate.upgrade(f"sqlite+aiosqlite:///{path}"))
    return path


@pytest.fixture(scope="session")
def empty_postgres_url(postgres_url: str) -> Iterator[str]:
    """A new, empty database on the server, gone after the session."""
    name = f"inkthread_{secrets.token_hex(4)}"
    relaxed = f"ALTER DATABASE {name} SET synchronous_commit = off"  # nobody pulls the plug here
    asyncio.run(_on_server(postgres_url, f"CREATE DATABASE {name}", relaxed))
    yield make_url(postgres_url).set(database=name).render_as_string(hide_password=False)
    asyncio.run(_on_server(postgres_url, f"DROP DATABASE {name} WITH (FORCE)"))


@pytest.fixture(scope="session")
def migrated_postgres_url(empty_postgres_url: str) -> str:
    asyncio.run(migrate.upgrade(empty_postgres_url))
    return empty_postgres_url


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a migrated database without rows."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("migrated_file"), tmp_path / "test.db")
        return f"sqlite+aiosqlite:///{tmp_path / 'test.db'}"
    url: str = request.getfixturevalue("migrated_postgres_url")
    # Only artifacts and speeds outlive their guild. Much faster than TRUNCATE.
    asyncio.run(
        _on_server(url, *(f"DELETE FROM {name}" for name in ("guild", "artifact", "speed")))
    )
    return url


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    database = Database(database_url)
    yield database
    await database.close()


async def _on_server(url: str, *statements: str) -> None:
    engine = create_async_engine(url, isolation_level="AUTOCOMMIT")
    try:
        async with engine.connect() as connection:
            for statement in statements:
                await connection.execute(text(statement))
    finally:
        await engine.dispose()
