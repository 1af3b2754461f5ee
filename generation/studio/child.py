"""A child process as its parent sees it: started, asked, listened to, and buried."""

import asyncio
import contextlib
import logging
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence

from generation.studio.events import Trouble
from generation.studio.mailbox import Mailbox
from generation.studio.studio import StudioError
from generation.studio.wire import ParentWire, Ready, Request, WireError

READY_TIMEOUT = 300.0  # seconds; torch, a cold disk and a busy machine together take minutes
STOP_TIMEOUT = 3.0  # seconds from closing the wire to the kill; `Studio.close` has five in all
READY_TICKET = 0

# The worker draws and nothing else: what the bot is told about Discord, databases and object
# stores is not its business.
OBJECT_STORES = ("AWS_", "AZURE_", "FSSPEC_", "GCSFS_", "GOOGLE_")
PRIVATE = (
    "DISCORD_",
    "INKTHREAD_",
    "DATABASE_",
    "POSTGRES",
    "PG",
    "TEST_POSTGRES_",
    *OBJECT_STORES,
)
MANNERS = {
    # Threads that wait for each other sleep. Spinning, as is the default, a step takes eight times
    # as long while anything else runs on the same cores.
    "OMP_WAIT_POLICY": "PASSIVE",
    "TOKENIZERS_PARALLELISM": "false",
    # Nobody watches a worker load: no bars, no hints for the libraries' developers.
    "TQDM_DISABLE": "1",
    "HF_HUB_DISABLE_PROGRESS_BARS": "1",
    "TRANSFORMERS_VERBOSITY": "error",
    "DIFFUSERS_VERBOSITY": "error",
    "PYTHONWARNINGS": "ignore::FutureWarning",
    "HF_HUB_DISABLE_TELEMETRY": "1",
}

log = logging.getLogger(__name__)


def worker_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """The parent's environment without its secrets; an operator's choice of manners wins."""
    kept = {name: value for name, value in environment.items() if not name.startswith(PRIVATE)}
    return MANNERS | kept


def cause_of_death(code: int) -> str:
    """What a return code of `subprocess` means, for people."""
    if code == -signal.SIGKILL:
        return "it was killed; perhaps the machine ran out of memory"
    if code < 0:
        return f"signal {-code} ended it"
    return f"it ended with code {code}"


class Child:
    """One running `python -m generation.studio NAME`.

    Answers are put into the mailbox of their ticket; those nobody waits for are dropped. While a
    mailbox is full nothing is read, so the child's own sends block: back-pressure to the source.
    """

    def __init__(self, name: str, process: subprocess.Popen[bytes], wire: ParentWire) -> None:
        self.name = name
        self._process = process
        self._wire = wire
        self._boxes: dict[int, Mailbox] = {READY_TICKET: Mailbox()}
        self._alive = True
        self._listener = asyncio.create_task(self._listen(), name=f"studio {name}")

    @classmethod
    async def spawn(cls, name: str, arguments: Sequence[str]) -> "Child":
        """The process runs when this returns; wait for `ready` before the first order."""
        process, line = _spawn(name, arguments)
        return cls(name, process, await ParentWire.over(line))

    async def ready(self) -> None:
        """Returns when the child takes orders.

        Raises:
            StudioError: it ended at once, or takes too long.
        """
        try:
            async with asyncio.timeout(READY_TIMEOUT):
                answer = await self._boxes[READY_TICKET].get()
        except TimeoutError:
            late = f"The {self.name} process was not ready in {READY_TIMEOUT:.0f} seconds."
            raise StudioError(late, Trouble.SILENT) from None
        if not isinstance(answer, Ready):
            did_not = f"The {self.name} process did not start: {self.epitaph()}."
            raise StudioError(did_not, *self.trouble())
        await self.forget(READY_TICKET)
        log.info("the %s process %d takes orders", self.name, self.pid)

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def alive(self) -> bool:
        return self._alive and self._process.poll() is None

    def epitaph(self) -> str:
        """Why it is dead."""
        code = self._process.poll()
        return "it stopped answering" if code is None else cause_of_death(code)

    def trouble(self) -> tuple[Trouble, dict[str, str]]:
        """The same, to be worded in other languages."""
        code = self._process.poll()
        if code is None:
            return Trouble.SILENT, {}
        if code == -signal.SIGKILL:
            return Trouble.KILLED, {}
        if code < 0:
            return Trouble.SIGNALLED, {"signal": str(-code)}
        return Trouble.EXITED, {"status": str(code)}

    async def ask(self, ticket: int, message: Request) -> Mailbox:
        """Send an order and return the box of its answers; `forget` the ticket at the end.

        A child that is dead, or dies later, closes the box.
        """
        box = self._boxes[ticket] = Mailbox()
        if not self._alive:
            await box.close()
        await self.tell(ticket, message)
        return box

    async def tell(self, ticket: int, message: Request) -> None:
        """Send without waiting for an answer; a dead child hears nothing."""
        if self._alive:
            with contextlib.suppress(ConnectionError):  # its box is about to close
                await self._wire.send(ticket, message)

    async def forget(self, ticket: int) -> None:
        box = self._boxes.pop(ticket, None)
        if box is not None:
            await box.abandon()

    def kill(self) -> None:
        """At once. Its orders end as with any other death."""
        self._process.kill()

    async def close(self) -> None:
        """End the process: it exits when its wire closes, and is killed when it does not."""
        for ticket in tuple(self._boxes):
            await self._boxes[ticket].close()
        await self._wire.close()
        try:
            await asyncio.to_thread(self._process.wait, STOP_TIMEOUT)
        except subprocess.TimeoutExpired:
            log.warning("the %s process %d did not stop and is killed", self.name, self.pid)
            self._process.kill()
            await asyncio.to_thread(self._process.wait)
        await self._listener

    async def _listen(self) -> None:
        try:
            while (frame := await self._wire.receive()) is not None:
                ticket, message = frame
                if ticket in self._boxes:
                    await self._boxes[ticket].put(message)
        except WireError:
            log.exception("the %s process %d speaks in tongues and is killed", self.name, self.pid)
            self._process.kill()
        await asyncio.to_thread(self._reap)
        self._alive = False
        for box in tuple(self._boxes.values()):
            await box.close()

    def _reap(self) -> None:
        """A closed wire means a dead process, or one that must not live on."""
        try:
            self._process.wait(STOP_TIMEOUT)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def _spawn(name: str, arguments: Sequence[str]) -> tuple[subprocess.Popen[bytes], socket.socket]:
    """Start the process; its wire is a socket of its own, so that nothing printed gets into it."""
    ours, theirs = socket.socketpair()
    command = [sys.executable, "-P", "-m", "generation.studio", name]
    command += ["--wire", str(theirs.fileno()), "--parent", str(os.getpid()), *arguments]
    command += ["--log-level", logging.getLevelName(log.getEffectiveLevel())]
    with theirs:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=2,  # what a library prints joins the log lines
            pass_fds=(theirs.fileno(),),
            env=worker_environment(os.environ),
            # Ctrl-C goes to the foreground group only. A whole session of its own would also be a
            # scheduler group of its own, in which a nice value means nothing to other processes.
            process_group=0,
        )
    return process, ours
