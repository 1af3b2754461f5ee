"""Answering an interaction: privately, and with a sentence when something went wrong."""

import logging
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import discord
from discord import app_commands

from bot.acknowledging import ANSWERED_ALREADY, is_too_late
from bot.characters.changing import RemoveAnywayButton
from bot.choosing.buttons import SeedButton
from bot.errors import DraftKept, KeptForLater, NotDrawnYet, RedoRefused, SeedRefused, StillNamed
from bot.locales.words import Catalogue, Words
from bot.pages.buttons import RedoButton
from bot.replies import reply_to
from bot.stories.buttons import DrawButton, EditButton, MendButton, sticky_view
from bot.whispers import say_too_late, whisper

log = logging.getLogger(__name__)


class Answers:
    """Words in the member's language, and Discord's central error handler."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue

    def words(self, interaction: discord.Interaction[Any]) -> Words:
        return self._catalogue.words(interaction.locale.value)

    def words_for(self, message: discord.Message) -> Words:
        """What everyone reads is in the server's language."""
        return self.words_of(message.guild)

    def words_of(self, guild: discord.Guild | None) -> Words:
        """In the server's language."""
        return self._catalogue.words(guild.preferred_locale.value if guild else "")

    @asynccontextmanager
    async def apologies(self, interaction: discord.Interaction[Any]) -> AsyncIterator[None]:
        """Turn whatever goes wrong inside into a private reply."""
        try:
            yield
        except Exception as exc:
            await self.explain(interaction, exc)

    async def explain(self, interaction: discord.Interaction[Any], error: Exception) -> None:
        """Tell the member; log what nobody expected, under a number that the reply names."""
        if isinstance(error, app_commands.CommandInvokeError):
            error = error.original
        if isinstance(error, discord.HTTPException) and error.code == ANSWERED_ALREADY:
            log.warning("Interaction %s is answered already: %s", interaction.id, error)
            return
        if isinstance(error, discord.HTTPException) and is_too_late(error):
            await say_too_late(interaction)
            return
        words = self.words(interaction)
        text = reply_to(error, words)
        if text is None:
            number = secrets.token_hex(3)
            log.error("Interaction %s failed (%s)", interaction.id, number, exc_info=error)
            text = words("error.unexpected", number=number)
        try:
            view = way_out(error, words)
            await whisper(interaction, text, view, replace=view is not None, not_secret=True)
        except discord.HTTPException as exc:
            log.warning("Interaction %s can't be answered: %s", interaction.id, exc)


def way_out(error: Exception, words: Words) -> discord.ui.View | None:
    """A button with which the member goes on."""
    if isinstance(error, DraftKept | KeptForLater) and error.draft_id is not None:
        return sticky_view(MendButton(error.draft_id, words))
    if isinstance(error, StillNamed):
        key = f"{error.story_id}-{error.character_id}"
        return sticky_view(RemoveAnywayButton(key, words))
    if isinstance(error, DraftKept):
        return sticky_view(EditButton(error.story_id, words))
    if isinstance(error, RedoRefused):
        return sticky_view(RedoButton(error.marker, words))
    if isinstance(error, SeedRefused):
        return sticky_view(SeedButton(f"{error.story_id}:{error.seed}", words))
    if isinstance(error, NotDrawnYet):
        return sticky_view(DrawButton(error.story_id, words), EditButton(error.story_id, words))
    return None
