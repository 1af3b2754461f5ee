"""The characters of a story, in the order in which they were added."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from generation.script.names import name_key
from storage import limits
from storage.errors import AlreadyExists, LimitReached, NotFound
from storage.statements import check_length, lock_story
from storage.tables import StoryCharacterRow
from storage.values import StoryCharacter


async def add(
    session: AsyncSession,
    story_id: int,
    owner_id: int,
    name: str,
    description: str,
    reference: str = "",
) -> StoryCharacter:
    """Raises:
    NotFound: there is no such story.
    AlreadyExists: the story has a character of that name, in this or another spelling (`name_key`).
    LimitReached: the story has all the characters it can have, or the text is too long.
    """
    check_length("name", name, limits.NAME_LETTERS)
    check_length("line", description, limits.LINE_LETTERS)
    await lock_story(session, story_id)
    cast = await for_story(session, story_id)
    key = name_key(name)
    if any(name_key(one.name) == key for one in cast):
        raise AlreadyExists("character", name)
    if len(cast) >= limits.CHARACTERS:
        raise LimitReached("characters", limits.CHARACTERS)
    row = StoryCharacterRow(
        story_id=story_id,
        position=len(cast) + 1,
        owner_id=owner_id,
        name=name,
        name_key=key,
        description=description,
        reference=reference or None,
    )
    session.add(row)
    await session.flush()
    return row.value()


async def get(session: AsyncSession, story_id: int, character_id: int) -> StoryCharacter:
    """Raises:
    NotFound: the story has no such character.
    """
    row = await session.get(StoryCharacterRow, character_id, populate_existing=True)
    if row is None or row.story_id != story_id:
        raise NotFound("character", str(character_id))
    return row.value()


async def cast_pictures(session: AsyncSession, story_id: int) -> dict[str, str]:
    """Keys of the pictures of a story's characters by name, of those that have one."""
    cast = await for_story(session, story_id)
    return {one.name: one.reference for one in cast if one.reference}


async def for_story(session: AsyncSession, story_id: int) -> list[StoryCharacter]:
    rows = await session.scalars(
        select(StoryCharacterRow)
        .where(StoryCharacterRow.story_id == story_id)
        .order_by(StoryCharacterRow.position)
        .execution_options(populate_existing=True)
    )
    return [row.value() for row in rows]
