"""What becomes of a server's comics when the bot has left it, or when a channel is deleted."""

import logging
from functools import partial
from typing import TYPE_CHECKING

import discord
from discord.ext import commands

from bot.patience import persistently
from storage import departures
from storage.departures import Departure

if TYPE_CHECKING:
    from bot.client import Inkthread

log = logging.getLogger(__name__)


class GuildCog(commands.Cog):
    def __init__(self, client: "Inkthread") -> None:
        self._client = client

    @commands.Cog.listener()
    async def on_ready(self) -> None:
        """It may have left servers while it was away. Those that Discord can't reach at the moment
        are among its guilds nevertheless."""
        present = {guild.id for guild in self._client.guilds}

        async def wanted() -> set[int]:
            async with self._client.services.database.session() as session:
                return await departures.unfinished_guilds(session)

        for guild_id in await persistently("read the guilds", wanted) - present:
            await self._leave(guild_id)

    @commands.Cog.listener()
    async def on_guild_remove(self, guild: discord.Guild) -> None:
        await self._leave(guild.id)

    @commands.Cog.listener()
    async def on_guild_channel_delete(self, channel: discord.abc.GuildChannel) -> None:
        await self._close(channel.id)

    @commands.Cog.listener()
    async def on_raw_thread_delete(self, thread: discord.RawThreadDeleteEvent) -> None:
        await self._close(thread.thread_id)

    async def _leave(self, guild_id: int) -> None:
        async def leave() -> Departure:
            async with self._client.services.database.session() as session:
                return await departures.guild_left(session, guild_id)

        gone = await persistently("leave a guild", leave)
        await self._cancel(f"Guild {guild_id} was left", gone)

    async def _close(self, channel_id: int) -> None:
        async def close() -> Departure:
            async with self._client.services.database.session() as session:
                return await departures.channel_deleted(session, channel_id)

        gone = await persistently("close a channel", close)
        await self._cancel(f"Channel {channel_id} was deleted", gone)

    async def _cancel(self, what: str, gone: Departure) -> None:
        for render_id in gone.renders:
            cancel = partial(self._client.services.dispatcher.cancel, render_id)
            await persistently("cancel a render", cancel)
        if gone != Departure((), 0, 0):
            log.warning(
                "%s: %d drawings cancelled, %d pages not posted, %d schedules paused",
                what,
                len(gone.renders),
                gone.posts,
                gone.schedules,
            )
