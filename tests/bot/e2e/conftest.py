"""The real bot against the real sandbox, in one process, with a studio that draws at once."""

import asyncio
import shutil
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot import whispers
from bot.client import Inkthread, point_to
from bot.failpoints import Failpoints
from bot.locales.words import read_catalogue
from bot.rendering.requests import Shelf
from bot.sandbox.member import Member
from bot.sandbox.server import Sandbox
from bot.wiring import Supplies
from config import settings
from generation.script.catalogue import Model, read_styles
from storage.artifacts import ArtifactStore
from storage.engine import Database
from tests.bot.e2e.checking import ShapeChecker
from tests.bot.e2e.scripted import ScriptedStudio, StartBot
from tests.bot.sandbox.openapi import DOCUMENT

MODEL = Model(
    name="toon",
    title="Toon",
    source="nowhere",
    family="sd15",
    width=128,
    height=128,
    steps=8,
    guidance=5.0,
    seconds_per_step=0.2,
    sizes=((128, 192),),
    quick_steps=4,
    fine_steps=16,
    draft_steps=2,
)


PATIENT = 30.0  # seconds; Discord's 3 would make these tests depend on how busy the machine is


@pytest.fixture(scope="session")
def checked_shapes() -> set[str]:
    return set()


@dataclass
class Clock:
    """The sandbox's: messages are as old as a test likes."""

    shift: float = 0.0  # seconds

    def __call__(self) -> float:
        return time.time() + self.shift


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def sandbox(checked_shapes: set[str], clock: Clock) -> AsyncIterator[Sandbox]:
    """Where Discord's document is at hand, every call of every test is held against it."""
    checker = ShapeChecker(checked_shapes) if DOCUMENT.is_file() else None
    async with Sandbox(observer=checker, clock=clock, deadline=PATIENT) as sandbox:
        yield sandbox
    assert checker is None or not checker.misfits, "\n".join(map(str, checker.misfits))


@pytest.fixture
def thinks_after() -> float:
    """Seconds until the bot says that it thinks: late, for on a busy machine it would often say
    so, and what comes after it is another message."""
    return 15.0


@pytest.fixture(autouse=True)
def _long_thoughts(thinks_after: float, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(whispers, "PATIENCE", thinks_after)


@pytest.fixture
def studio() -> ScriptedStudio:
    return ScriptedStudio()


@pytest.fixture
async def database(migrated_file: Path, tmp_path: Path) -> AsyncIterator[Database]:
    """For the tests to look into; the bot opens its own."""
    shutil.copy(migrated_file, tmp_path / "bot.db")
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'bot.db'}")
    yield database
    await database.close()


@pytest.fixture
async def start_bot(
    sandbox: Sandbox, database: Database, studio: ScriptedStudio, tmp_path: Path
) -> AsyncIterator[StartBot]:
    """Start a bot, and again after it was closed; all are closed at the end."""
    running: list[tuple[Inkthread, asyncio.Task[None], Database]] = []

    async def start(message_content: bool = False) -> Inkthread:
        point_to(sandbox.url)
        own = Database(f"sqlite+aiosqlite:///{tmp_path / 'bot.db'}")
        supplies = Supplies(
            database=own,
            artifacts=ArtifactStore(str(tmp_path / "artifacts")),
            studio=studio,
            shelf=Shelf(
                {MODEL.name: MODEL}, read_styles(settings.CATALOGUES / "styles.toml"), MODEL.name
            ),
            catalogue=read_catalogue(),
            failpoints=Failpoints(),
            progress_interval=0.05,
            card_interval=0.05,
        )
        client = Inkthread(supplies, message_content=message_content)
        running.append((client, asyncio.create_task(client.start("sandbox")), own))
        async with Member(sandbox.url) as member:
            online = asyncio.create_task(member.wait_for_bot())
            await asyncio.wait([online, running[-1][1]], return_when=asyncio.FIRST_COMPLETED)
            await online
        return client

    yield start
    for client, task, own in running:
        await client.close()
        await task
        await own.close()
        await asyncio.sleep(0)  # events that the library has just scheduled begin, and end


@pytest.fixture
async def bot(start_bot: StartBot) -> Inkthread:
    return await start_bot()


@pytest.fixture
async def ada(sandbox: Sandbox, bot: Inkthread) -> AsyncIterator[Member]:
    async with Member(sandbox.url) as member:
        yield member


@pytest.fixture
async def ben(sandbox: Sandbox, bot: Inkthread) -> AsyncIterator[Member]:
    async with Member(sandbox.url, "Ben") as member:
        yield member
