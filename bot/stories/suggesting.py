"""What is offered while a member types a command: names in brackets, lines by number."""

from typing import TYPE_CHECKING

import discord
from discord import app_commands

from bot.errors import NoStoryHere
from bot.limits import CHOICE_LETTERS, CHOICES
from bot.stories.here import story_here
from generation.script.names import name_key
from storage import characters, stories
from storage.values import StoryCharacter

if TYPE_CHECKING:
    from bot.client import Inkthread


OPENING, CLOSING = "[［", "]］"


async def suggest_names(
    interaction: "discord.Interaction[Inkthread]", text: str
) -> list[app_commands.Choice[str]]:
    """The line so far, with the name that is being typed completed."""
    cast = await _cast_here(interaction)
    return [
        app_commands.Choice(name=one, value=one)
        for one in completions(text, [character.name for character in cast])
    ]


async def suggest_stories(
    interaction: "discord.Interaction[Inkthread]", text: str
) -> list[app_commands.Choice[str]]:
    """Stories of the server by their titles; the value is the story's number."""
    async with interaction.client.services.database.session() as session:
        found = await stories.search(
            session, interaction.guild_id or 0, text.strip(), limit=CHOICES
        )
    return [
        app_commands.Choice(name=one.title[:CHOICE_LETTERS], value=str(one.id)) for one in found
    ]


async def suggest_characters(
    interaction: "discord.Interaction[Inkthread]", text: str
) -> list[app_commands.Choice[str]]:
    """Characters of the thread's story."""
    key = name_key(text.strip(OPENING + CLOSING))
    found = [one.name for one in await _cast_here(interaction) if key in name_key(one.name)]
    return [app_commands.Choice(name=one, value=one) for one in found[:CHOICES]]


async def suggest_lines(
    interaction: "discord.Interaction[Inkthread]", typed: str | int
) -> list[app_commands.Choice[int]]:
    """Lines whose number begins with what was typed, or whose text holds it."""
    database = interaction.client.services.database
    try:
        story = await story_here(database, interaction)
    except NoStoryHere:
        return []
    async with database.session() as session:
        panels = await stories.panels(session, story.id)
    sought = str(typed).strip().casefold()
    shown = [(one.position, f"{one.position}. {one.text}") for one in panels]
    matching = [
        (number, text)
        for number, text in shown
        if text.startswith(sought) or sought in text.casefold()
    ]
    return [
        app_commands.Choice(name=clip_choice(text), value=number)
        for number, text in matching[:CHOICES]
    ]


def completions(text: str, names: list[str]) -> list[str]:
    """`[To` becomes `[Tom] `; without an open bracket every name is offered behind the text. Only
    what fits into a choice: a longer line is typed to its end."""
    at = max(text.rfind(mark) for mark in OPENING)
    if at < 0 or any(mark in text[at:] for mark in CLOSING) or "#" in text[at:]:
        before, begun = f"{text.rstrip()} ".lstrip(), ""
    else:
        before, begun = text[:at], name_key(text[at + 1 :])
    starting = [one for one in names if name_key(one).startswith(begun)]
    holding = [one for one in names if begun in name_key(one) and one not in starting]
    offered = [f"{before}[{name}]" for name in (*starting, *holding)]
    return [one for one in offered if len(one) <= CHOICE_LETTERS][:CHOICES]


def clip_choice(text: str) -> str:
    return text if len(text) <= CHOICE_LETTERS else f"{text[: CHOICE_LETTERS - 1]}…"


async def _cast_here(interaction: "discord.Interaction[Inkthread]") -> list[StoryCharacter]:
    database = interaction.client.services.database
    try:
        story = await story_here(database, interaction)
    except NoStoryHere:
        return []
    async with database.session() as session:
        return await characters.for_story(session, story.id)
