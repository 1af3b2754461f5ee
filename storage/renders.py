"""Renders: the queue, and what one attempt may write.

Every change of state is one guarded statement. A result is accepted only from the attempt that is
running now; all others get `StaleAttempt`.
"""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import ColumnElement, case, literal, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage import guilds, limits, posts
from storage.columns import now
from storage.errors import NotFound, StaleAttempt
from storage.fairness import next_turn, places
from storage.reasons import Reason, ReasonCode
from storage.statements import insert_into
from storage.tables import RenderedPanelRow, RenderRow
from storage.values import Post, Render, RenderedPanel, RenderState


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


async def claim(
    session: AsyncSession,
    *,
    among: Collection[int] | None = None,
    guild_cap: int = 4,
    user_cap: int = 2,
) -> Render | None:
    """Start the next render (`among` these): one statement, in the order of `storage.fairness`."""
    return await _update(
        session,
        RenderRow.id == next_turn(guild_cap, user_cap, among).scalar_subquery(),
        RenderRow.state == RenderState.QUEUED,
        state=RenderState.RUNNING,
        attempt=RenderRow.attempt + 1,
        started_at=now(),
    )


async def waits_before(session: AsyncSession, lane: int) -> bool:
    """Whether a render of an earlier lane is queued."""
    found = await session.scalar(
        select(RenderRow.id)
        .where(RenderRow.state == RenderState.QUEUED, RenderRow.lane < lane)
        .limit(1)
    )
    return found is not None


async def queued_in(session: AsyncSession, lane: int) -> list[int]:
    """Renders of one lane that wait, oldest first."""
    found = await session.scalars(
        select(RenderRow.id)
        .where(RenderRow.state == RenderState.QUEUED, RenderRow.lane == lane)
        .order_by(RenderRow.created_at, RenderRow.id)
    )
    return list(found)


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


async def queue_places(session: AsyncSession) -> dict[int, int]:
    """Render id to place, from 1, of all queued renders."""
    queue = places()
    found = await session.execute(select(queue.c.id, queue.c.place).order_by(queue.c.place))
    return {row.id: row.place for row in found}


async def first_in_queue(session: AsyncSession, most: int) -> list[Render]:
    """Of those that wait, in the order in which they are drawn."""
    queue = places()
    rows = await session.scalars(
        select(RenderRow)
        .join(queue, queue.c.id == RenderRow.id)
        .order_by(queue.c.place)
        .limit(most)
        .execution_options(populate_existing=True)
    )
    return [row.value() for row in rows]


async def queue_place(session: AsyncSession, render_id: int) -> int | None:
    """How many turns until this render is drawn, from 1; None when it isn't queued."""
    queue = places()
    return await session.scalar(select(queue.c.place).where(queue.c.id == render_id))


async def set_progress_message(session: AsyncSession, render_id: int, message_id: int) -> Render:
    """Raises:
    NotFound: there is no such render.
    """
    render = await _update(session, RenderRow.id == render_id, progress_message_id=message_id)
    if render is None:
        raise NotFound("render", str(render_id))
    return render


async def progress(session: AsyncSession, render_id: int, attempt: int, step: int) -> Render:
    """`step` timesteps are done.

    Raises:
        StaleAttempt: another attempt runs, or none.
    """
    return await _of_attempt(session, render_id, attempt, step=step)


async def save_checkpoint(
    session: AsyncSession, render_id: int, attempt: int, step: int, artifact_key: str
) -> Render:
    """Remember where drawing can go on. As the render got further, failures count from 0 again.

    Raises:
        StaleAttempt: another attempt runs, or none.
    """
    return await _of_attempt(
        session, render_id, attempt, step=step, checkpoint=artifact_key, failures=0
    )


async def add_panel(
    session: AsyncSession, render_id: int, attempt: int, position: int, seed: int, artifact_key: str
) -> RenderedPanel:
    """Store a drawn picture; one of an earlier attempt is replaced.

    Raises:
        StaleAttempt: another attempt runs, or none.
    """
    await _of_attempt(session, render_id, attempt, attempt=attempt)
    statement = insert_into(session, RenderedPanelRow).values(
        render_id=render_id, position=position, seed=seed, artifact=artifact_key
    )
    await session.execute(
        statement.on_conflict_do_update(
            index_elements=[RenderedPanelRow.render_id, RenderedPanelRow.position],
            set_={"seed": seed, "artifact": artifact_key},
        )
    )
    return RenderedPanel(render_id, position, seed, artifact_key)


