"""Identity sheets: how the characters of a story were drawn last, to be drawn like that again."""

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from generation.script.casting import Sheet, renamed
from generation.script.names import name_key
from storage.statements import insert_into
from storage.tables import IdentitySheetRow


async def remember(session: AsyncSession, story_id: int, sheets: Mapping[str, Sheet]) -> None:
    """From now on these characters of the story, by name, look like that."""
    for name, sheet in sheets.items():
        statement = insert_into(session, IdentitySheetRow).values(
            story_id=story_id, name_key=name_key(name), sheet=sheet.to_json()
        )
        await session.execute(
            statement.on_conflict_do_update(
                index_elements=["story_id", "name_key"], set_={"sheet": sheet.to_json()}
            )
        )


async def of_story(session: AsyncSession, story_id: int) -> dict[str, Sheet]:
    """By key of the name (`name_key`)."""
    rows = await session.scalars(
        select(IdentitySheetRow)
        .where(IdentitySheetRow.story_id == story_id)
        .execution_options(populate_existing=True)
    )
    return {row.name_key: Sheet.from_json(row.sheet) for row in rows}


async def rename(session: AsyncSession, story_id: int, old: str, new: str) -> None:
    """A character that is called otherwise looks the same, and still does when it gets its old name
    back."""
    sheet = (await of_story(session, story_id)).get(name_key(old))
    if sheet is not None:
        await remember(session, story_id, {new: renamed(sheet, new)})
