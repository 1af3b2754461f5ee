"""SQLite with few trips to another thread: two a transaction.

aiosqlite makes four trips a statement (cursor, statement, rows, close). A trip costs more than what
SQLite does meanwhile (tens of microseconds), and on a busy machine it also costs the bot its turn
on the processor. What can wait for a lock or for the disk, the beginning and the end of a
transaction, goes to the thread. In between the write lock is ours (`BEGIN IMMEDIATE`) and the pages
are in memory: those statements run at once.
"""

import asyncio
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Self
from weakref import WeakSet

import aiosqlite

ITERATION = 64  # rows a chunk when somebody iterates over aiosqlite's own cursor; nobody does


class QuickCursor:
    """What SQLAlchemy needs of an asynchronous cursor. All rows are read at once, as SQLAlchemy
    does anyway."""

    description: Any = None
    rowcount = -1
    lastrowid: int | None = None
    arraysize = 1

    def __init__(self, connection: "QuickConnection") -> None:
        self._connection = connection
        self._rows: list[Any] = []

    async def __aenter__(self) -> Self:
        return self

    async def execute(self, statement: str, values: Sequence[Any] = ()) -> Self:
        await self._connection.do(lambda base: self._take(base.execute(statement, values)))
        return self

    async def executemany(self, statement: str, many: Iterable[Sequence[Any]]) -> Self:
        await self._connection.do(lambda base: self._take(base.executemany(statement, many)))
        return self

    def _take(self, cursor: sqlite3.Cursor) -> None:
        self.description, self.lastrowid = cursor.description, cursor.lastrowid
        self._rows = cursor.fetchall()
        self.rowcount = cursor.rowcount  # with RETURNING it is known only after the rows
        cursor.close()

    async def fetchall(self) -> list[Any]:
        return self._rows

    async def close(self) -> None:
        self._rows = []


class QuickConnection(aiosqlite.Connection):
    def cursor(self) -> Any:
        return QuickCursor(self)

    async def do(self, action: Callable[[sqlite3.Connection], None]) -> None:
        """SQLAlchemy waits for one action before the next, so the two threads never meet."""
        if self.in_transaction:
            action(self._conn)
        else:
            await self._execute(action, self._conn)  # type: ignore[no-untyped-call]


class Connector:
    """For `create_async_engine(async_creator=...)`: what it returns is awaited, and then open."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._made: WeakSet[QuickConnection] = WeakSet()

    def __call__(self) -> QuickConnection:
        connection = QuickConnection(
            lambda: sqlite3.connect(self._path, check_same_thread=False), ITERATION
        )
        connection._thread.daemon = True  # as SQLAlchemy does: a forgotten one holds up no exit
        self._made.add(connection)
        return connection

    async def end(self) -> None:
        """Wait for the threads of all connections. When somebody is cancelled twice, SQLAlchemy
        orders the close and doesn't wait; a thread that is told of an event loop that has ended
        meanwhile dies, with its connection open."""
        for connection in list(self._made):
            if connection._thread.is_alive():
                connection.stop()
                await asyncio.to_thread(connection._thread.join)
