"""The bot's real process on a fresh database, against a sandbox in this process.

Members act in the sandbox itself, without HTTP, so that what is measured is the bot.
"""

import asyncio
import contextlib
import os
import sqlite3
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import psutil

from bot.sandbox.actions import Actions
from bot.sandbox.interactions import DEADLINE
from bot.sandbox.server import Sandbox
from bot.sandbox.wire import LOADING, Json
from bot.supervisor import GRACE, command_line, end_with_parent

T = TypeVar("T")

POLL = 0.02  # seconds between two looks at what another process does
PATIENCE = 3.0  # seconds before somebody who got no answer tries again
STARTUP = 120.0  # seconds; a slow machine loads what draws meanwhile


class StageError(Exception):
    """The bot did not do what a benchmark waits for; the message says what."""


@dataclass(frozen=True)
class Stage:
    sandbox: Sandbox
    actions: Actions
    folder: Path
    process: asyncio.subprocess.Process

    @property
    def channel(self) -> str:
        """The id of the first channel."""
        return next(iter(self.sandbox.core.world.channels))

    def people(self, count: int) -> list[str]:
        """The ids of so many new members."""
        world = self.sandbox.core.world
        return [world.add_user(f"member{n}", f"Member {n}")["id"] for n in range(1, count + 1)]

    def messages(self, channel: str) -> list[Json]:
        """What everyone sees there, oldest first."""
        return self.sandbox.core.world.history(channel)

    def ask(self, query: str, *values: object) -> list[tuple[object, ...]]:
        """Read the bot's database, as an operator with `sqlite3` would."""
        with contextlib.closing(sqlite3.connect(self.folder / "inkthread.db", timeout=10)) as base:
            return base.execute(query, values).fetchall()

    def lines(self, thread: str) -> list[str]:
        """Of the thread's story, in order."""
        query = "SELECT text FROM story_panel JOIN story ON story.id = story_id"
        rows = self.ask(f"{query} WHERE thread_id = ? ORDER BY position", int(thread))
        return [str(text) for (text,) in rows]

    async def until(self, what: str, look: Callable[[], T], seconds: float = 60.0) -> T:
        """What `look` finds, as soon as that is something.

        Raises:
            StageError: nothing came within `seconds`, or the bot ended.
        """
        end = asyncio.get_running_loop().time() + seconds
        while not (found := look()):
            if self.process.returncode is not None:
                raise StageError(f"the bot ended ({self.process.returncode}): {self.last_words()}")
            if asyncio.get_running_loop().time() > end:
                raise StageError(f"not within {seconds:.0f} s: {what}. {self.last_words()}")
            await asyncio.sleep(POLL)
        return found

    async def settled(self, outcome: Json) -> Json | None:
        """The message that answers an interaction, once the bot has thought; None if it failed."""
        if "message" not in outcome:
            return None
        shown = outcome["message"]
        here = self.sandbox.core.world.messages[shown["channel_id"]]

        def thought() -> Json:
            now = here.get(shown["id"], shown | {"flags": 0})  # a thinking one may be taken away
            return {} if now["flags"] & LOADING else now

        return await self.until("an answer after thinking", thought)

    async def open_story(self, owner: str, title: str) -> str:
        """The id of a new story thread in which everyone may write."""
        world = self.sandbox.core.world
        options = {"title": title, "who": "everyone"}
        outcome = await self.actions.command(owner, self.channel, "story start", options)
        await self.settled(outcome)

        def thread() -> str:
            found = (one["id"] for one in world.threads() if one["name"] == title)
            return next(found, "")

        thread_id = await self.until(f"the thread {title}", thread)
        query = "SELECT 1 FROM story WHERE thread_id = ?"
        await self.until(f"the story {title}", lambda: self.ask(query, int(thread_id)))
        return thread_id

    async def order_comic(self, member: str, panels: str, title: str) -> None:
        """`/comic`, as often as it takes until its dialog opens and is taken."""
        for _ in range(10):
            opened = await self.actions.command(member, self.channel, "comic", {"title": title})
            while "modal" in opened:
                values = {"characters": "", "panels": panels, "title": title}
                told = await self.actions.submit(member, opened["interaction"], values)
                if "failed" not in told or await self._stored_late(title):
                    return
        raise StageError("the dialog of /comic did not open")

    async def _stored_late(self, title: str) -> bool:
        """What got no answer may have been taken all the same: a member would look first."""
        await asyncio.sleep(PATIENCE)
        return bool(self.ask("SELECT 1 FROM story WHERE title = ?", title))

    def cpu_seconds(self) -> tuple[float, float]:
        """Of the bot's process, and of those that draw."""
        bot = psutil.Process(self.process.pid)
        drawing = 0.0
        for one in bot.children(recursive=True):
            with contextlib.suppress(psutil.NoSuchProcess):
                drawing += sum(one.cpu_times()[:2])
        return sum(bot.cpu_times()[:2]), drawing

    def last_words(self) -> str:
        log = (self.folder / "bot.log").read_text(encoding="utf-8", errors="replace")
        return f"The end of its log:\n{log[-2000:]}"


@asynccontextmanager
async def staged(
    folder: Path, settings: Mapping[str, str], deadline: float = DEADLINE
) -> AsyncIterator[Stage]:
    """A sandbox and a bot that is online in it; both are gone afterwards. `settings` are
    environment variables of the bot, whose log is `bot.log` in the folder; `deadline` are the
    seconds in which it must answer an interaction.

    Raises:
        StageError: the bot doesn't start.
    """
    async with Sandbox(deadline=deadline) as sandbox:
        own = {
            "INKTHREAD_DATA_DIR": str(folder),
            "INKTHREAD_DATABASE": "",
            "INKTHREAD_ARTIFACTS": "",
            "INKTHREAD_DISCORD_API": sandbox.url,
            "DISCORD_TOKEN": "sandbox",
        }
        environment = {**os.environ, **own, **settings}
        migrated = await asyncio.create_subprocess_exec(*command_line("migrate"), env=environment)
        if await migrated.wait():
            raise StageError("the database could not be made")
        with (folder / "bot.log").open("wb") as log:
            process = await asyncio.create_subprocess_exec(
                *command_line("bot"),
                env=environment,
                stderr=log,
                start_new_session=True,  # as `inkthread run` does; Linux shares time by session
                preexec_fn=end_with_parent,
            )
        stage = Stage(sandbox, Actions(sandbox.core, sandbox.interactions), folder, process)
        try:
            commands = sandbox.core.world.commands
            await stage.until("a bot", lambda: sandbox.core.hub.online and commands, STARTUP)
            yield stage
        finally:
            await _end(process)


async def _end(process: asyncio.subprocess.Process) -> None:
    with contextlib.suppress(ProcessLookupError):
        process.terminate()
    try:
        await asyncio.wait_for(process.wait(), 2 * GRACE)
    except TimeoutError:
        process.kill()
        await process.wait()
