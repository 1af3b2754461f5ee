"""`/help`, and a greeting where the bot is new."""

import logging
from typing import TYPE_CHECKING

import discord
from aiohttp import ClientError
from discord import app_commands
from discord.app_commands import locale_str
from discord.ext import commands

from bot.help.telling import OPEN_STORIES, help_texts, wanted_here
from bot.permissions import missing_of
from bot.whispers import whisper_view
from storage import hints, stories
from storage.errors import Unavailable

if TYPE_CHECKING:
    from bot.client import Inkthread

log = logging.getLogger(__name__)


class HelpCog(commands.Cog):
    def __init__(self, client: "Inkthread") -> None:
        self._client = client

    @app_commands.command(
        description=locale_str("What this bot does, and how to begin", key="help")
    )
    @app_commands.guild_only()
    async def help(self, interaction: "discord.Interaction[Inkthread]") -> None:
        words = self._client.answers.words(interaction)
        async with self._client.services.database.session() as session:
            found = await stories.open_threads(
                session, interaction.guild_id or 0, limit=OPEN_STORIES
            )
        names = [
            one.qualified_name
            for one in self._client.tree.walk_commands()
            if isinstance(one, app_commands.Command)
        ]
        missing = missing_of(interaction.app_permissions, wanted_here(interaction.channel))
        view = discord.ui.LayoutView(timeout=None)
        for part in help_texts(names, missing, found, words):
            view.add_item(discord.ui.TextDisplay(part))
        await whisper_view(interaction, view)

    @commands.Cog.listener()
    async def on_guild_join(self, guild: discord.Guild) -> None:
        """One greeting, once: where the server greets its newcomers, if it does."""
        channel = guild.system_channel
        if channel is None or not channel.permissions_for(guild.me).send_messages:
            return
        try:
            async with self._client.services.database.session() as session:
                new = await hints.first_time(session, guild.id, hints.EVERYBODY, "welcome")
            if new:
                words = self._client.answers.words_of(guild)
                await channel.send(words("help.welcome"), silent=True)
        except (discord.HTTPException, ClientError, OSError, Unavailable) as exc:
            log.warning("Guild %s is not greeted: %s", guild.id, exc)
