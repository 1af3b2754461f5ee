"""Portraits of kept characters: drawn once, when nothing else is to be drawn."""

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage import limits
from storage.tables import SavedCharacterRow
from storage.values import SavedCharacter


async def wanted(session: AsyncSession) -> SavedCharacter | None:
    """The character that has waited longest for its portrait. One whose portrait has failed too
    often waits no more."""
    row = await session.scalar(
        select(SavedCharacterRow)
        .where(
            SavedCharacterRow.portrait.is_(None),
            SavedCharacterRow.portrait_tries < limits.PORTRAIT_TRIES,
        )
        .order_by(SavedCharacterRow.portrait_tries, SavedCharacterRow.id)
        .limit(1)
        .execution_options(populate_existing=True)
    )
    return row.value() if row else None


async def keep(session: AsyncSession, saved: SavedCharacter, artifact_key: str) -> bool:
    """False when the character was changed or forgotten while it was drawn: its portrait is still
    wanted, or nobody's."""
    found = await session.scalar(
        update(SavedCharacterRow)
        .where(
            SavedCharacterRow.id == saved.id,
            SavedCharacterRow.description == saved.description,
            SavedCharacterRow.name == saved.name,
        )
        .values(portrait=artifact_key)
        .returning(SavedCharacterRow.id)
        .execution_options(synchronize_session=False)
    )
    return found is not None


async def failed(session: AsyncSession, saved: SavedCharacter) -> None:
    """A try has failed."""
    await session.execute(
        update(SavedCharacterRow)
        .where(SavedCharacterRow.id == saved.id)
        .values(portrait_tries=SavedCharacterRow.portrait_tries + 1)
        .execution_options(synchronize_session=False)
    )
