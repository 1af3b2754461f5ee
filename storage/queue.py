"""The queue: which render is drawn next, and how long the others wait."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from storage import fairness, renders
from storage.columns import now
from storage.tables import RenderRow
from storage.values import Render, RenderState


async def claim(
    session: AsyncSession,
    *,
    among: Collection[int] | None = None,
    guild_cap: int = 4,
    user_cap: int = 2,
) -> Render | None:
    """Start the next render (`among` these): one statement, in the order of `storage.fairness`."""
    return await renders.change(
        session,
        RenderRow.id == fairness.next_turn(guild_cap, user_cap, among).scalar_subquery(),
        RenderRow.state == RenderState.QUEUED,
        state=RenderState.RUNNING,
        attempt=RenderRow.attempt + 1,
        started_at=now(),
    )


async def place(session: AsyncSession, render_id: int) -> int | None:
    """How many turns until this render is drawn, from 1; None when it isn't queued."""
    order = fairness.places()
    return await session.scalar(select(order.c.place).where(order.c.id == render_id))


async def places(session: AsyncSession) -> dict[int, int]:
    """Render id to place, from 1, of all queued renders."""
    order = fairness.places()
    found = await session.execute(select(order.c.id, order.c.place).order_by(order.c.place))
    return {row.id: row.place for row in found}


async def first(session: AsyncSession, most: int) -> list[Render]:
    """Of those that wait, in the order in which they are drawn."""
    order = fairness.places()
    rows = await session.scalars(
        select(RenderRow)
        .join(order, order.c.id == RenderRow.id)
        .order_by(order.c.place)
        .limit(most)
        .execution_options(populate_existing=True)
    )
    return [row.value() for row in rows]


async def in_lane(session: AsyncSession, lane: int) -> list[int]:
    """Renders of one lane that wait, oldest first."""
    found = await session.scalars(
        select(RenderRow.id)
        .where(RenderRow.state == RenderState.QUEUED, RenderRow.lane == lane)
        .order_by(RenderRow.created_at, RenderRow.id)
    )
    return list(found)


async def waits_before(session: AsyncSession, lane: int) -> bool:
    """Whether a render of an earlier lane is queued."""
    found = await session.scalar(
        select(RenderRow.id)
        .where(RenderRow.state == RenderState.QUEUED, RenderRow.lane < lane)
        .limit(1)
    )
    return found is not None
