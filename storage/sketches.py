"""Sketches, and the variations that are drawn after them."""

from collections.abc import Sequence

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage import upkeep
from storage.tables import RenderRow, SketchRow, VariationRow
from storage.values import RenderState, Sketch, TakeState, Variation


async def begin(session: AsyncSession, render_id: int, comic_id: int | None = None) -> Sketch:
    """The render is a preview, or shows variations of that comic."""
    row = SketchRow(render_id=render_id, comic_id=comic_id)
    session.add(row)
    await session.flush()
    return row.value()


async def of_render(session: AsyncSession, render_id: int) -> Sketch | None:
    """None for a render that is a comic, or a panel drawn again."""
    row = await session.get(SketchRow, render_id, populate_existing=True)
    return row.value() if row else None


async def vary(session: AsyncSession, render_id: int, comic_id: int) -> Variation:
    """The render is to take the place of that comic."""
    row = VariationRow(render_id=render_id, comic_id=comic_id)
    session.add(row)
    await session.flush()
    return row.value()


async def variation_of(session: AsyncSession, render_id: int) -> Variation | None:
    """None for a comic that is no variation of another one."""
    row = await session.get(VariationRow, render_id, populate_existing=True)
    return row.value() if row else None


async def drawn_variations(session: AsyncSession, comic_id: int) -> Sequence[tuple[Variation, str]]:
    """The finished ones of a comic with their plans, newest first."""
    rows = await session.execute(
        select(VariationRow, RenderRow.plan)
        .join(RenderRow, RenderRow.id == VariationRow.render_id)
        .where(VariationRow.comic_id == comic_id, RenderRow.state == RenderState.DONE)
        .order_by(VariationRow.render_id.desc())
    )
    return [(row.VariationRow.value(), row.plan) for row in rows]


async def choose(
    session: AsyncSession, variation: Variation, state: TakeState, user_id: int
) -> bool:
    """One of both stays: the variation's pages, or the older comic's. The other's messages go, and
    come back when the choice is another one. False when nothing changes."""
    await session.scalar(  # one choice about a comic at a time
        select(RenderRow.id).where(RenderRow.id == variation.comic_id).with_for_update()
    )
    changed = await session.scalar(
        update(VariationRow)
        .where(VariationRow.render_id == variation.render_id, VariationRow.state != state.value)
        .values(state=state.value)
        .returning(VariationRow.render_id)
        .execution_options(synchronize_session=False)
    )
    if changed is None:
        return False
    kept, left = variation.render_id, variation.comic_id
    if state is not TakeState.KEPT:
        kept, left = left, kept
    await upkeep.withdraw(session, [left], user_id)
    await upkeep.restore(session, kept)
    await upkeep.refresh(session, kept)
    return True
