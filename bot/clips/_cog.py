"""`/clip`: a film of a story's newest comic."""

from typing import TYPE_CHECKING

import discord
from discord import app_commands
from discord.app_commands import locale_str
from discord.ext import commands

from bot.clips.buttons import order_clip
from bot.clips.making import FASTEST, FPS, SLOWEST, panel_count, panels_asked
from bot.errors import BotError
from bot.limits import CHOICES
from bot.pages.changing import Comic, read_comic
from bot.stories.here import story_here
from bot.stories.suggesting import suggest_stories
from generation.script.clips import MOST_PANELS, Wish
from generation.script.errors import PlanError
from storage import clips, stories
from storage.errors import NotFound, StorageError
from storage.values import Story

if TYPE_CHECKING:
    from bot.client import Inkthread

CHOICE_LETTERS = 100  # Discord: autocomplete choices
ID_LETTERS = 18  # of a story's; what has more fits no database


class ClipCog(commands.Cog):
    def __init__(self, client: "Inkthread") -> None:
        self._client = client

    @app_commands.command(
        description=locale_str("Make a clip of a comic that is drawn", key="clip")
    )
    @app_commands.describe(
        story=locale_str("Which story; otherwise that of this thread", key="clip_story"),
        panels=locale_str("From which panel to which, as 2-5; otherwise all", key="clip_panels"),
        fps=locale_str("Frames per second, 8 to 24", key="clip_fps"),
        captions=locale_str("Whether the words are drawn on the pictures", key="clip_captions"),
    )
    @app_commands.guild_only()
    async def clip(
        self,
        interaction: "discord.Interaction[Inkthread]",
        story: str = "",
        panels: app_commands.Range[str, 1, 20] = "",
        fps: app_commands.Range[int, SLOWEST, FASTEST] = FPS,
        captions: bool = True,
    ) -> None:
        comic = await self._comic(interaction, story)
        first, last = panels_asked(panels, comic.plan)
        # Where the comic is: not everybody who may read here may read there.
        await order_clip(
            interaction, comic, Wish(first, last, fps, captions), comic.render.channel_id
        )

    @clip.autocomplete("story")
    async def stories_to_choose(
        self, interaction: "discord.Interaction[Inkthread]", typed: str
    ) -> list[app_commands.Choice[str]]:
        return await suggest_stories(interaction, typed)

    @clip.autocomplete("panels")
    async def panels_to_choose(
        self, interaction: "discord.Interaction[Inkthread]", typed: str
    ) -> list[app_commands.Choice[str]]:
        """The whole story first, then neighbours."""
        try:
            comic = await self._comic(interaction, interaction.namespace.story or "")
        except (BotError, StorageError, PlanError):  # the command itself will say it
            return []
        count = panel_count(comic.plan)
        whole = [f"1-{min(count, MOST_PANELS)}"] if count > 2 else []
        pairs = [f"{number}-{number + 1}" for number in range(1, count)]
        offered = [one for one in (*whole, *pairs) if one.startswith(typed.strip())]
        return [app_commands.Choice(name=one, value=one) for one in offered[:CHOICES]]

    async def _comic(self, interaction: "discord.Interaction[Inkthread]", chosen: str) -> Comic:
        """Raises:
        NoStoryHere: none was chosen, and this is no story's thread.
        NotFound: that story isn't there, or not drawn yet.
        """
        database = self._client.services.database
        story = await self._story(interaction, chosen)
        async with database.session() as session:
            comic_id = await clips.newest_comic(session, story.id)
        return await read_comic(database, comic_id)

    async def _story(self, interaction: "discord.Interaction[Inkthread]", chosen: str) -> Story:
        database = self._client.services.database
        if not chosen:
            return await story_here(database, interaction)
        if not chosen.isdecimal() or len(chosen) > ID_LETTERS:  # typed, not chosen
            raise NotFound("story", chosen)
        async with database.session() as session:
            story = await stories.get(session, int(chosen))
        if story.guild_id != interaction.guild_id:
            raise NotFound("story", chosen)
        return story
