"""Choosing how stories are drawn. Nothing here knows Discord."""

from dataclasses import dataclass, replace

from sqlalchemy.ext.asyncio import AsyncSession

from bot.errors import BadSeed, SeedRefused
from generation.script.choices import Choices, Consistency, Layout, Quality
from storage import choices
from storage.engine import Database
from storage.statements import lock_story

SEED_LETTERS = 18  # digits; stays below 2**63


@dataclass(frozen=True, slots=True)
class Chooser:
    """Who chooses, and for which story; 0: for the next ones, which begin with the last choices."""

    story_id: int
    guild_id: int
    member_id: int


async def chosen(database: Database, chooser: Chooser) -> Choices:
    """Raises:
    NotFound: the story is gone.
    """
    async with database.session() as session:
        return await _read(session, chooser)


async def choose(database: Database, chooser: Chooser, field: str, value: str) -> Choices:
    """Change one of the choices, which are the member's last ones from now on.

    Raises:
        NotFound: the story is gone.
        BadSeed: the seed is no number.
    """
    async with database.session() as session:
        if chooser.story_id:
            await lock_story(session, chooser.story_id)  # two members may choose at once
        after = with_choice(await _read(session, chooser), field, value)
        if chooser.story_id:
            await choices.choose_for_story(session, chooser.story_id, after)
        await choices.remember(session, chooser.guild_id, chooser.member_id, after)
    return after


async def choose_seed(database: Database, chooser: Chooser, typed: str) -> Choices:
    """Raises:
    NotFound: the story is gone.
    SeedRefused: what was typed is no number; it is kept in the error.
    """
    try:
        return await choose(database, chooser, "seed", typed)
    except BadSeed as exc:
        raise SeedRefused(chooser.story_id, typed) from exc


def with_choice(before: Choices, field: str, value: str) -> Choices:
    """Raises:
    BadSeed
    """
    match field:
        case "quality":
            return replace(before, quality=Quality(value))
        case "consistency":
            return replace(before, consistency=Consistency(value))
        case "layout":
            return replace(before, layout=Layout(value))
        case "seed":
            return replace(before, seed=read_seed(value))
        case "model":
            return replace(before, model=value)
        case "size":
            return replace(before, size=value)
        case _:
            return replace(before, style=value)


def read_seed(typed: str) -> int | None:
    """A seed as typed; nothing is one by chance.

    Raises:
        BadSeed: it is no whole number from 0 on, or too long for one.
    """
    text = typed.strip()
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= SEED_LETTERS):
        raise BadSeed(text)
    return int(text)


async def _read(session: AsyncSession, chooser: Chooser) -> Choices:
    if chooser.story_id:
        return await choices.of_story(session, chooser.story_id)
    return await choices.last_of(session, chooser.guild_id, chooser.member_id)
