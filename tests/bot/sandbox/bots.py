"""Stock discord.py clients for the tests, pointed at a sandbox."""

import asyncio
import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import discord
import yarl
from discord import app_commands
from discord.gateway import DiscordWebSocket
from discord.http import Route
from PIL import Image

from bot.sandbox.member import PATIENCE
from bot.sandbox.server import Sandbox


def point_discord_at(sandbox: Sandbox) -> None:
    """What the real bot does with its setting."""
    Route.BASE = sandbox.url + "/api/v10"
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(sandbox.gateway_url)


class Client(discord.Client):
    """Nothing but discord.py, with a command tree and a list of the events it saw."""

    def __init__(self, intents: discord.Intents | None = None, **options: Any) -> None:
        options.setdefault("guild_ready_timeout", 0.05)
        super().__init__(intents=intents or discord.Intents.default(), **options)
        self.tree = app_commands.CommandTree(self)
        self.seen: list[discord.Message] = []
        self.counts: dict[str, int] = {}

    def dispatch(self, event: str, /, *args: Any, **kwargs: Any) -> None:
        self.counts[event] = self.counts.get(event, 0) + 1
        super().dispatch(event, *args, **kwargs)

    async def on_message(self, message: discord.Message) -> None:
        self.seen.append(message)

    @property
    def guild(self) -> discord.Guild:
        return self.guilds[0]

    @property
    def comics(self) -> discord.TextChannel:
        return next(c for c in self.guild.text_channels if c.name == "comics")


@asynccontextmanager
async def running(client: discord.Client, sandbox: Sandbox) -> AsyncIterator[None]:
    """The client logged in and ready, closed afterwards."""
    point_discord_at(sandbox)
    await client.login("any token")
    task = asyncio.create_task(client.connect())
    ready = asyncio.create_task(client.wait_until_ready())
    try:
        await asyncio.wait({task, ready}, timeout=PATIENCE, return_when=asyncio.FIRST_COMPLETED)
        ready.cancel()
        if task.done():
            task.result()
        yield
    finally:
        await client.close()
        await asyncio.gather(task, ready, return_exceptions=True)


def picture(width: int = 64, height: int = 48) -> io.BytesIO:
    """A PNG file."""
    data = io.BytesIO()
    Image.new("RGB", (width, height), "orange").save(data, "PNG")
    data.seek(0)
    return data
