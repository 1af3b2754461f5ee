"""A whole Inkthread as an operator runs it: the bot's real process with its worker, on a database
and a folder of its own, against a sandbox in the test."""

import asyncio
import contextlib
import os
import signal
import sqlite3
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from bot.sandbox.member import Member

STORY = Path(__file__).parents[2] / "examples" / "tabs-or-spaces.story"
GRACE = 60.0  # seconds


@dataclass
class Deployment:
    """`settings` are environment variables of the bot; `log` is all it ever wrote."""

    folder: Path
    sandbox: str
    settings: dict[str, str]
    process: asyncio.subprocess.Process | None = None
    log: list[str] = field(default_factory=list)
    _readers: list[asyncio.Task[None]] = field(default_factory=list)

    @property
    def environment(self) -> dict[str, str]:
        own = {
            "INKTHREAD_DATA_DIR": str(self.folder),
            "INKTHREAD_DISCORD_API": self.sandbox,
            "DISCORD_TOKEN": "sandbox",
            "INKTHREAD_CHECKPOINT_INTERVAL": "0",
        }
        return {**os.environ, **own, **self.settings}

    @property
    def database(self) -> Path:
        return self.folder / "inkthread.db"

    async def migrate(self) -> None:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", "migrate", env=self.environment
        )
        assert await process.wait() == 0

    async def start(self, failpoints: str = "") -> None:
        """Start the bot; returns when it is online in the sandbox."""
        self.process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot", "bot"),
            env={**self.environment, "INKTHREAD_FAILPOINTS": failpoints},
            stderr=asyncio.subprocess.PIPE,
        )
        self._readers.append(asyncio.create_task(self._read()))
        async with Member(self.sandbox) as member:
            await member.wait_for_bot(timeout=120)

    async def _read(self) -> None:
        assert self.process is not None
        assert self.process.stderr is not None
        async for line in self.process.stderr:
            self.log.append(line.decode())
            print(line.decode(), end="", file=sys.stderr)

    async def died(self, timeout: float = 120) -> int:  # noqa: ASYNC109
        """Wait for the bot's end, and for its children's, and return its status."""
        assert self.process is not None
        status = await asyncio.wait_for(self.process.wait(), timeout)
        await asyncio.gather(*self._readers)
        return status

    async def stop(self) -> int:
        """End it as an operator does, with SIGTERM."""
        if self.process is None or self.process.returncode is not None:
            return 0
        with contextlib.suppress(ProcessLookupError):
            self.process.terminate()
        return await self.died(GRACE)

    async def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        await self.died()

    def child(self, name: str) -> psutil.Process:
        """The running `artist` or `press`.

        Raises:
            LookupError: there is none at the moment.
        """
        assert self.process is not None
        for one in psutil.Process(self.process.pid).children(recursive=True):
            with contextlib.suppress(psutil.NoSuchProcess):
                if "generation.studio" in one.cmdline() and name in one.cmdline():
                    return one
        raise LookupError(name)

    def kill_child(self, name: str) -> None:
        self.child(name).send_signal(signal.SIGKILL)

    def ask(self, query: str) -> list[tuple[object, ...]]:
        """Read the bot's database, as an operator with `sqlite3` would."""
        with contextlib.closing(sqlite3.connect(self.database, timeout=60)) as base:
            return base.execute(query).fetchall()

    async def until(self, query: str, timeout: float = 120) -> tuple[object, ...]:  # noqa: ASYNC109
        """The first row of a query, as soon as there is one."""
        async with asyncio.timeout(timeout):
            while not (rows := self.ask(query)):  # noqa: ASYNC110, it is another process's doing
                await asyncio.sleep(0.02)
        return rows[0]


@asynccontextmanager
async def deployed(folder: Path, sandbox: str, **settings: str) -> AsyncIterator[Deployment]:
    """A deployment, whose database is made if the folder has none."""
    deployment = Deployment(folder, sandbox, settings)
    if not deployment.database.exists():
        await deployment.migrate()
    try:
        yield deployment
    finally:
        await deployment.stop()


def story_parts() -> dict[str, str]:
    """The example story as the two boxes of the dialog."""
    characters, panels = STORY.read_text(encoding="utf-8").strip().split("\n\n")
    return {"characters": characters, "panels": panels}
