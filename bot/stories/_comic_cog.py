"""`/comic`: a whole story in one dialog, and that dialog when it comes back."""

from typing import TYPE_CHECKING

import discord
from discord import app_commands
from discord.app_commands import locale_str
from discord.ext import commands

from bot.choosing.buttons import SettingsButton
from bot.errors import BotError, NotDrawnYet
from bot.help.hints import hint
from bot.locales.words import Words
from bot.permissions import need_to_post
from bot.rendering.ordering import order_story
from bot.stories.buttons import DropDraftButton, EditButton, NewComicButton, sticky_view
from bot.stories.card import clipped
from bot.stories.dialog import Submitted, new_comic_dialog, read_dialog
from bot.stories.writing import TITLE_LETTERS, rewrite_comic, title_of, write_comic
from bot.whispers import open_dialog, whisper
from storage import choices, stories
from storage.errors import StorageError
from storage.values import Story

if TYPE_CHECKING:
    from bot.client import Inkthread

BEGUN = 120  # letters of an unfinished text, by which its member knows it again


class ComicCog(commands.Cog):
    def __init__(self, client: "Inkthread") -> None:
        self._client = client

    async def cog_load(self) -> None:
        """The styles on offer are known only now."""

        @app_commands.command(
            name="comic",
            description=locale_str("Write a comic in a dialog and have it drawn here", key="comic"),
        )
        @app_commands.describe(
            title=locale_str("What the comic is called", key="comic_title"),
            style=locale_str("How it is drawn", key="comic_style"),
        )
        @app_commands.choices(style=self._client.services.style_choices())
        @app_commands.guild_only()
        async def comic(
            interaction: "discord.Interaction[Inkthread]",
            title: app_commands.Range[str, 1, TITLE_LETTERS] = "",
            style: str = "",
        ) -> None:
            need_to_post(interaction)
            await self._open(interaction, style, title)

        self._client.tree.add_command(comic)

    async def _open(
        self, interaction: "discord.Interaction[Inkthread]", style: str, title: str
    ) -> None:
        """The empty dialog; before that, unless a title begins a new comic, the text that the
        member has not got right yet."""
        words = self._client.answers.words(interaction)
        guild_id, member_id = interaction.guild_id or 0, interaction.user.id
        async with self._client.services.database.session() as session:
            draft = None if title else await stories.unfinished(session, guild_id, member_id)
        new = NewComicButton(style, words)
        if draft is not None:
            others = DropDraftButton(draft.id, words)
            view = sticky_view(EditButton(draft.id, words), new, others)
            await whisper(interaction, _unfinished_text(draft, words), view)
        elif not await open_dialog(interaction, new_comic_dialog(words, style, title)):
            await whisper(interaction, words("draft.none"), sticky_view(new))

    @commands.Cog.listener()
    async def on_interaction(self, interaction: "discord.Interaction[Inkthread]") -> None:
        """A sent dialog, also one that was opened before the bot started."""
        if interaction.type is not discord.InteractionType.modal_submit or not interaction.data:
            return
        submitted = read_dialog(interaction.data)
        if submitted is None or not self._client.admit(interaction):
            return
        async with self._client.answers.apologies(interaction):
            await self._draw(interaction, submitted)

    async def _last_style(self, interaction: "discord.Interaction[Inkthread]") -> str:
        services, guild_id = self._client.services, interaction.guild_id
        assert guild_id is not None  # the command is for servers only
        async with services.database.session() as session:
            last = await choices.last_of(session, guild_id, interaction.user.id)
        return last.style or services.shelf.style("").name

    def _title(self, interaction: "discord.Interaction[Inkthread]", submitted: Submitted) -> str:
        untitled = self._client.answers.words(interaction)("story.untitled")
        return title_of(submitted.title or "", submitted.characters, untitled)

    async def _draw(
        self, interaction: "discord.Interaction[Inkthread]", submitted: Submitted
    ) -> None:
        text = (submitted.characters, submitted.panels)
        database = self._client.services.database
        member = interaction.user.id
        title = self._title(interaction, submitted)
        if submitted.story_id is not None:
            story = await rewrite_comic(
                database,
                submitted.story_id,
                owner_id=member,
                title=None if submitted.title is None else title,
                text=text,
            )
        else:
            assert interaction.guild_id is not None  # the command is for servers only
            assert interaction.channel_id is not None
            story = await write_comic(
                database,
                guild_id=interaction.guild_id,
                channel_id=interaction.channel_id,
                owner_id=member,
                title=title,
                style=submitted.style or await self._last_style(interaction),
                text=text,
            )
        settings = SettingsButton(story.id, self._client.answers.words(interaction))
        try:
            await order_story(interaction, story, sticky_view(settings))
            await hint(interaction, "comic")
        except (BotError, StorageError) as exc:
            raise NotDrawnYet(story.id, exc) from exc


def _unfinished_text(story: Story, words: Words) -> str:
    assert story.draft is not None  # which makes it unfinished
    begun = " ".join(story.draft[1].split())
    return words("draft.found", title=clipped(story.title, 100), begun=clipped(begun, BEGUN))
