"""The gateway's websocket: hello, identify or resume, heartbeats, members on request.

https://docs.discord.com/developers/events/gateway
"""

import asyncio
import contextlib
import importlib
import zlib
from collections.abc import Callable

from aiohttp import WSCloseCode, WSMsgType, web

from bot.sandbox.core import CORE, Core
from bot.sandbox.intents import PRIVILEGED
from bot.sandbox.sessions import Link, Session
from bot.sandbox.views import APPLICATION_FLAGS, guild_event, member_view
from bot.sandbox.wire import Json, decode, encode

DISPATCH, HEARTBEAT, IDENTIFY, PRESENCE, VOICE, RESUME, RECONNECT = 0, 1, 2, 3, 4, 6, 7
REQUEST_MEMBERS, INVALID_SESSION, HELLO, HEARTBEAT_ACK = 8, 9, 10, 11
# Seconds that a heartbeat's answer takes. discord.py notes the time of a heartbeat just after it
# sent it; an answer that is faster than that counts as one to the heartbeat before.
DISTANCE = 0.05

# https://docs.discord.com/developers/topics/opcodes-and-status-codes#gateway-gateway-close-event-codes
UNKNOWN_OPCODE, DECODE_ERROR, NOT_AUTHENTICATED = 4001, 4002, 4003
AUTHENTICATION_FAILED, ALREADY_AUTHENTICATED, TIMED_OUT = 4004, 4005, 4009
DISALLOWED_INTENTS = 4014

Compressor = Callable[[bytes], bytes]


async def gateway(request: web.Request) -> web.WebSocketResponse:
    core = request.app[CORE]
    socket = web.WebSocketResponse(compress=False, max_msg_size=64 * 1024)
    compress = _compressor(request.query.get("compress", ""))
    await socket.prepare(request)
    core.sockets.add(socket)
    try:
        await Connection(core, socket, compress).run()
    finally:
        core.sockets.discard(socket)
    return socket


def _compressor(name: str) -> Compressor | None:
    """discord.py asks for zstd-stream where it can decompress it, else for zlib-stream."""
    if name == "zlib-stream":
        stream = zlib.compressobj()
        return lambda data: stream.compress(data) + stream.flush(zlib.Z_SYNC_FLUSH)
    if name == "zstd-stream":
        try:
            zstandard = importlib.import_module("zstandard")
        except ModuleNotFoundError:
            raise web.HTTPNotAcceptable(text="zstd-stream needs the package zstandard") from None
        zstd = zstandard.ZstdCompressor().compressobj()
        flush = zstandard.COMPRESSOBJ_FLUSH_BLOCK
        return lambda data: bytes(zstd.compress(data) + zstd.flush(flush))
    return None


