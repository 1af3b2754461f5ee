"""Names and descriptions of commands in other languages, from the message catalogues."""

import discord
from discord import app_commands

from bot.locales.words import Catalogue


class CatalogueTranslator(app_commands.Translator):
    """A `locale_str("English text", key="comic")` is looked up as `command.comic`, one whose key
    names a table of its own (`style.anime`) as that."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue

    async def translate(
        self,
        string: app_commands.locale_str,
        locale: discord.Locale,
        context: app_commands.TranslationContextTypes,
    ) -> str | None:
        words = self._catalogue.words(locale.value)
        key = string.extras.get("key", "")
        key = key if "." in key else f"command.{key}"
        return words(key) if key in words else None
