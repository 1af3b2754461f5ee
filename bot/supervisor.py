"""`inkthread run`: keeps child processes running, and stops them in order.

Each child has its own process group, so that Ctrl-C reaches only the supervisor, which then stops
the last child first: the bot says goodbye while the sandbox still listens.
"""

import asyncio
import contextlib
import ctypes
import logging
import os
import signal
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

log = logging.getLogger(__name__)

GRACE = 15.0  # seconds for a child to end by itself
REFUSED = 2  # exit status of a process whose settings are wrong: starting it again won't help
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 30.0  # seconds before a child that died is started again
PR_SET_PDEATHSIG = 1  # of <sys/prctl.h>
HEALTHY = 60.0  # seconds after which a child counts as started well


def command_line(*arguments: str) -> tuple[str, ...]:
    """`inkthread ...`, with this interpreter."""
    return (sys.executable, "-m", "bot", *arguments)


@dataclass
class Child:
    """One `inkthread` command that shall run until it is stopped."""

    name: str
    arguments: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    process: asyncio.subprocess.Process | None = None
    stopping: bool = False

    async def keep(self) -> int:
        """Run it, again and again; the exit status when it is stopped or refuses to run."""
        pause = FIRST_PAUSE
        while True:
            started = time.monotonic()
            self.process = await asyncio.create_subprocess_exec(
                *command_line(*self.arguments),
                env={**os.environ, **self.environment},
                start_new_session=True,
                preexec_fn=end_with_parent,  # no threads here
            )
            status = await self.process.wait()
            if self.stopping or status == REFUSED:
                return status
            pause = FIRST_PAUSE if time.monotonic() - started > HEALTHY else pause
            log.error("The %s ended (status %s); again in %.0f s", self.name, status, pause)
            await asyncio.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE)

    async def stop(self) -> None:
        """Ask it to end; kill its whole group when it doesn't."""
        self.stopping = True
        if self.process is None or self.process.returncode is not None:
            return
        self.process.terminate()
        try:
            await asyncio.wait_for(self.process.wait(), GRACE)
        except TimeoutError:
            log.warning("The %s does not stop; it is killed", self.name)
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            await self.process.wait()


async def supervise(children: Sequence[Child], port: int | None = None) -> int:
    """Start the children in order, and keep them until a signal or until one refuses to run.

    `port` is the first child's: the others wait until it listens there.
    """
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, stop.set)
    tasks = [asyncio.create_task(stop.wait(), name="signal")]
    kept: list[asyncio.Task[int]] = []
    try:
        for child in children:
            kept.append(asyncio.create_task(child.keep(), name=child.name))
            if port is not None and len(kept) < len(children):
                await _first_of([*tasks, *kept, asyncio.create_task(_listening(port))])
            if stop.is_set() or any(task.done() for task in kept):
                break
        await asyncio.wait([*tasks, *kept], return_when=asyncio.FIRST_COMPLETED)
        return next((task.result() for task in kept if task.done()), 0)
    finally:
        for child in reversed(children):
            await child.stop()
        for task in (*tasks, *kept):
            task.cancel()
        await asyncio.gather(*tasks, *kept, return_exceptions=True)


async def _first_of(tasks: list[asyncio.Task[Any]]) -> None:
    """Wait for the first to end; give up on the last."""
    await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    tasks[-1].cancel()
    await asyncio.gather(tasks[-1], return_exceptions=True)


async def _listening(port: int) -> None:
    while True:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.1)
        else:
            writer.close()
            return


def end_with_parent() -> None:
    """In the child: ask Linux for SIGTERM when the supervisor dies, however it dies. Otherwise an
    orphaned bot would go on, and a second one be started beside it."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
