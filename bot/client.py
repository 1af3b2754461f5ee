"""The bot's connection to Discord: stock discord.py, our cogs, and the jobs that run beside it."""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Any

import discord
import yarl
from discord import app_commands
from discord.ext import commands
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bot.answers import Answers
from bot.features import COGS, ITEMS
from bot.locales.translator import CatalogueTranslator
from bot.whispers import think_when_late
from bot.wiring import Supplies, connect

log = logging.getLogger(__name__)

REMEMBERED = 1000  # interactions and messages; a resumed connection may repeat the latest ones
PAUSE = 5.0  # seconds before a job that failed is tried again


class Tree(app_commands.CommandTree["Inkthread"]):
    """Commands, with one central error handler."""

    async def interaction_check(self, interaction: "discord.Interaction[Inkthread]", /) -> bool:
        autocomplete = interaction.type is discord.InteractionType.autocomplete
        return autocomplete or self.client.admit(interaction)

    async def on_error(
        self,
        interaction: "discord.Interaction[Inkthread]",
        error: app_commands.AppCommandError,
        /,
    ) -> None:
        await self.client.answers.explain(interaction, error)


class Inkthread(commands.Bot):
    def __init__(self, supplies: Supplies, *, message_content: bool = False) -> None:
        super().__init__(
            command_prefix=commands.when_mentioned,
            help_command=None,
            tree_cls=Tree,
            intents=_intents(message_content),
            allowed_mentions=discord.AllowedMentions.none(),
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            max_messages=None,  # nothing is read from the cache: memory stays small
            guild_ready_timeout=0.0,  # no member lists are asked for, so there's nothing to await
        )
        self.answers = Answers(supplies.catalogue)
        self.services = connect(self, supplies)
        self._catalogue = supplies.catalogue
        self._seen: OrderedDict[int, None] = OrderedDict()
        self._watches: set[asyncio.Task[None]] = set()
        self._jobs: list[asyncio.Task[None]] = []

    async def setup_hook(self) -> None:
        """After the login, before the connection."""
        self.add_dynamic_items(*ITEMS)
        await self.tree.set_translator(CatalogueTranslator(self._catalogue))
        for cog in COGS:
            await self.add_cog(cog(self))
        await self.tree.sync()
        self._jobs = [
            asyncio.create_task(_forever(name, job), name=name)
            for name, job in self.services.jobs().items()
        ]

    async def on_ready(self) -> None:
        log.info("Ready as %s in %d servers", self.user, len(self.guilds))

    async def on_message(self, message: discord.Message, /) -> None:
        """There are no text commands."""

    def admit(self, interaction: discord.Interaction[Any], *, opens_dialog: bool = False) -> bool:
        """Take an interaction on; False when the same one came before, as events may be repeated.
        One that opens a dialog can't be kept waiting: a dialog must be the first answer."""
        if not self.first_time(interaction.id):
            return False
        if not opens_dialog:
            watch = asyncio.create_task(think_when_late(interaction))
            self._watches.add(watch)
            watch.add_done_callback(self._watches.discard)
        return True

    def first_time(self, event_id: int) -> bool:
        """False when the same interaction or message came before."""
        if event_id in self._seen:
            return False
        self._seen[event_id] = None
        if len(self._seen) > REMEMBERED:
            self._seen.popitem(last=False)
        return True

    async def close(self) -> None:
        """Stop the jobs (the dispatcher stops its worker), then the connection."""
        if self.is_closed():
            return
        tasks = [*self._jobs, *self._watches]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self.services.board.close()
        await self.services.cards.close()
        await super().close()


def point_to(api: str) -> None:
    """Talk to a Discord-compatible server instead of Discord, for example `http://localhost:8710`.

    discord.py keeps both addresses on its classes, so this holds for the whole process.
    """
    address = yarl.URL(api)
    Route.BASE = f"{address}".rstrip("/") + "/api/v10"
    DiscordWebSocket.DEFAULT_GATEWAY = address.with_scheme(
        "wss" if address.scheme == "https" else "ws"
    ).joinpath("gateway")


def _intents(message_content: bool) -> discord.Intents:
    intents = discord.Intents.none()
    intents.guilds = True
    intents.guild_messages = True
    intents.message_content = message_content
    return intents


async def _forever(name: str, job: Callable[[], Awaitable[None]]) -> None:
    """Keep a job running, whatever happens in it."""
    while True:
        try:
            await job()
        except Exception:
            log.exception("The %s stopped; it starts again in %s s", name, PAUSE)
        await asyncio.sleep(PAUSE)
