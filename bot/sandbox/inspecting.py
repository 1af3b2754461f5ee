"""What the bot and the sandbox said to each other, and whether it is as Discord describes it.

Calls are held against Discord's OpenAPI document where the sandbox was given one, gateway events
against the types of discord.py. A check takes long, so it is made when somebody asks for it.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from bot.sandbox.wire import Json

if TYPE_CHECKING:
    from bot.sandbox.document import Document

LOG_LENGTH = 300  # calls and events kept
NO_DOCUMENT = "Not checked: the sandbox was started without --document."
NO_TYPE = "Not checked: discord.py has no type for it."


class NoDocument(Exception):
    """Discord's document can't be used; `str()` says why and what to do."""


@dataclass(frozen=True)
class Exchange:
    """A call or an event: `entry` is its line in the log, `bodies` by name is what was said."""

    entry: Json
    bodies: Json
    check: Callable[[], list[str] | None] = field(repr=False)


class Inspector:
    def __init__(self, document: Path | None = None) -> None:
        """Raises:
        NoDocument: there is no such document, or what checks by it is not installed.
        """
        self._document = _read(document) if document is not None else None
        self._kept: deque[Exchange] = deque(maxlen=LOG_LENGTH)
        self._number = 0

    @property
    def checks(self) -> bool:
        """Whether calls are checked, too."""
        return self._document is not None

    @property
    def log(self) -> list[Json]:
        """Oldest first."""
        return [exchange.entry for exchange in self._kept]

    def clear(self) -> None:
        self._kept.clear()

    def note_call(self, entry: Json, request: object, answer: object) -> Json:
        """Keep a call: `entry` has its method, path, status..."""
        return self._keep(
            entry,
            {"request": request, "answer": answer},
            lambda: self._check_call(entry, request, answer),
        )

    def note_event(self, event: str, data: Json) -> Json:
        return self._keep({"event": event}, {"event": data}, lambda: _check_event(event, data))

    def _keep(self, entry: Json, bodies: Json, check: Callable[[], list[str] | None]) -> Json:
        self._number += 1
        numbered = entry | {"number": self._number}
        self._kept.append(Exchange(numbered, bodies, check))
        return numbered

    async def inspect(self, number: int) -> Json:
        """The bodies of an exchange, with `problems` (empty: it fits; None: not checked, and `note`
        says why).

        Raises:
            KeyError: it is not kept any more.
        """
        found = next((one for one in self._kept if one.entry["number"] == number), None)
        if found is None:
            raise KeyError(number)
        problems = await asyncio.to_thread(found.check)
        note = NO_TYPE if "event" in found.entry else NO_DOCUMENT
        return found.bodies | {"problems": problems, "note": note if problems is None else None}

    def _check_call(self, entry: Json, request: object, answer: object) -> list[str] | None:
        if self._document is None:
            return None
        from bot.sandbox.document import Checker

        checker = Checker(self._document)
        checker(entry["method"], entry["path"], request, entry["status"], answer)
        return [f"{one.side} {one.where}: {one.error}" for one in checker.misfits]


def _check_event(event: str, data: Json) -> list[str] | None:
    from bot.sandbox.typed import EVENTS, problems

    return problems(data, EVENTS[event]) if event in EVENTS else None


def _read(path: Path) -> "Document":
    try:
        from bot.sandbox.document import read_document
    except ModuleNotFoundError as exc:
        raise NoDocument(f"to check against {path}: pip install {exc.name}") from exc
    try:
        return read_document(path)
    except OSError as exc:
        raise NoDocument(f"{path} can't be read: {exc.strerror}") from exc
    except (ValueError, KeyError) as exc:
        raise NoDocument(f"{path} is not Discord's openapi.json") from exc
