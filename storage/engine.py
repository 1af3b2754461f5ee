"""The database connection: SQLite by default, PostgreSQL by URL. One transaction a session."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from sqlalchemy import URL, Connection, event, make_url, text
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import (
    AsyncEngine,
    AsyncSession,
    async_sessionmaker,
    create_async_engine,
)
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.util import await_only

from storage.errors import Unavailable
from storage.sqlite import Connector
from storage.turns import Turns

BUSY_TIMEOUT = (
    10_000  # milliseconds to wait for another process that writes to the same SQLite file
)

# SQLite has one writer at a time anyway. Waiting for one's turn is fair and wakes at once; waiting
# in SQLite polls at growing intervals, and can starve.
SQLITE_CONNECTIONS = 1
POOL_SIZE = 5  # connections that PostgreSQL keeps for us; SQLAlchemy's own default
POSTGRES_CONNECTIONS = 15  # at most, in a burst

DRIVERS = {
    "sqlite": "sqlite+aiosqlite",
    "postgresql": "postgresql+asyncpg",
    "postgres": "postgresql+asyncpg",  # as hosting services write it
}

# Classes of SQLSTATE: connection, deadlock or serialization, resources, shutdown or start.
POSTGRES_OUTAGES = ("08", "40", "53", "57P")
SQLITE_OUTAGES = (
    "SQLITE_BUSY",
    "SQLITE_LOCKED",
    "SQLITE_CANTOPEN",
    "SQLITE_IOERR",
    "SQLITE_FULL",
)


class Database:
    """All sessions of a process. `url`: `sqlite:///path` or `postgresql://user@host/name`."""

    def __init__(self, url: str) -> None:
        """Raises:
        Unavailable: the URL is none, or the driver of its database isn't installed.
        """
        self._engine = open_engine(url)
        local = self._engine.dialect.name == "sqlite"
        self._turns = Turns(SQLITE_CONNECTIONS if local else POSTGRES_CONNECTIONS)
        self._sessions = async_sessionmaker(self._engine, expire_on_commit=False)

    @asynccontextmanager
    async def session(self) -> AsyncIterator[AsyncSession]:
        """A session inside a transaction: commit at the end, rollback on an error.

        On SQLite transactions of a process run one after the other, in order of arrival: never
        open a session inside another, and do nothing slow in it.

        Raises:
            Unavailable: the database can't be reached, is locked, went away, or was closed.
        """
        try:
            async with self._turns.turn(), self._sessions() as session, session.begin():
                await _connect(session)
                yield session
        except DBAPIError as exc:
            if not _is_outage(exc):
                raise
            raise Unavailable(str(exc.orig)) from exc

    async def ping(self) -> None:
        """Raises:
        Unavailable: the database doesn't answer.
        """
        async with self.session() as session:
            await session.execute(text("SELECT 1"))

    async def close(self) -> None:
        """Wait for open sessions, then close every connection. None is opened afterwards."""
        async with self._turns.closing():
            await self._engine.dispose()


def open_engine(url: str, foreign_keys: bool = True) -> AsyncEngine:
    """`foreign_keys=False` is for migrations: SQLite rebuilds tables by dropping them, which would
    otherwise delete every row that points to them.

    Raises:
        Unavailable: the URL is none, or the driver of its database isn't installed.
    """
    address = parse_url(url)
    if address.get_backend_name() == "postgresql":
        return _open_postgres(address)
    return _open_sqlite(address, foreign_keys)


def _open_postgres(address: URL) -> AsyncEngine:
    try:
        return create_async_engine(
            address,
            pool_pre_ping=True,
            pool_size=POOL_SIZE,
            max_overflow=POSTGRES_CONNECTIONS - POOL_SIZE,
        )
    except ModuleNotFoundError as exc:
        raise Unavailable("PostgreSQL needs: pip install inkthread[postgres]") from exc


def _open_sqlite(address: URL, foreign_keys: bool) -> AsyncEngine:
    connector = Connector(address.database or ":memory:")
    engine = create_async_engine(
        address, async_creator=connector, pool_size=SQLITE_CONNECTIONS, max_overflow=0
    )
    event.listen(engine.sync_engine, "connect", partial(_prepare, foreign_keys))
    event.listen(engine.sync_engine, "begin", _begin)
    event.listen(engine.sync_engine, "engine_disposed", lambda _: await_only(connector.end()))
    return engine


def _prepare(foreign_keys: bool, connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # we begin transactions ourselves, below
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode = WAL")
    # In WAL mode NORMAL survives every death of the process. (FULL would also keep the last
    # moment before a power cut, at a multiple of the time: a burst of 500 answers is too slow.)
    cursor.execute("PRAGMA synchronous = NORMAL")
    cursor.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT}")
    cursor.execute(f"PRAGMA foreign_keys = {'ON' if foreign_keys else 'OFF'}")
    cursor.close()


def _begin(connection: Connection) -> None:
    # IMMEDIATE takes the write lock at once: a read transaction that wants to write later
    # fails with "database is locked" instead of waiting.
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def parse_url(url: str) -> URL:
    """The URL with the driver we use, whether it names one or not.

    Raises:
        Unavailable: it is no URL of a database that we can use.
    """
    try:
        address = make_url(url)
    except ArgumentError as exc:
        raise Unavailable("the database's URL can't be read; see .env.example") from exc
    driver = DRIVERS.get(address.drivername.partition("+")[0])
    if driver is None:
        raise Unavailable(f"{address.drivername} is no database for us: SQLite or PostgreSQL")
    return address.set(drivername=driver)


async def _connect(session: AsyncSession) -> None:
    try:
        await session.connection()
    except (OSError, PoolTimeout) as exc:
        # asyncpg's own, not wrapped: refused, unreachable, timed out; or all connections hang.
        raise Unavailable(str(exc)) from exc


def _is_outage(exc: DBAPIError) -> bool:
    """Is it the connection, the server or the disk, and not the statement?"""
    if exc.connection_invalidated:
        return True
    state: str = getattr(exc.orig, "sqlstate", None) or ""
    name: str = getattr(exc.orig, "sqlite_errorname", None) or ""
    return state.startswith(POSTGRES_OUTAGES) or name.startswith(SQLITE_OUTAGES)
