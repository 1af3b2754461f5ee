"""`/settings`, and the dialog of the seed that comes back, also after a restart."""

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import discord
from discord import app_commands
from discord.app_commands import locale_str
from discord.ext import commands

from bot.choosing.buttons import chooser_of, show_settings
from bot.choosing.choosing import choose_seed, chosen
from bot.guilds.spoilers import SPOILERS, set_spoilers
from bot.stories.dialog import input_values
from bot.whispers import hold_panel
from storage.values import Spoilers

if TYPE_CHECKING:
    from bot.client import Inkthread

_SEED = re.compile(r"ink:seed:(?P<story>\d{1,18})")


@app_commands.guild_only()
class SettingsCog(
    commands.GroupCog,
    group_name="settings",
    group_description=locale_str("How comics are drawn and shown", key="settings"),
):
    def __init__(self, client: "Inkthread") -> None:
        self._client = client

    @app_commands.command(
        description=locale_str("Choose how your next comics are drawn", key="settings_drawing")
    )
    async def drawing(self, interaction: "discord.Interaction[Inkthread]") -> None:
        chooser = await chooser_of(interaction, 0)
        before = await chosen(self._client.services.database, chooser)
        await show_settings(interaction, chooser, before)

    @app_commands.command(
        description=locale_str(
            "Choose which pictures are hidden until they are clicked on", key="settings_spoilers"
        )
    )
    @app_commands.describe(pictures=locale_str("Which pictures", key="spoilers_which"))
    @app_commands.choices(pictures=SPOILERS)
    async def spoilers(self, interaction: "discord.Interaction[Inkthread]", pictures: str) -> None:
        await set_spoilers(interaction, Spoilers(pictures))

    @commands.Cog.listener()
    async def on_interaction(self, interaction: "discord.Interaction[Inkthread]") -> None:
        if interaction.type is not discord.InteractionType.modal_submit or not interaction.data:
            return
        data: Mapping[str, Any] = interaction.data
        match = _SEED.fullmatch(data["custom_id"])
        if match is None or not self._client.admit(interaction):
            return
        async with self._client.answers.apologies(interaction):
            typed = dict(input_values(data["components"])).get("seed", "")
            await self._seed(interaction, int(match["story"]), typed)

    async def _seed(
        self, interaction: "discord.Interaction[Inkthread]", story_id: int, typed: str
    ) -> None:
        services = self._client.services
        chooser = await chooser_of(interaction, story_id)
        after = await choose_seed(services.database, chooser, typed)
        await hold_panel(interaction)
        services.cards.touch(story_id)
        await show_settings(interaction, chooser, after)
