"""The story and the member of an interaction."""

from typing import Any

import discord

from bot.errors import NoStoryHere
from bot.stories.rules import Actor
from storage import stories
from storage.engine import Database
from storage.values import Story


async def story_here(database: Database, interaction: discord.Interaction[Any]) -> Story:
    """The story of the thread in which the interaction happens.

    Raises:
        NoStoryHere: the channel is no story thread.
    """
    async with database.session() as session:
        story = await stories.by_thread(session, interaction.channel_id or 0)
    if story is None:
        raise NoStoryHere
    return story


def actor_of(interaction: discord.Interaction[Any]) -> Actor:
    return Actor(interaction.user.id, interaction.permissions.manage_messages)
