"""The characters that a server keeps for its stories."""

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from generation.script.casting import Sheet
from generation.script.names import name_key
from storage import guilds, limits
from storage.errors import LimitReached, NotFound
from storage.statements import check_length, insert_into
from storage.tables import SavedCharacterRow
from storage.values import SavedCharacter


async def save(
    session: AsyncSession,
    guild_id: int,
    owner_id: int,
    name: str,
    description: str,
    *,
    shared: bool,
    reference: str = "",
    sheet: Sheet | None = None,
) -> SavedCharacter | None:
    """Keep a character, with its sheet where it was drawn; its owner's older one of that name is
    replaced, and so is its portrait when it looks different now. None when the name is
    somebody else's.

    Raises:
        LimitReached: the library is full, or the text too long.
    """
    check_length("name", name, limits.NAME_LETTERS)
    check_length("line", description, limits.LINE_LETTERS)
    await guilds.ensure(session, guild_id)
    known = await find(session, guild_id, name)
    if known is None:
        await _check_room(session, guild_id)
    values = {
        "name": name,
        "description": description,
        "shared": shared,
        "reference": reference or None,
        "sheet": sheet and sheet.to_json(),
    }
    looks = (description, reference, sheet)
    same = known is not None and (known.description, known.reference, known.sheet) == looks
    statement = insert_into(session, SavedCharacterRow).values(
        guild_id=guild_id, owner_id=owner_id, name_key=name_key(name), **values
    )
    row = await session.scalar(
        statement.on_conflict_do_update(
            index_elements=["guild_id", "name_key"],
            set_=values if same else {**values, "portrait": None, "portrait_tries": 0},
            where=SavedCharacterRow.owner_id == owner_id,
        )
        .returning(SavedCharacterRow)
        .execution_options(populate_existing=True)
    )
    return row.value() if row else None


async def find(session: AsyncSession, guild_id: int, name: str) -> SavedCharacter | None:
    """The character of that name, in any spelling."""
    row = await session.scalar(
        select(SavedCharacterRow)
        .where(SavedCharacterRow.guild_id == guild_id, SavedCharacterRow.name_key == name_key(name))
        .execution_options(populate_existing=True)
    )
    return row.value() if row else None


async def all_of(session: AsyncSession, guild_id: int) -> list[SavedCharacter]:
    """By name."""
    rows = await session.scalars(
        select(SavedCharacterRow)
        .where(SavedCharacterRow.guild_id == guild_id)
        .order_by(SavedCharacterRow.name_key)
    )
    return [row.value() for row in rows]


async def forget(session: AsyncSession, saved_id: int) -> None:
    """Raises:
    NotFound: it is gone already.
    """
    gone = await session.scalar(
        delete(SavedCharacterRow)
        .where(SavedCharacterRow.id == saved_id)
        .returning(SavedCharacterRow.id)
    )
    if gone is None:
        raise NotFound("saved", str(saved_id))


async def _check_room(session: AsyncSession, guild_id: int) -> None:
    count = await session.scalar(select(func.count()).where(SavedCharacterRow.guild_id == guild_id))
    if (count or 0) >= limits.SAVED_CHARACTERS:
        raise LimitReached("saved", limits.SAVED_CHARACTERS)
