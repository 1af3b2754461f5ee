"""How stories are to be drawn: a story keeps its choices, a member's last ones begin the next."""

from dataclasses import fields, replace
from typing import Any

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from generation.script.choices import Choices
from storage import guilds
from storage.errors import NotFound
from storage.history import raise_revision
from storage.statements import insert_into, lock_story
from storage.tables import MemberChoiceRow, StoryChoiceRow, StoryRow


async def of_story(session: AsyncSession, story_id: int) -> Choices:
    """Raises:
    NotFound: there is no such story.
    """
    story = await session.get(StoryRow, story_id, populate_existing=True)
    if story is None:
        raise NotFound("story", str(story_id))
    row = await session.get(StoryChoiceRow, story_id, populate_existing=True)
    return row.value(story.style) if row else Choices(style=story.style)


async def choose_for_story(session: AsyncSession, story_id: int, choices: Choices) -> None:
    """The story is drawn like this from now on; its card is to say so.

    Raises:
        NotFound: there is no such story.
    """
    await lock_story(session, story_id)
    values = _columns(choices)
    style = values.pop("style")
    await session.execute(
        insert_into(session, StoryChoiceRow)
        .values(story_id=story_id, **values)
        .on_conflict_do_update(index_elements=[StoryChoiceRow.story_id], set_=values)
    )
    await session.execute(update(StoryRow).where(StoryRow.id == story_id).values(style=style))
    await raise_revision(session, story_id)


async def last_of(session: AsyncSession, guild_id: int, member_id: int) -> Choices:
    """What the member chose last in the guild, without the seed; the models' own before that."""
    row = await session.get(MemberChoiceRow, (guild_id, member_id), populate_existing=True)
    return row.value() if row else Choices()


async def remember(
    session: AsyncSession, guild_id: int, member_id: int, choices: Choices
) -> Choices:
    await guilds.ensure(session, guild_id)
    values = _columns(choices)
    del values["seed"]
    await session.execute(
        insert_into(session, MemberChoiceRow)
        .values(guild_id=guild_id, member_id=member_id, **values)
        .on_conflict_do_update(
            index_elements=[MemberChoiceRow.guild_id, MemberChoiceRow.member_id], set_=values
        )
    )
    return replace(choices, seed=None)


def _columns(choices: Choices) -> dict[str, Any]:
    return {one.name: getattr(choices, one.name) for one in fields(choices)}
