"""A member gives a character a picture: from a command or a dialog to the answer."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import discord

from bot.characters import library, pictures
from bot.characters.pictures import Upload
from bot.errors import DraftKept, KeptForLater, PictureRefused, PictureTooLarge, SentPicture
from bot.replies import reply_to
from bot.stories.here import actor_of
from bot.stories.show import character_text
from storage.values import StoryCharacter

if TYPE_CHECKING:
    from bot.client import Inkthread
    from bot.locales.words import Words


@dataclass(frozen=True, slots=True)
class Given:
    """The character as it is now, what there is to say about its picture, and that picture."""

    character: StoryCharacter
    note: str
    file: discord.File | None

    def told(self, key: str, words: "Words") -> str:
        text = words(key, character=character_text(self.character))
        return f"{text}\n-# {self.note}" if self.note else text


async def give_picture(
    interaction: "discord.Interaction[Inkthread]", character: StoryCharacter, upload: Upload
) -> Given:
    """Raises:
    PictureRefused, PictureTooLarge, NotYourLine, NotFound
    """
    services, actor = interaction.client.services, actor_of(interaction)
    story_id, database = character.story_id, services.database
    await pictures.check_may_change(database, story_id, actor, character.id)
    fetch = interaction.client.http.get_from_cdn
    picture = await pictures.take_in(upload, fetch, services.studio)
    character = await pictures.set_picture(
        database, services.artifacts, story_id, actor, character.id, picture
    )
    services.cards.touch(story_id)
    return await shown(interaction, character)


@asynccontextmanager
async def keeping_picture(
    interaction: "discord.Interaction[Inkthread]", upload: Upload | None
) -> AsyncIterator[None]:
    """The words that a picture was sent with may have mistakes: then it is kept with their draft.

    Raises:
        DraftKept, KeptForLater: they say what became of it.
    """
    try:
        yield
    except (DraftKept, KeptForLater) as exc:
        if upload is None or exc.draft_id is None:
            raise
        raise replace(exc, picture=await _keep(interaction, exc.draft_id, upload)) from exc


async def _keep(
    interaction: "discord.Interaction[Inkthread]", draft_id: int, upload: Upload
) -> SentPicture:
    services, fetch = interaction.client.services, interaction.client.http.get_from_cdn
    try:
        picture = await pictures.take_in(upload, fetch, services.studio)
    except (PictureRefused, PictureTooLarge) as exc:
        return exc
    await pictures.keep_with_draft(services.database, services.artifacts, draft_id, picture)
    return True


async def with_picture(
    interaction: "discord.Interaction[Inkthread]", character: StoryCharacter, upload: Upload | None
) -> Given:
    """For a character that is stored already: a picture that can't be used is told, and nothing
    else is lost."""
    if upload is None:
        return await shown(interaction, character)
    try:
        return await give_picture(interaction, character, upload)
    except (PictureRefused, PictureTooLarge) as exc:
        words = interaction.client.answers.words(interaction)
        return Given(character, reply_to(exc, words) or "", None)


async def shown(interaction: "discord.Interaction[Inkthread]", character: StoryCharacter) -> Given:
    """The character with the picture it has."""
    services, words = interaction.client.services, interaction.client.answers.words(interaction)
    key = await library.look(services.database, interaction.guild_id or 0, character)
    file = await pictures.picture_file(services.artifacts, key, character.name)
    model = services.shelf.model()
    unused = bool(character.reference) and not model.sees_references
    return Given(character, words("picture.unused", model=model.title) if unused else "", file)
