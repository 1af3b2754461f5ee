"""`/character`: who plays in a thread's story, and the server's library of characters."""

from typing import TYPE_CHECKING

import discord
from discord import app_commands
from discord.app_commands import locale_str
from discord.ext import commands
from discord.utils import escape_markdown

from bot.characters import library
from bot.characters.changing import (
    edit_character_here,
    remove_character_here,
    show_character,
)
from bot.characters.gallery import show_library
from bot.characters.giving import give_picture, keeping_picture, shown, with_picture
from bot.characters.pictures import upload_of
from bot.help.hints import hint
from bot.limits import CHOICE_LETTERS, CHOICES
from bot.stories.adding import add_character
from bot.stories.editing import character_called
from bot.stories.forms import DESCRIPTION_LETTERS, NAME_LETTERS
from bot.stories.here import actor_of, story_here
from bot.stories.show import saved_text
from bot.stories.suggesting import suggest_characters
from bot.whispers import aloud, whisper
from generation.script.names import name_key

if TYPE_CHECKING:
    from bot.client import Inkthread

Name = app_commands.Range[str, 1, NAME_LETTERS]
SHARING = [
    app_commands.Choice(name=locale_str("Everyone", key="writers_everyone"), value="everyone"),
    app_commands.Choice(name=locale_str("Only me", key="writers_owner"), value="owner"),
]


async def suggest_saved(
    interaction: "discord.Interaction[Inkthread]", text: str
) -> list[app_commands.Choice[str]]:
    """Kept characters that the member may use."""
    database = interaction.client.services.database
    found = await library.usable(database, interaction.guild_id or 0, interaction.user.id)
    key = name_key(text.strip("[]［］"))
    names = [one.name for one in found if key in name_key(one.name)]
    short = [one for one in names if len(one) <= CHOICE_LETTERS]
    return [app_commands.Choice(name=one, value=one) for one in short[:CHOICES]]


@app_commands.guild_only()
class CharacterCog(
    commands.GroupCog,
    group_name="character",
    group_description=locale_str("Who plays in the story", key="character"),
):
    def __init__(self, client: "Inkthread") -> None:
        self._client = client

    @app_commands.command(
        description=locale_str("Add a character to this thread's story", key="character_add")
    )
    @app_commands.describe(
        name=locale_str("The name that panels write in brackets", key="character_name"),
        description=locale_str(
            "How the character looks: age, hair, clothes, what makes it special",
            key="character_description",
        ),
        picture=locale_str("A picture that shows the character", key="character_picture"),
    )
    async def add(
        self,
        interaction: "discord.Interaction[Inkthread]",
        name: Name,
        description: app_commands.Range[str, 1, DESCRIPTION_LETTERS],
        picture: discord.Attachment | None = None,
    ) -> None:
        services, words = self._client.services, self._client.answers.words(interaction)
        story = await story_here(services.database, interaction)
        actor = actor_of(interaction)
        upload = upload_of(picture) if picture else None
        async with keeping_picture(interaction, upload):
            character = await add_character(services.database, story, actor, name, description)
        services.cards.touch(story.id)
        given = await with_picture(interaction, character, upload)
        text = given.told("story.character_added", words)
        await aloud(interaction, text, words, file=given.file)
        await hint(interaction, "character")

    @app_commands.command(
        description=locale_str(
            "Show a character's picture, or give it another", key="character_picture_command"
        )
    )
    @app_commands.describe(
        name=locale_str("Who", key="character_who"),
        picture=locale_str("A picture that shows the character", key="character_picture"),
    )
    @app_commands.autocomplete(name=suggest_characters)
    async def picture(
        self,
        interaction: "discord.Interaction[Inkthread]",
        name: Name,
        picture: discord.Attachment | None = None,
    ) -> None:
        services, words = self._client.services, self._client.answers.words(interaction)
        story = await story_here(services.database, interaction)
        character = await character_called(services.database, story, name)
        if picture is None:
            await show_character(interaction, story.id, character.id)
            return
        given = await give_picture(interaction, character, upload_of(picture))
        text = given.told("story.character_edited", words)
        await whisper(interaction, text, file=given.file)

    @app_commands.command(
        description=locale_str("Change a character's name or looks", key="character_edit")
    )
    @app_commands.describe(name=locale_str("Who", key="character_who"))
    @app_commands.autocomplete(name=suggest_characters)
    async def edit(self, interaction: "discord.Interaction[Inkthread]", name: Name) -> None:
        database = self._client.services.database
        story = await story_here(database, interaction)
        character = await character_called(database, story, name)
        await edit_character_here(interaction, story.id, character.id)

    @app_commands.command(
        description=locale_str("Take a character out of this story", key="character_remove")
    )
    @app_commands.describe(name=locale_str("Who", key="character_who"))
    @app_commands.autocomplete(name=suggest_characters)
    async def remove(self, interaction: "discord.Interaction[Inkthread]", name: Name) -> None:
        database = self._client.services.database
        story = await story_here(database, interaction)
        character = await character_called(database, story, name)
        await remove_character_here(interaction, story.id, character.id)

    @app_commands.command(
        description=locale_str("Keep your character for other stories", key="character_save")
    )
    @app_commands.describe(
        name=locale_str("Who", key="character_who"),
        who=locale_str("Who may use the character", key="character_sharing"),
    )
    @app_commands.autocomplete(name=suggest_characters)
    @app_commands.choices(who=SHARING)
    async def save(
        self, interaction: "discord.Interaction[Inkthread]", name: Name, who: str = "everyone"
    ) -> None:
        services, words = self._client.services, self._client.answers.words(interaction)
        story = await story_here(services.database, interaction)
        character = await character_called(services.database, story, name)
        actor, shared = actor_of(interaction), who == "everyone"
        saved = await library.save(
            services.database, story.guild_id, actor, character, shared=shared
        )
        services.dispatcher.wake()  # it may have time for a portrait
        await whisper(interaction, words("library.saved", character=saved_text(saved, words)))

    @app_commands.command(
        description=locale_str("Bring a kept character into this story", key="character_use")
    )
    @app_commands.describe(name=locale_str("Who", key="character_who"))
    @app_commands.autocomplete(name=suggest_saved)
    async def use(self, interaction: "discord.Interaction[Inkthread]", name: Name) -> None:
        services, words = self._client.services, self._client.answers.words(interaction)
        story = await story_here(services.database, interaction)
        actor = actor_of(interaction)
        character = await library.use(services.database, story, actor, name)
        services.cards.touch(story.id)
        given = await shown(interaction, character)
        text = given.told("story.character_added", words)
        await aloud(interaction, text, words, file=given.file)

    @app_commands.command(
        description=locale_str("Show the characters that this server keeps", key="character_list")
    )
    async def list(self, interaction: "discord.Interaction[Inkthread]") -> None:
        await show_library(interaction)

    @app_commands.command(
        description=locale_str("Take a character out of the library", key="character_forget")
    )
    @app_commands.describe(name=locale_str("Who", key="character_who"))
    @app_commands.autocomplete(name=suggest_saved)
    async def forget(self, interaction: "discord.Interaction[Inkthread]", name: Name) -> None:
        services, words = self._client.services, self._client.answers.words(interaction)
        actor, guild_id = actor_of(interaction), interaction.guild_id or 0
        gone = await library.forget(services.database, guild_id, actor, name)
        await whisper(interaction, words("library.forgotten", name=escape_markdown(gone.name)))
