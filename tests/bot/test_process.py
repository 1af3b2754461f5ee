"""The real processes: `inkthread bot` against the sandbox, and `inkthread run`'s supervisor."""

import asyncio
import contextlib
import os
import random
import shutil
import signal
import socket
import sys
import textwrap
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import psutil
import pytest

from bot.sandbox.member import PATIENCE, Member
from bot.sandbox.server import Sandbox

MEGABYTE = 1_000_000
HEAVY = ("torch", "numpy", "diffusers", "transformers")

Process = asyncio.subprocess.Process


@asynccontextmanager
async def running(*arguments: str, **environment: str) -> AsyncIterator[Process]:
    """A Python process that is gone afterwards, with all it started."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *arguments,
        env={**os.environ, **environment},
        stderr=asyncio.subprocess.PIPE,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        family = psutil.Process(process.pid).children(recursive=True) if alive(process.pid) else []
        for pid in (process.pid, *(one.pid for one in family)):
            if alive(pid):
                os.kill(pid, signal.SIGKILL)
        await process.wait()


def alive(pid: int) -> bool:
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def listens(process: psutil.Process, port: int) -> bool:
    try:
        return any(one.laddr.port == port for one in process.net_connections())
    except psutil.NoSuchProcess:
        return False


async def errors_of(process: Process) -> str:
    assert process.stderr is not None
    return (await process.stderr.read()).decode()


def loaded(pid: int) -> set[str]:
    """Heavy libraries whose files the process has mapped: asks the kernel, not the process."""
    files = [Path(one.path) for one in psutil.Process(pid).memory_maps()]
    return {name for name in HEAVY for file in files if name in file.parts}


async def test_the_bot_is_small_and_never_loads_what_draws_and_stops_on_sigterm(
    migrated_file: Path, tmp_path: Path
) -> None:
    shutil.copy(migrated_file, tmp_path / "inkthread.db")
    async with (
        Sandbox(deadline=20.0) as sandbox,
        running(
            "-m",
            "bot",
            "bot",
            INKTHREAD_DATA_DIR=str(tmp_path),
            INKTHREAD_DISCORD_API=sandbox.url,
            DISCORD_TOKEN="sandbox",
        ) as bot,
        Member(sandbox.url) as ada,
    ):
        await ada.wait_for_bot()
        await ada.command("/comic")
        assert psutil.Process(bot.pid).memory_info().rss < 150 * MEGABYTE
        assert loaded(bot.pid) == set()
        children = [one.pid for one in psutil.Process(bot.pid).children(recursive=True)]
        bot.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(bot.wait(), PATIENCE) == 0
        assert not [pid for pid in children if alive(pid)]


async def test_without_token_or_sandbox_the_bot_says_what_to_do(tmp_path: Path) -> None:
    bare = {"INKTHREAD_DATA_DIR": str(tmp_path), "INKTHREAD_DISCORD_API": "", "DISCORD_TOKEN": ""}
    async with running("-m", "bot", "bot", **bare) as bot:
        assert await bot.wait() == 2
        assert "inkthread run" in await errors_of(bot)


async def test_a_token_that_is_refused_is_told_and_not_tried_again(
    migrated_file: Path, tmp_path: Path
) -> None:
    shutil.copy(migrated_file, tmp_path / "inkthread.db")
    async with (
        Sandbox(token="right") as sandbox,
        running(
            "-m",
            "bot",
            "bot",
            INKTHREAD_DATA_DIR=str(tmp_path),
            INKTHREAD_DISCORD_API=sandbox.url,
            DISCORD_TOKEN="wrong",
        ) as bot,
    ):
        assert await bot.wait() == 2
        assert "DISCORD_TOKEN" in await errors_of(bot)


SUPERVISOR = """
import asyncio, sys
from bot.supervisor import Child, supervise
port = {port}
child = Child("sandbox", ["sandbox", "--port", str(port)])
sys.exit(asyncio.run(supervise([child, Child("second", ["sandbox", "--port", "0"])], port)))
"""


@pytest.fixture
def quiet_port() -> int:
    """A free port that nobody takes before the test does: the kernel gives none below 32768 to
    those who ask for any."""
    for port in random.SystemRandom().sample(range(20_000, 32_000), 100):
        with contextlib.suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port
    raise LookupError("a hundred ports are taken")


async def gone(pid: int) -> None:
    for _ in range(600):
        if not alive(pid):
            return
        await asyncio.sleep(0.05)
    raise TimeoutError(f"process {pid} lives on")


async def child_listening(supervisor: Process, port: int, other_than: int = 0) -> int:
    """The process id of the child that listens on the port."""
    while True:
        for child in psutil.Process(supervisor.pid).children():
            if child.pid != other_than and listens(child, port):
                return child.pid
        await asyncio.sleep(0.1)


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGKILL])
async def test_a_child_that_crashes_is_started_again_and_none_outlives_the_supervisor(
    end: signal.Signals, quiet_port: int
) -> None:
    script = textwrap.dedent(SUPERVISOR.format(port=quiet_port))
    async with running("-c", script) as supervisor, asyncio.timeout(2 * PATIENCE):
        first = await child_listening(supervisor, quiet_port)
        os.kill(first, signal.SIGKILL)
        again = await child_listening(supervisor, quiet_port, other_than=first)
        supervisor.send_signal(end)
        status = await supervisor.wait()
        assert status == (0 if end is signal.SIGINT else -end)
        await gone(again)


async def test_a_child_that_refuses_to_run_ends_everything(quiet_port: int) -> None:
    async with Sandbox(port=quiet_port), asyncio.timeout(2 * PATIENCE):
        script = SUPERVISOR.format(port=quiet_port)
        async with running("-c", script) as supervisor:
            assert await supervisor.wait() == 2
            assert "can't be used" in await errors_of(supervisor)
