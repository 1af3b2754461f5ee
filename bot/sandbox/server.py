"""The sandbox: Discord's API v10, its gateway and a page, on loopback.

Point stock discord.py at a sandbox before the client is made:

    discord.http.Route.BASE = sandbox.url + "/api/v10"
    discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(sandbox.gateway_url)

Any token will do. Everything the library does afterwards is unchanged.
"""

import asyncio
import time
from pathlib import Path

from aiohttp import web

from bot.sandbox import (
    rest_channels,
    rest_commands,
    rest_guilds,
    rest_interactions,
    rest_messages,
    rest_webhooks,
)
from bot.sandbox.arranging import ArrangingApi
from bot.sandbox.core import CORE, Core, Observer
from bot.sandbox.faults import Faults
from bot.sandbox.gateway import gateway
from bot.sandbox.interactions import DEADLINE, Interactions
from bot.sandbox.rest import Handler, web_routes
from bot.sandbox.sandbox_api import SandboxApi
from bot.sandbox.site import cdn, loopback_only, page_routes
from bot.sandbox.threads import archive_idle
from bot.sandbox.wire import Clock

HOST = "127.0.0.1"
SWEEP = 30.0  # seconds between two looks for idle threads
LARGEST_REQUEST = 64 * 1024 * 1024  # bytes; above it not even an error in Discord's shape


class Sandbox:
    """`async with Sandbox() as sandbox: ...`, or `start()` and `close()`."""

    def __init__(
        self,
        port: int = 0,
        state: Path | None = None,
        faults: Faults | None = None,
        observer: Observer | None = None,
        clock: Clock = time.time,
        heartbeat: float = 41.25,
        token: str | None = None,
        document: Path | None = None,
        deadline: float = DEADLINE,
    ) -> None:
        """Port 0 takes a free one; without the file `state` nothing outlives the process.
        `document` is Discord's OpenAPI document, if the page is to check calls against it;
        `deadline` the seconds in which a bot must answer an interaction.

        Raises:
            NoDocument: it can't be used.
        """
        self._port = port
        self.core = Core(
            state=state,
            faults=faults,
            clock=clock,
            observer=observer,
            heartbeat=heartbeat,
            token=token,
            document=document,
        )
        self.interactions = Interactions(self.core, deadline)
        self._runner: web.AppRunner | None = None
        self._sweeper: asyncio.Task[None] | None = None

    @property
    def url(self) -> str:
        return self.core.url

    @property
    def gateway_url(self) -> str:
        return self.core.gateway_url

    @property
    def faults(self) -> Faults:
        return self.core.faults

    async def start(self) -> "Sandbox":
        app = web.Application(client_max_size=LARGEST_REQUEST, middlewares=[loopback_only()])
        app[CORE] = self.core
        app.router.add_routes(
            [
                web.get("/gateway", gateway),
                web.get("/gateway/", gateway),
                web.get("/cdn/attachments/{channel}/{attachment}/{name}", cdn),
                *SandboxApi(self.core, self.interactions).routes(),
                *ArrangingApi(self.core, self.interactions).routes(),
                *web_routes(self.core, self._api()),
                *page_routes(),
            ]
        )
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        site = web.TCPSite(self._runner, HOST, self._port, reuse_address=True)
        await site.start()
        port = self._runner.addresses[0][1]
        self.core.url = f"http://{HOST}:{port}"
        self.core.world.move(self.core.url)
        self._sweeper = asyncio.create_task(self._sweep())
        return self

    async def _sweep(self) -> None:
        while True:
            archive_idle(self.core)
            await asyncio.sleep(SWEEP)

    def _api(self) -> list[tuple[str, str, Handler]]:
        return [
            *rest_guilds.routes(),
            *rest_commands.routes(),
            *rest_channels.routes(),
            *rest_messages.routes(),
            *rest_interactions.routes(self.interactions),
            *rest_webhooks.routes(self.interactions),
        ]

    async def close(self) -> None:
        if self._sweeper is not None:
            self._sweeper.cancel()
        self.core.stream.close()
        for socket in list(self.core.sockets):
            await socket.close(code=1001)
        if self._runner is not None:
            await self._runner.cleanup()
        self.core.store.close()

    async def __aenter__(self) -> "Sandbox":
        return await self.start()

    async def __aexit__(self, *_: object) -> None:
        await self.close()