async def panels(session: AsyncSession, render_id: int) -> list[RenderedPanel]:
    rows = await session.scalars(
        select(RenderedPanelRow)
        .where(RenderedPanelRow.render_id == render_id)
        .order_by(RenderedPanelRow.position)
        .execution_options(populate_existing=True)
    )
    return [row.value() for row in rows]


async def finish(
    session: AsyncSession,
    render_id: int,
    attempt: int,
    pages: Sequence[tuple[int, str, str]],
    channel_id: int,
    *,
    seconds: float | None = None,
    micro_batch: int | None = None,
    in_place: bool = False,
) -> list[Post]:
    """Make the render done and its pages (index, artifact, alt text) posts to send, together.
    `in_place`: its progress message, if there is one, becomes the first of them.

    Raises:
        StaleAttempt: another attempt runs, or none.
    """
    render = await _of_attempt(
        session,
        render_id,
        attempt,
        state=RenderState.DONE,
        step=RenderRow.steps,
        checkpoint=None,
        finished_at=now(),
        seconds=seconds,
        micro_batch=micro_batch,
    )
    own = render.progress_message_id if in_place else None
    return [
        await posts.create(
            session, render_id, index, channel_id, key, alt_text, own if index == 0 else None
        )
        for index, key, alt_text in sorted(pages)
    ]


async def fail(
    session: AsyncSession, render_id: int, attempt: int, reason: Reason, retryable: bool
) -> RenderState:
    """End an attempt that failed: queued again while that may help, failed for good otherwise.

    Raises:
        StaleAttempt: another attempt runs, or none.
    """
    gives_up = RenderRow.failures + 1 >= (limits.FAILURES if retryable else 0)
    render = await _of_attempt(session, render_id, attempt, **_failed(gives_up, reason))
    return render.state


async def cancel(session: AsyncSession, render_id: int) -> bool:
    """Cancel a queued or running render; False when it has ended already (or never was)."""
    cancelled_render = await _update(
        session,
        RenderRow.id == render_id,
        RenderRow.state.in_([RenderState.QUEUED, RenderState.RUNNING]),
        **_cancelled(),
    )
    return cancelled_render is not None


async def cancelled(session: AsyncSession, render_id: int, attempt: int) -> Render:
    """The attempt was stopped on request.

    Raises:
        StaleAttempt: another attempt runs, or none.
    """
    return await _of_attempt(session, render_id, attempt, **_cancelled())


async def give_way(session: AsyncSession, render_id: int, attempt: int) -> Render:
    """The attempt was stopped because others come first: back to the queue, with its checkpoint
    and without a failure.

    Raises:
        StaleAttempt: another attempt runs, or none.
    """
    return await _of_attempt(session, render_id, attempt, state=RenderState.QUEUED)


async def requeue_running(session: AsyncSession) -> list[Render]:
    """After a restart: running renders go back to the queue with their checkpoint. One that was
    stopped three times in a row without getting further has failed. Returns both."""
    rows = await session.scalars(
        update(RenderRow)
        .where(RenderRow.state == RenderState.RUNNING)
        .values(
            **_failed(
                RenderRow.failures + 1 >= limits.FAILURES, Reason(ReasonCode.STOPPED_TOO_OFTEN)
            )
        )
        .returning(RenderRow)
        .execution_options(populate_existing=True, synchronize_session=False)
    )
    return sorted((row.value() for row in rows), key=lambda render: render.id)


def _failed(gives_up: ColumnElement[bool], reason: Reason) -> dict[str, Any]:
    return {
        "state": case((gives_up, RenderState.FAILED), else_=RenderState.QUEUED),
        "failures": RenderRow.failures + 1,
        "reason": case((gives_up, literal(reason, RenderRow.reason.type)), else_=None),
        "checkpoint": case((gives_up, None), else_=RenderRow.checkpoint),
        "finished_at": case((gives_up, now()), else_=None),
    }


def _cancelled() -> dict[str, Any]:
    return {"state": RenderState.CANCELLED, "checkpoint": None, "finished_at": now()}


async def _of_attempt(
    session: AsyncSession, render_id: int, attempt_now: int, /, **columns: Any
) -> Render:
    render = await _update(
        session,
        RenderRow.id == render_id,
        RenderRow.state == RenderState.RUNNING,
        RenderRow.attempt == attempt_now,
        **columns,
    )
    if render is None:
        raise StaleAttempt(render_id, attempt_now)
    return render


async def _update(
    session: AsyncSession, *guards: ColumnElement[bool], **columns: Any
) -> Render | None:
    row = await session.scalar(
        update(RenderRow)
        .where(*guards)
        .values(**columns)
        .returning(RenderRow)
        .execution_options(populate_existing=True, synchronize_session=False)
    )
    return row.value() if row else None