class Connection:
    def __init__(
        self, core: Core, socket: web.WebSocketResponse, compress: Compressor | None
    ) -> None:
        self._core = core
        self._socket = socket
        self._compress = compress
        self._link = Link()
        self._session: Session | None = None
        self._closed_here = False  # then the client's 1000 is an echo, not a goodbye

    async def run(self) -> None:
        writer = asyncio.create_task(self._write())
        self._say(HELLO, {"heartbeat_interval": int(self._core.heartbeat * 1000)})
        try:
            await self._read()
        finally:
            writer.cancel()
            if self._session is not None:
                goodbye = self._socket.close_code in (WSCloseCode.OK, WSCloseCode.GOING_AWAY)
                if goodbye and not self._closed_here:
                    self._core.hub.ended(self._session)
                else:
                    self._core.hub.lost(self._session, self._link)

    async def _write(self) -> None:
        with contextlib.suppress(ConnectionResetError):  # a resume gets what was not sent
            while True:
                frame = await self._link.outbox.get()
                if isinstance(frame, int):
                    self._closed_here = True
                    await self._socket.close(code=frame)
                    return
                if self._compress is None:
                    await self._socket.send_str(frame.decode())
                else:
                    await self._socket.send_bytes(self._compress(frame))

    async def _read(self) -> None:
        silence = self._core.heartbeat * 1.5 + 5
        while True:
            try:
                message = await self._socket.receive(timeout=silence)
            except TimeoutError:
                await self._socket.close(code=TIMED_OUT)
                return
            if message.type not in (WSMsgType.TEXT, WSMsgType.BINARY):
                return
            try:
                body = decode(message.data)
                self._receive(body["op"], body.get("d"))
            except (ValueError, TypeError, KeyError, AttributeError):
                self._link.close(DECODE_ERROR)

    def _receive(self, operation: int, data: Json) -> None:
        if operation == HEARTBEAT:
            asyncio.get_running_loop().call_later(DISTANCE, self._say, HEARTBEAT_ACK, None)
        elif operation == IDENTIFY and self._session is None:
            self._identify(data)
        elif operation == RESUME and self._session is None:
            self._resume(data)
        elif operation in (IDENTIFY, RESUME):
            self._link.close(ALREADY_AUTHENTICATED)
        elif self._session is None:
            self._link.close(NOT_AUTHENTICATED)
        elif operation == REQUEST_MEMBERS:
            self._chunk(data)
        elif operation not in (PRESENCE, VOICE):
            self._link.close(UNKNOWN_OPCODE)

    def _say(self, operation: int, data: object) -> None:
        self._link.send(encode({"op": operation, "t": None, "s": None, "d": data}))

    def _push(self, event: str, data: Json) -> None:
        """An event for this connection alone."""
        if self._session is not None:
            self._session.push(event, data)
            self._core.record_event(event, data)

    def _identify(self, data: Json) -> None:
        token = str(data.get("token", "")).removeprefix("Bot ")
        if not self._core.accepts(token):
            self._link.close(AUTHENTICATION_FAILED)
            return
        world = self._core.world
        intents = int(data["intents"])
        if self._core.faults.refuse_intents and intents & PRIVILEGED:
            self._link.close(DISALLOWED_INTENTS)
            return
        joined = world.bot_id in world.members
        self._session = self._core.hub.open(token, intents, self._link)
        self._push(
            "READY",
            {
                "v": 10,
                "user": world.bot | {"mfa_enabled": False, "verified": True, "email": None},
                "guilds": [{"id": world.guild["id"], "unavailable": True}] if joined else [],
                "session_id": self._session.id,
                "resume_gateway_url": self._core.gateway_url,
                "shard": data.get("shard", [0, 1]),
                "application": {"id": world.bot_id, "flags": APPLICATION_FLAGS},
            },
        )
        if joined:
            self._push("GUILD_CREATE", guild_event(world))

    def _resume(self, data: Json) -> None:
        token = str(data.get("token", "")).removeprefix("Bot ")
        session = self._core.hub.resume(
            str(data.get("session_id")), token, int(data.get("seq") or 0), self._link
        )
        if session is None:
            self._say(INVALID_SESSION, False)
            return
        self._session = session
        self._push("RESUMED", {})

    def _chunk(self, data: Json) -> None:
        """https://docs.discord.com/developers/events/gateway-events#request-guild-members"""
        world = self._core.world
        query = str(data.get("query") or "").lower()
        wanted = data.get("user_ids")
        ids = [str(wanted)] if isinstance(wanted, str | int) else [str(i) for i in wanted or []]
        found = [
            member_view(world, user_id)
            for user_id, user in world.users.items()
            if (user_id in ids if ids else user["username"].startswith(query))
        ]
        answer: Json = {
            "guild_id": world.guild["id"],
            "members": found,
            "chunk_index": 0,
            "chunk_count": 1,
            "not_found": [user_id for user_id in ids if user_id not in world.users],
        }
        if "nonce" in data:
            answer["nonce"] = data["nonce"]
        self._push("GUILD_MEMBERS_CHUNK", answer)
