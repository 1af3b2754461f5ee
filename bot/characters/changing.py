"""Changing a character of a story: its words, its picture, or taking it out. The buttons work after
a restart; their keys are the story's id and the character's."""

from typing import TYPE_CHECKING

import discord
from discord.utils import escape_markdown

from bot.characters.library import look
from bot.characters.pictures import check_may_change, picture_file, set_picture
from bot.sticky import StickyButton, pair_of, pair_view
from bot.stories import rules
from bot.stories.card import clipped
from bot.stories.editing import remove_character
from bot.stories.forms import FormKind, Place, character_form, picture_form
from bot.stories.here import actor_of
from bot.whispers import open_dialog, whisper
from storage import characters, writers

if TYPE_CHECKING:
    from bot.client import Inkthread

QUOTED = 1500  # letters of a description, of the 2,000 of a message


class EditCharacterButton(StickyButton, template=r"ink:edit_character:(?P<key>\d{1,18}-\d{1,18})"):
    action = "edit_character"
    opens_dialog = True

    async def press(self, interaction: "discord.Interaction[Inkthread]") -> None:
        await edit_character_here(interaction, *pair_of(self.key))


class RemoveCharacterButton(
    StickyButton, template=r"ink:remove_character:(?P<key>\d{1,18}-\d{1,18})"
):
    action = "remove_character"
    look = discord.ButtonStyle.danger

    async def press(self, interaction: "discord.Interaction[Inkthread]") -> None:
        await remove_character_here(interaction, *pair_of(self.key))


class RemoveAnywayButton(StickyButton, template=r"ink:remove_anyway:(?P<key>\d{1,18}-\d{1,18})"):
    """Under the list of the lines that name the character."""

    action = "remove_anyway"
    look = discord.ButtonStyle.danger

    async def press(self, interaction: "discord.Interaction[Inkthread]") -> None:
        await remove_character_here(interaction, *pair_of(self.key), anyway=True)


class PictureButton(StickyButton, template=r"ink:picture:(?P<key>\d{1,18}-\d{1,18})"):
    """Opens the dialog for a picture of the character."""

    action = "picture"
    opens_dialog = True

    async def press(self, interaction: "discord.Interaction[Inkthread]") -> None:
        story_id, character_id = pair_of(self.key)
        services, words = interaction.client.services, interaction.client.answers.words(interaction)
        actor = actor_of(interaction)
        await check_may_change(services.database, story_id, actor, character_id)
        place = Place(FormKind.PICTURE, story_id, character_id)
        await interaction.response.send_modal(picture_form(words, place))


class RemovePictureButton(StickyButton, template=r"ink:no_picture:(?P<key>\d{1,18}-\d{1,18})"):
    action = "no_picture"

    async def press(self, interaction: "discord.Interaction[Inkthread]") -> None:
        services, actor = interaction.client.services, actor_of(interaction)
        database, store = services.database, services.artifacts
        story_id, character_id = pair_of(self.key)
        await set_picture(database, store, story_id, actor, character_id, None)
        services.cards.touch(story_id)
        await show_character(interaction, story_id, character_id)


async def show_character(
    interaction: "discord.Interaction[Inkthread]", story_id: int, character_id: int
) -> None:
    """A character with its picture, and what can be done to it."""
    services, words = interaction.client.services, interaction.client.answers.words(interaction)
    async with services.database.session() as session:
        one = await characters.get(session, story_id, character_id)
    kinds: list[type[StickyButton]] = [EditCharacterButton, PictureButton]
    kinds += [RemovePictureButton] if one.reference else []
    view = pair_view(story_id, character_id, words, *kinds, RemoveCharacterButton)
    text = f"**[{escape_markdown(one.name)}]** {clipped(one.description, QUOTED)}"
    key = await look(services.database, interaction.guild_id or 0, one)
    file = await picture_file(services.artifacts, key, one.name)
    await whisper(interaction, text, view, file=file, replace=True)


async def edit_character_here(
    interaction: "discord.Interaction[Inkthread]", story_id: int, character_id: int
) -> None:
    async with interaction.client.services.database.session() as session:
        circle = await writers.circle(session, story_id)
        one = await characters.get(session, story_id, character_id)
    rules.check_edit(circle, actor_of(interaction), one.owner_id)
    words = interaction.client.answers.words(interaction)
    place = Place(FormKind.EDIT_CHARACTER, story_id, character_id)
    form = character_form(words, place, one.name, one.description)
    if not await open_dialog(interaction, form):
        await show_character(interaction, story_id, character_id)


async def remove_character_here(
    interaction: "discord.Interaction[Inkthread]",
    story_id: int,
    character_id: int,
    *,
    anyway: bool = False,
) -> None:
    services, words = interaction.client.services, interaction.client.answers.words(interaction)
    actor = actor_of(interaction)
    gone = await remove_character(services.database, story_id, actor, character_id, anyway=anyway)
    services.cards.touch(story_id)
    text = words("story.character_removed", name=escape_markdown(gone.name))
    await whisper(interaction, text, replace=True)


CHARACTER_BUTTONS = (
    EditCharacterButton,
    RemoveCharacterButton,
    RemoveAnywayButton,
    PictureButton,
    RemovePictureButton,
)
