"""Waiting for storage that is away for a while, instead of losing what was drawn or sent."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import TypeVar

from storage.errors import Unavailable

log = logging.getLogger(__name__)

T = TypeVar("T")

FIRST_PAUSE = 0.5  # seconds; doubled until the longest
LONGEST_PAUSE = 15.0  # seconds; a database that restarts is back within this


async def persistently(what: str, action: Callable[[], Awaitable[T]]) -> T:
    """Do it again until storage takes it. The action must be safe to repeat: when a connection is
    lost during a commit, nobody knows whether it happened."""
    pause = FIRST_PAUSE
    while True:
        try:
            return await action()
        except Unavailable as exc:
            log.warning("Can't %s now, again in %.1f s: %s", what, pause, exc)
        await asyncio.sleep(pause)
        pause = min(2 * pause, LONGEST_PAUSE)
