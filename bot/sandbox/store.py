"""Where the sandbox keeps what it knows: a file, or nothing but memory."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

from bot.sandbox.wire import Json, decode, encode


class Store:
    """Rows of JSON by (kind, key), and attachments by key.

    Rows are small and go to SQLite at once: one write takes far less than a millisecond,
    so it needs no thread of its own.
    """

    def __init__(self, path: Path | None) -> None:
        self._files: dict[str, bytes] = {}
        self._database: sqlite3.Connection | None = None
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._database = _open(path)

    def put(self, kind: str, key: str, body: Json) -> None:
        if self._database is not None:
            self._database.execute(
                "INSERT INTO row VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET body = excluded.body",
                (kind, key, encode(body).decode()),
            )

    def delete(self, kind: str, key: str) -> None:
        if self._database is not None:
            self._database.execute("DELETE FROM row WHERE kind = ? AND key = ?", (kind, key))

    def rows(self, kind: str) -> Iterator[tuple[str, Json]]:
        """All rows of a kind, oldest id first."""
        if self._database is None:
            return
        query = "SELECT key, body FROM row WHERE kind = ? ORDER BY length(key), key"
        for key, body in self._database.execute(query, (kind,)).fetchall():
            yield key, decode(body)

    def move(self, before: str, after: str) -> None:
        """Rewrites every stored address: the port may differ from the last run's."""
        if self._database is not None and before != after:
            self._database.execute("UPDATE row SET body = replace(body, ?, ?)", (before, after))

    def write_file(self, key: str, data: bytes) -> None:
        if self._database is None:
            self._files[key] = data
        else:
            self._database.execute("INSERT OR REPLACE INTO file VALUES (?, ?)", (key, data))

    def read_file(self, key: str) -> bytes:
        """Raises KeyError when there is no such file."""
        if self._database is None:
            return self._files[key]
        found = self._database.execute("SELECT data FROM file WHERE key = ?", (key,)).fetchone()
        if found is None:
            raise KeyError(key)
        return bytes(found[0])

    def forget_file(self, key: str) -> None:
        self._files.pop(key, None)
        if self._database is not None:
            self._database.execute("DELETE FROM file WHERE key = ?", (key,))

    def close(self) -> None:
        if self._database is not None:
            self._database.close()


def _open(path: Path) -> sqlite3.Connection:
    database = sqlite3.connect(path, isolation_level=None)
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA synchronous = NORMAL")
    database.execute(
        "CREATE TABLE IF NOT EXISTS row (kind TEXT, key TEXT, body TEXT, PRIMARY KEY (kind, key))"
    )
    database.execute("CREATE TABLE IF NOT EXISTS file (key TEXT PRIMARY KEY, data BLOB)")
    return database
