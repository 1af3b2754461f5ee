"""Texts of members that can't be used yet: kept as typed, so that they can be mended."""

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage import limits
from storage.errors import NotFound
from storage.statements import check_length
from storage.tables import DraftRow
from storage.values import Draft, DraftKind


async def keep(
    session: AsyncSession,
    story_id: int,
    member_id: int,
    kind: DraftKind,
    text: tuple[str, str],
    *,
    target_id: int | None = None,
    draft_id: int | None = None,
) -> Draft:
    """A new draft, or another text for the draft `draft_id`.

    Raises:
        LimitReached: the text is too long.
    """
    for box in text:
        check_length("draft", box, limits.DRAFT_LETTERS)
    characters, panels = text
    if draft_id is not None:
        known = await session.scalar(
            update(DraftRow)
            .where(DraftRow.id == draft_id)
            .values(characters=characters, panels=panels)
            .returning(DraftRow)
            .execution_options(populate_existing=True)
        )
        if known:
            return known.value()
    row = DraftRow(
        story_id=story_id,
        member_id=member_id,
        kind=kind,
        target_id=target_id,
        characters=characters,
        panels=panels,
    )
    session.add(row)
    await session.flush()
    await _forget_oldest(session, story_id, member_id)
    return row.value()


async def get(session: AsyncSession, draft_id: int) -> Draft:
    """Raises:
    NotFound: there is no such draft; its text may have been used meanwhile.
    """
    row = await session.get(DraftRow, draft_id, populate_existing=True)
    if row is None:
        raise NotFound("draft", str(draft_id))
    return row.value()


async def keep_picture(session: AsyncSession, draft_id: int, artifact_key: str) -> None:
    """The picture that was sent with the text; an older one is replaced."""
    await session.execute(
        update(DraftRow).where(DraftRow.id == draft_id).values(reference=artifact_key)
    )


async def picture_of(session: AsyncSession, draft_id: int | None) -> str:
    """The artifact of the picture that is kept with the draft; empty where there is none."""
    row = None if draft_id is None else await session.get(DraftRow, draft_id)
    return (row.reference or "") if row else ""


async def forget(session: AsyncSession, draft_id: int) -> None:
    """The text is used."""
    await session.execute(delete(DraftRow).where(DraftRow.id == draft_id))


async def _forget_oldest(session: AsyncSession, story_id: int, member_id: int) -> None:
    mine = (DraftRow.story_id == story_id, DraftRow.member_id == member_id)
    kept = select(DraftRow.id).where(*mine).order_by(DraftRow.id.desc()).limit(limits.DRAFTS)
    await session.execute(delete(DraftRow).where(*mine, DraftRow.id.not_in(kept)))
