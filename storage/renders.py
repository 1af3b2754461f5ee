"""Renders: ordered, looked at, cancelled. Who is drawn next is in `queue.py`, what one attempt
writes in `attempts.py`. Every change of state is one guarded statement.
"""

from typing import Any

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage import guilds
from storage.columns import now
from storage.errors import NotFound
from storage.tables import RenderedPanelRow, RenderRow
from storage.values import Render, RenderedPanel, RenderState


async def enqueue(
    session: AsyncSession,
    *,
    story_id: int,
    guild_id: int,
    channel_id: int,
    user_id: int,
    plan_json: str,
    steps: int,
    lane: int = 1,
) -> Render:
    await guilds.ensure(session, guild_id)
    row = RenderRow(
        story_id=story_id,
        guild_id=guild_id,
        channel_id=channel_id,
        user_id=user_id,
        state=RenderState.QUEUED,
        lane=lane,
        plan=plan_json,
        steps=steps,
    )
    session.add(row)
    await session.flush()
    return row.value()


async def get(session: AsyncSession, render_id: int) -> Render:
    """Raises:
    NotFound: there is no such render.
    """
    row = await session.get(RenderRow, render_id, populate_existing=True)
    if row is None:
        raise NotFound("render", str(render_id))
    return row.value()


async def unfinished(session: AsyncSession) -> list[Render]:
    """Queued and running renders, oldest first."""
    rows = await session.scalars(
        select(RenderRow)
        .where(RenderRow.state.in_([RenderState.QUEUED, RenderState.RUNNING]))
        .order_by(RenderRow.created_at, RenderRow.id)
        .execution_options(populate_existing=True)
    )
    return [row.value() for row in rows]


async def panels(session: AsyncSession, render_id: int) -> list[RenderedPanel]:
    rows = await session.scalars(
        select(RenderedPanelRow)
        .where(RenderedPanelRow.render_id == render_id)
        .order_by(RenderedPanelRow.position)
        .execution_options(populate_existing=True)
    )
    return [row.value() for row in rows]


async def set_progress_message(session: AsyncSession, render_id: int, message_id: int) -> Render:
    """Raises:
    NotFound: there is no such render.
    """
    render = await change(session, RenderRow.id == render_id, progress_message_id=message_id)
    if render is None:
        raise NotFound("render", str(render_id))
    return render


async def cancel(session: AsyncSession, render_id: int) -> bool:
    """Cancel a queued or running render; False when it has ended already (or never was)."""
    cancelled_render = await change(
        session,
        RenderRow.id == render_id,
        RenderRow.state.in_([RenderState.QUEUED, RenderState.RUNNING]),
        **as_cancelled(),
    )
    return cancelled_render is not None


def as_cancelled() -> dict[str, Any]:
    """Columns of a render that is cancelled now."""
    return {"state": RenderState.CANCELLED, "checkpoint": None, "finished_at": now()}


async def change(
    session: AsyncSession, *guards: ColumnElement[bool], **columns: Any
) -> Render | None:
    """Change the render for which all guards hold; None when there is none."""
    row = await session.scalar(
        update(RenderRow)
        .where(*guards)
        .values(**columns)
        .returning(RenderRow)
        .execution_options(populate_existing=True, synchronize_session=False)
    )
    return row.value() if row else None
