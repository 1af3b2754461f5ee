"""Attempts to draw a render: what one may write, and how it ends.

A result is accepted only from the attempt that is running now; all others get `StaleAttempt`.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, case, literal, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage import limits, posts, renders
from storage.columns import now
from storage.errors import StaleAttempt
from storage.reasons import Reason, ReasonCode
from storage.statements import insert_into
from storage.tables import RenderedPanelRow, RenderRow
from storage.values import Post, Render, RenderedPanel, RenderState


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


async def cancelled(session: AsyncSession, render_id: int, attempt: int) -> Render:
    """The attempt was stopped on request.

    Raises:
        StaleAttempt: another attempt runs, or none.
    """
    return await _of_attempt(session, render_id, attempt, **renders.as_cancelled())


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


async def _of_attempt(
    session: AsyncSession, render_id: int, attempt_now: int, /, **columns: Any
) -> Render:
    render = await renders.change(
        session,
        RenderRow.id == render_id,
        RenderRow.state == RenderState.RUNNING,
        RenderRow.attempt == attempt_now,
        **columns,
    )
    if render is None:
        raise StaleAttempt(render_id, attempt_now)
    return render
