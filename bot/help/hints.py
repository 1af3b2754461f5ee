"""Hints at the first use of something: each once to a member of a server, and never again."""

import logging
from typing import TYPE_CHECKING

import discord
from aiohttp import ClientError

from storage import hints
from storage.errors import Unavailable

if TYPE_CHECKING:
    from bot.client import Inkthread

log = logging.getLogger(__name__)


async def hint(interaction: "discord.Interaction[Inkthread]", name: str) -> None:
    """Say `hint.<name>` of the catalogue privately, after the answer, to whom it is new."""
    guild_id, member_id = interaction.guild_id or 0, interaction.user.id
    words = interaction.client.answers.words(interaction)
    try:
        async with interaction.client.services.database.session() as session:
            new = await hints.first_time(session, guild_id, member_id, name)
        if new:
            await interaction.followup.send(words(f"hint.{name}"), ephemeral=True)
    except (discord.HTTPException, ClientError, OSError, Unavailable) as exc:
        log.warning("The hint %r was not given: %s", name, exc)  # what was asked for is done
