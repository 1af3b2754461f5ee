"""What happens to posts once they are posted: their messages are edited, replaced or deleted."""

import secrets
from collections.abc import Sequence
from typing import Any

from sqlalchemy import case, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage import limits
from storage.columns import now
from storage.posts import OPEN, UPKEEP, change_row
from storage.reasons import Reason, ReasonCode
from storage.tables import PostRow
from storage.values import Post, PostState

SHOWN = (PostState.SENT, PostState.CHANGED)


async def tried(session: AsyncSession, post_id: int) -> Post:
    """A try to change or delete the message begins.

    Raises:
        NotFound: nothing is to be done to such a message.
    """
    return await change_row(
        session, post_id, (*UPKEEP, PostState.SENT), attempts=PostRow.attempts + 1
    )


async def settled(session: AsyncSession, post: Post) -> Post:
    """What was to be done to the message (as the post was read) is done. A change that came in the
    meantime is still to be made.

    Raises:
        NotFound: there was nothing to do.
    """
    after = PostState.DELETED if post.state is PostState.WITHDRAWN else PostState.SENT
    state = case(
        (PostRow.state != post.state, PostRow.state),
        (PostRow.attempts != post.attempts, PostRow.state),  # it is to be shown anew since then
        else_=after,
    )
    replaced = post.replaces if post.state is PostState.CHANGED else None  # edited, not deleted yet
    return await change_row(
        session, post.id, (*UPKEEP, PostState.SENT), state=state, replaces=replaced, attempts=0
    )


async def replace(session: AsyncSession, post_id: int) -> Post:
    """The message can't be edited any more: a new one is to take its place.

    Raises:
        NotFound: there is no such message.
    """
    return await change_row(
        session,
        post_id,
        (PostState.CHANGED,),
        state=PostState.PENDING,
        replaces=PostRow.message_id,
        message_id=None,
        marker=secrets.token_hex(8),
        attempts=0,
        first_tried_at=None,
        not_before=now(),
    )


async def vanished(session: AsyncSession, post_id: int) -> Post:
    """Somebody else has deleted the message.

    Raises:
        NotFound: no such message was to be changed.
    """
    return await change_row(
        session, post_id, (*UPKEEP, PostState.SENT), state=PostState.DELETED, replaces=None
    )


async def leave(session: AsyncSession, post_id: int) -> Post:
    """The message can't be changed or deleted: it stays as it is.

    Raises:
        NotFound: nothing was to be done to such a message.
    """
    return await change_row(
        session,
        post_id,
        (*UPKEEP, PostState.SENT),
        state=PostState.SENT,
        replaces=None,
        withdrawn_by=None,
    )


async def change(
    session: AsyncSession, render_id: int, page: int, artifact_key: str, alt_text: str
) -> None:
    """A page is to show another picture, wherever it is on its way to its channel."""
    await session.execute(
        update(PostRow)
        .where(PostRow.render_id == render_id, PostRow.page == page)
        .values(
            artifact=artifact_key,
            alt_text=alt_text[: limits.ALT_TEXT_LETTERS],
            **_dirty(),
        )
        .execution_options(synchronize_session=False)
    )


async def refresh(session: AsyncSession, render_id: int) -> None:
    """The words or buttons around a render's pages are to be shown anew."""
    await session.execute(
        update(PostRow)
        .where(PostRow.render_id == render_id, PostRow.state.in_(SHOWN))
        .values(**_dirty())
        .execution_options(synchronize_session=False)
    )


async def withdraw(session: AsyncSession, render_ids: Sequence[int], user_id: int) -> int:
    """Delete all pages of these renders; how many were posted."""
    await session.execute(
        update(PostRow)
        .where(PostRow.render_id.in_(render_ids), PostRow.state == PostState.PENDING)
        .values(state=PostState.FAILED, reason=Reason(ReasonCode.TAKEN_BACK), withdrawn_by=user_id)
        .execution_options(synchronize_session=False)
    )
    gone = await session.scalars(
        update(PostRow)
        .where(PostRow.render_id.in_(render_ids), PostRow.state.in_((*SHOWN, PostState.SENDING)))
        .values(
            state=case(
                (PostRow.state == PostState.SENDING, PostRow.state), else_=PostState.WITHDRAWN
            ),
            withdrawn_by=user_id,
            attempts=case((PostRow.state == PostState.SENDING, PostRow.attempts), else_=0),
            not_before=now(),
        )
        .returning(PostRow.id)
        .execution_options(synchronize_session=False)
    )
    return len(gone.all())


async def restore(session: AsyncSession, render_id: int) -> None:
    """Pages that were withdrawn are to be there again, each in a new message."""
    rows = await session.scalars(
        select(PostRow)
        .where(
            PostRow.render_id == render_id,
            PostRow.state.in_((PostState.WITHDRAWN, PostState.DELETED))
            | ((PostRow.state == PostState.FAILED) & PostRow.withdrawn_by.is_not(None)),
        )
        .with_for_update()
    )
    for post in [row.value() for row in rows]:
        still_there = post.message_id if post.state is PostState.WITHDRAWN else None
        await change_row(
            session,
            post.id,
            (post.state,),
            state=PostState.PENDING,
            replaces=still_there,
            message_id=None,
            marker=secrets.token_hex(8),
            attempts=0,
            first_tried_at=None,
            not_before=now(),
            reason=None,
            withdrawn_by=None,
        )
    await session.execute(  # on its way, and to be deleted as soon as it has arrived
        update(PostRow)
        .where(PostRow.render_id == render_id, PostRow.state == PostState.SENDING)
        .values(withdrawn_by=None)
        .execution_options(synchronize_session=False)
    )


def _dirty() -> dict[str, Any]:
    return {
        "state": case((PostRow.state == PostState.SENT, PostState.CHANGED), else_=PostRow.state),
        "attempts": case((PostRow.state.in_(OPEN), PostRow.attempts), else_=0),
        "not_before": case((PostRow.state.in_(OPEN), PostRow.not_before), else_=now()),
    }
