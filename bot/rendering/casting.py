"""Who looks how: the sheets by which a story's characters are drawn, and which of them last.

A finished comic settles how its characters look in their story from then on. Whoever comes from the
server's library looks as in the story that it was saved from, or else as in its portrait.
"""

import contextlib
from typing import TYPE_CHECKING

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from generation.script.casting import Sheet, renamed, sheets_of
from generation.script.names import name_key
from generation.script.plan import RenderPlan
from generation.script.portrait import portrait_sheet
from generation.script.story import Character
from storage import characters, library, renders, sheets
from storage.values import SavedCharacter, Story, StoryCharacter

if TYPE_CHECKING:
    from bot.rendering.requests import Shelf


async def cast_of(session: AsyncSession, shelf: "Shelf", story: Story) -> dict[str, Sheet]:
    """By name, of everybody who has looks already."""
    own = await sheets.of_story(session, story.id)
    found: dict[str, Sheet] = {}
    for one in await characters.for_story(session, story.id):
        sheet = own.get(name_key(one.name)) or await _kept_sheet(session, shelf, story, one)
        if sheet is not None:
            found[one.name] = sheet
    return found


async def lasting(session: AsyncSession, shelf: "Shelf", story: Story) -> frozenset[str]:
    """Names of the characters that have their looks from the library, whatever else is varied."""
    cast = await characters.for_story(session, story.id)
    return frozenset(
        [one.name for one in cast if await _kept_sheet(session, shelf, story, one) is not None]
    )


async def settle(session: AsyncSession, story_id: int, plan: RenderPlan) -> None:
    """The comic shows how its story's characters look from now on."""
    await sheets.remember(session, story_id, sheets_of(plan))


async def recast(session: AsyncSession, comic_id: int) -> None:
    """The comic, drawn before, shows again how its story's characters look. One that was drawn by
    another version of the bot changes nothing."""
    render = await renders.get(session, comic_id)
    with contextlib.suppress(msgspec.DecodeError):
        await settle(session, render.story_id, RenderPlan.from_json(render.plan))


async def _kept_sheet(
    session: AsyncSession, shelf: "Shelf", story: Story, one: StoryCharacter
) -> Sheet | None:
    """Of the kept character that this one came from or became; None where it looks otherwise."""
    kept = await library.find(session, story.guild_id, one.name)
    if kept is None or kept.description != one.description:
        return None
    return renamed(kept.sheet or portrait_of(kept, shelf), one.name)


def portrait_of(kept: SavedCharacter, shelf: "Shelf") -> Sheet:
    """How the portrait of a kept character is drawn, unless it was drawn in a story before."""
    character = Character(kept.name, kept.description, kept.reference)
    return portrait_sheet(character, shelf.model(), shelf.drawable()[0], kept.id)
