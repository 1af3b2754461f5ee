"""Dialogs about the story of a thread that come back, also those opened before a restart."""

from typing import TYPE_CHECKING

import discord
from discord.ext import commands

from bot.characters.giving import give_picture, keeping_picture, with_picture
from bot.characters.pictures import Upload, upload_from
from bot.help.hints import hint
from bot.stories.adding import add_character, add_text
from bot.stories.editing import edit_character, edit_line
from bot.stories.forms import Form, FormKind, read_form
from bot.stories.here import actor_of
from bot.stories.show import tell_added, understood_text
from bot.whispers import aloud, whisper
from storage import characters, stories
from storage.values import Story

if TYPE_CHECKING:
    from bot.client import Inkthread


class DialogCog(commands.Cog):
    def __init__(self, client: "Inkthread") -> None:
        self._client = client

    @commands.Cog.listener()
    async def on_interaction(self, interaction: "discord.Interaction[Inkthread]") -> None:
        if interaction.type is not discord.InteractionType.modal_submit or not interaction.data:
            return
        form = read_form(interaction.data)
        if form is None or not self._client.admit(interaction):
            return
        async with self._client.answers.apologies(interaction):
            match form.place.kind:
                case FormKind.LINE:
                    await self._add(interaction, form, ("", form.box("line")))
                case FormKind.SCRIPT:
                    text = (form.box("characters"), form.box("panels"))
                    await self._add(interaction, form, text)
                case FormKind.CHARACTER:
                    await self._add_character(interaction, form)
                case FormKind.EDIT_LINE:
                    await self._edit_line(interaction, form)
                case FormKind.EDIT_CHARACTER:
                    await self._edit_character(interaction, form)
                case FormKind.PICTURE:
                    await self._give_picture(interaction, form)

    async def _add(
        self, interaction: "discord.Interaction[Inkthread]", form: Form, text: tuple[str, str]
    ) -> None:
        services, words = self._client.services, self._client.answers.words(interaction)
        story, actor = await self._story(form), actor_of(interaction)
        added = await add_text(services.database, story, actor, text, form.place.draft_id)
        if not added.characters and not added.lines:
            await whisper(interaction, words("story.lines_kept"), replace=True)
            return
        services.cards.touch(story.id, added.lines[-1].panel.position if added.lines else None)
        await self._tell(interaction, tell_added(added, words))
        await hint(interaction, "line")

    async def _add_character(
        self, interaction: "discord.Interaction[Inkthread]", form: Form
    ) -> None:
        services, words = self._client.services, self._client.answers.words(interaction)
        story, upload = await self._story(form), _upload(form)
        async with keeping_picture(interaction, upload):
            character = await add_character(
                services.database,
                story,
                actor_of(interaction),
                form.box("name"),
                form.box("description"),
                form.place.draft_id,
            )
        services.cards.touch(story.id)
        given = await with_picture(interaction, character, upload)
        await self._tell(interaction, given.told("story.character_added", words), given.file)
        await hint(interaction, "character")

    async def _edit_line(self, interaction: "discord.Interaction[Inkthread]", form: Form) -> None:
        services, words = self._client.services, self._client.answers.words(interaction)
        place = form.place
        line = await edit_line(
            services.database,
            place.story_id,
            actor_of(interaction),
            place.target_id,
            form.box("line"),
            place.draft_id,
        )
        services.cards.touch(place.story_id, line.panel.position)
        text = words("line.edited", line=understood_text(line, words))
        await whisper(interaction, text, replace=True)

    async def _edit_character(
        self, interaction: "discord.Interaction[Inkthread]", form: Form
    ) -> None:
        services, words = self._client.services, self._client.answers.words(interaction)
        place, upload = form.place, _upload(form)
        async with keeping_picture(interaction, upload):
            character = await edit_character(
                services.database,
                place.story_id,
                actor_of(interaction),
                place.target_id,
                form.box("name"),
                form.box("description"),
                place.draft_id,
            )
        services.cards.touch(place.story_id)
        given = await with_picture(interaction, character, upload)
        text = given.told("story.character_edited", words)
        await whisper(interaction, text, file=given.file, replace=True)

    async def _give_picture(
        self, interaction: "discord.Interaction[Inkthread]", form: Form
    ) -> None:
        place, upload = form.place, _upload(form)
        assert upload is not None  # the dialog demands it
        async with self._client.services.database.session() as session:
            character = await characters.get(session, place.story_id, place.target_id)
        given = await give_picture(interaction, character, upload)
        text = given.told("story.character_edited", self._client.answers.words(interaction))
        await whisper(interaction, text, file=given.file, replace=True)

    async def _tell(
        self,
        interaction: "discord.Interaction[Inkthread]",
        text: str,
        file: discord.File | None = None,
    ) -> None:
        """Everyone is told, and by whom: Discord shows who used a command, but not who sent a
        dialog."""
        words = self._client.answers.words(interaction)
        by = words("story.by", member=interaction.user.mention)
        await aloud(interaction, f"{text}\n-# {by}", words, replace=True, file=file)

    async def _story(self, form: Form) -> Story:
        async with self._client.services.database.session() as session:
            return await stories.get(session, form.place.story_id)


def _upload(form: Form) -> Upload | None:
    return upload_from(form.file) if form.file is not None else None
