"""One first answer to an interaction, whatever is lost on the way, and a word when it is too late.

Discord takes one first answer within three seconds, and all others for 15 minutes. A request that
ends with an error of Discord's server may have arrived: discord.py sends it again, and is then told
that there is an answer already. Two answers of ours never meet, so that answer is the one we sent.
"""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import discord

from bot.limits import MESSAGE_LETTERS

log = logging.getLogger(__name__)

# Discord: Opcodes and Status Codes, JSON
ANSWERED_ALREADY = 40060
UNKNOWN_INTERACTION = 10062  # the three seconds are over
UNKNOWN_WEBHOOK = 10015  # there was no first answer, so there are no others
INVALID_TOKEN = 50027  # the 15 minutes are over
TOO_LATE = (UNKNOWN_INTERACTION, UNKNOWN_WEBHOOK, INVALID_TOKEN)

LOCK, ANSWERED = "ink:lock", "ink:answered"  # in the interaction's extras


@asynccontextmanager
async def first_answer(interaction: discord.Interaction[Any]) -> AsyncIterator[bool]:
    """Whether the first answer is still to be given: inside; nobody else gives one meanwhile."""
    async with interaction.extras.setdefault(LOCK, asyncio.Lock()):
        if is_answered(interaction):
            yield False
            return
        try:
            yield True
        except discord.HTTPException as exc:
            if exc.code != ANSWERED_ALREADY:
                raise
            interaction.extras[ANSWERED] = True


def is_answered(interaction: discord.Interaction[Any]) -> bool:
    return interaction.response.is_done() or ANSWERED in interaction.extras


def is_too_late(error: discord.HTTPException) -> bool:
    return error.code in TOO_LATE


async def say_aloud_instead(
    interaction: discord.Interaction[Any],
    text: str,
    *,
    to: discord.abc.Snowflake | None,
    view: discord.ui.View | None = None,
    file: discord.File | None = None,
) -> None:
    """In the channel, because the interaction takes no answer any more. `to`: a member who is
    mentioned, and gets a notification."""
    log.warning("Interaction %s came too late to be answered; its channel is told", interaction.id)
    if to is not None:
        text = f"<@{to.id}> {text}"
    if file is not None:
        file.reset()
    given = {"view": view, "file": file}
    extra: dict[str, Any] = {name: one for name, one in given.items() if one is not None}
    channel = interaction.client.get_partial_messageable(
        interaction.channel_id, guild_id=interaction.guild_id
    )
    try:
        await channel.send(
            text[:MESSAGE_LETTERS],
            allowed_mentions=discord.AllowedMentions(users=[to] if to else False),
            nonce=str(interaction.id),  # Discord drops a second message with it, for some minutes
            **extra,
        )
    except discord.HTTPException as exc:
        log.warning("The channel of interaction %s can't be told either: %s", interaction.id, exc)
