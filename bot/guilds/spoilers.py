"""Which pictures a server hides until they are clicked on."""

from typing import TYPE_CHECKING

import discord
from discord import app_commands
from discord.app_commands import locale_str

from bot.errors import NotManager
from bot.whispers import whisper
from storage import guilds
from storage.values import Spoilers

if TYPE_CHECKING:
    from bot.client import Inkthread

SPOILERS = [
    app_commands.Choice(
        name=locale_str("None is hidden", key="spoilers_never"), value=Spoilers.NEVER.value
    ),
    app_commands.Choice(
        name=locale_str("Hidden but in age-restricted channels", key="spoilers_outside"),
        value=Spoilers.OUTSIDE.value,
    ),
    app_commands.Choice(
        name=locale_str("All are hidden", key="spoilers_always"), value=Spoilers.ALWAYS.value
    ),
]


async def set_spoilers(interaction: "discord.Interaction[Inkthread]", spoilers: Spoilers) -> None:
    """From now on; messages that are there stay as they are.

    Raises:
        NotManager: the member may not manage the server.
    """
    if not interaction.permissions.manage_guild:
        raise NotManager
    assert interaction.guild_id is not None  # the command is for servers only
    words = interaction.client.answers.words(interaction)
    async with interaction.client.services.database.session() as session:
        await guilds.set_spoilers(session, interaction.guild_id, spoilers)
    await whisper(interaction, words(f"spoilers.{spoilers}"))


def is_hidden(client: discord.Client, spoilers: Spoilers, channel_id: int) -> bool:
    """Whether pictures are hidden in a channel. One that nobody knows counts as open to all."""
    if spoilers is not Spoilers.OUTSIDE:
        return spoilers is Spoilers.ALWAYS
    channel = client.get_channel(channel_id)
    return not (isinstance(channel, discord.TextChannel | discord.Thread) and channel.is_nsfw())
