"""Waiting for what other tasks do."""

import asyncio
from collections.abc import Awaitable, Callable

from bot.sandbox.member import PATIENCE


async def eventually(check: Callable[[], object] | Callable[[], Awaitable[object]]) -> None:
    """Returns as soon as the check, a function or a coroutine function, says yes.

    Raises:
        TimeoutError: it never did.
    """
    async with asyncio.timeout(PATIENCE):
        while True:
            said = check()
            if await said if isinstance(said, Awaitable) else said:
                return
            await asyncio.sleep(0.01)
