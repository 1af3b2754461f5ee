"""Clips, and which comic of a story there is to make one of."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.errors import NotFound
from storage.tables import ClipRow, PostRow, RenderRow, SketchRow, TakeRow, VariationRow
from storage.values import Clip, RenderState, TakeState


async def begin(session: AsyncSession, render_id: int, comic_id: int) -> Clip:
    """The render is a film of that comic."""
    row = ClipRow(render_id=render_id, comic_id=comic_id)
    session.add(row)
    await session.flush()
    return row.value()


async def of_render(session: AsyncSession, render_id: int) -> Clip | None:
    """None for a render that is no clip."""
    row = await session.get(ClipRow, render_id, populate_existing=True)
    return row.value() if row else None


async def of_comic(session: AsyncSession, comic_id: int) -> list[Clip]:
    rows = await session.scalars(
        select(ClipRow).where(ClipRow.comic_id == comic_id).order_by(ClipRow.render_id)
    )
    return [row.value() for row in rows]


async def newest_comic(session: AsyncSession, story_id: int) -> int:
    """The newest finished comic of a story that nobody has deleted or decided against.

    Raises:
        NotFound: it has none yet.
    """
    others = (
        select(row.render_id).where(row.render_id == RenderRow.id).exists()
        for row in (ClipRow, SketchRow, TakeRow)
    )
    left = (
        select(VariationRow.render_id)
        .where(VariationRow.render_id == RenderRow.id, VariationRow.state == TakeState.LEFT.value)
        .exists()
    )
    shown = (
        select(PostRow.id)
        .where(PostRow.render_id == RenderRow.id, PostRow.withdrawn_by.is_(None))
        .exists()
    )
    comic_id = await session.scalar(
        select(RenderRow.id)
        .where(
            RenderRow.story_id == story_id,
            RenderRow.state == RenderState.DONE,
            *(~one for one in others),
            ~left,
            shown,
        )
        .order_by(RenderRow.id.desc())
        .limit(1)
    )
    if comic_id is None:
        raise NotFound("comic", str(story_id))
    return comic_id
