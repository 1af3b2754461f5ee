"""What parent and child processes say to each other: msgpack frames over a socket pair.

A frame is four bytes of length (big endian), then msgpack `[name, ticket, body]`. `name` is the
class of the body, `ticket` the order it belongs to: tickets only grow, so an answer to an order
that nobody waits for any more is known by its ticket and dropped.
"""

import asyncio
import contextlib
import socket
import struct
import threading
from dataclasses import dataclass
from typing import Any, get_args

import msgspec

from generation.script.plan import RenderPlan
from generation.studio.events import Bind, BoundFile, Event, Order, Refilm, Repack

LENGTH = struct.Struct(">I")
FRAME_LIMIT = 1 << 30  # bytes; a checkpoint of sixty 1024 px panels has under 0.2 GB


class WireError(Exception):
    """The other side said something that is no frame of ours."""


@dataclass(frozen=True, slots=True)
class Ready:
    """The child takes orders now (ticket 0)."""


@dataclass(frozen=True, slots=True)
class Stop:
    """End this order before its next step."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """The artist's last word on an order: all pictures are sent. Fields as in `Finished`."""

    seconds: dict[str, float]
    peak_memory: int
    micro_batch: int
    steps_drawn: int
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Compose:
    """Asks the press for the pages of a story from page `first` on. `pictures` are PNGs by story
    number."""

    plan: RenderPlan
    pictures: dict[int, bytes]
    first: int = 0


@dataclass(frozen=True, slots=True)
class Composed:
    """The press's last word: all pages are sent."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Bound:
    """The press's answer to `Bind`."""

    files: tuple[BoundFile, ...]


@dataclass(frozen=True, slots=True)
class Repacked:
    """The press's answer to `Repack` and `Refilm`."""

    picture: bytes


PressWork = Compose | Bind | Repack | Refilm
Request = Order | Stop | PressWork
Answer = Event | Ready | Drawn | Composed | Bound | Repacked
Message = Request | Answer

_KINDS: dict[str, type[Any]] = {kind.__name__: kind for kind in get_args(Message)}


def pack(ticket: int, message: Message) -> bytes:
    """One whole frame.

    Raises:
        WireError: the message is larger than `FRAME_LIMIT`.
    """
    body = msgspec.msgpack.encode((type(message).__name__, ticket, message))
    if len(body) > FRAME_LIMIT:
        raise WireError(f"a {type(message).__name__} of {len(body)} bytes is too large to send")
    return LENGTH.pack(len(body)) + body


def unpack(body: bytes | bytearray) -> tuple[int, Message]:
    """Ticket and message of a frame without its length.

    Raises:
        WireError: it is no frame of ours.
    """
    try:
        name, ticket, raw = msgspec.msgpack.decode(body, type=tuple[str, int, msgspec.Raw])
        message: Message = msgspec.msgpack.decode(raw, type=_KINDS[name])
    except (KeyError, msgspec.DecodeError) as exc:
        raise WireError(f"not a frame: {exc}") from exc
    return ticket, message


def length_of(head: bytes | bytearray) -> int:
    """Bytes that follow the four of `head`.

    Raises:
        WireError: more than a frame may have.
    """
    length: int = LENGTH.unpack(head)[0]
    if length > FRAME_LIMIT:
        raise WireError(f"a frame of {length} bytes is over the limit")
    return length


class ChildWire:
    """The child's blocking end. One thread may receive while another sends."""

    def __init__(self, line: socket.socket) -> None:
        self._line = line
        self._sending = threading.Lock()

    def send(self, ticket: int, message: Answer) -> None:
        """Blocks while the parent does not read: that is how a slow reader slows the drawing.

        Raises:
            OSError: the parent is gone.
        """
        frame = pack(ticket, message)
        with self._sending:
            self._line.sendall(frame)

    def receive(self) -> tuple[int, Message] | None:
        """The next message, or None when the parent has closed its end (or died).

        Raises:
            WireError: the parent sent no frame of ours.
        """
        head = self._exactly(LENGTH.size)
        if head is None:
            return None
        body = self._exactly(length_of(head))
        return None if body is None else unpack(body)

    def _exactly(self, count: int) -> bytearray | None:
        data = bytearray(count)
        rest = memoryview(data)
        while rest:
            try:
                got = self._line.recv_into(rest)
            except ConnectionError:
                return None
            if got == 0:
                return None
            rest = rest[got:]
        return data


class ParentWire:
    """The parent's end, for asyncio."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    async def over(cls, line: socket.socket) -> "ParentWire":
        return cls(*await asyncio.open_connection(sock=line))

    async def send(self, ticket: int, message: Request) -> None:
        """Raises:
        ConnectionError: the child is gone.
        """
        self._writer.write(pack(ticket, message))
        await self._writer.drain()

    async def receive(self) -> tuple[int, Answer] | None:
        """The next answer, or None when the child is gone.

        Raises:
            WireError: the child sent something else.
        """
        try:
            head = await self._reader.readexactly(LENGTH.size)
            body = await self._reader.readexactly(length_of(head))
        except (asyncio.IncompleteReadError, ConnectionError):
            return None
        ticket, message = unpack(body)
        if isinstance(message, Request):
            raise WireError(f"a child may not send {type(message).__name__}")
        return ticket, message

    async def close(self) -> None:
        """At once: what is still unsent would only keep a child that does not read."""
        self._writer.transport.abort()
        with contextlib.suppress(ConnectionError):
            await self._writer.wait_closed()
