"""Posts: an outbox. A row stands here before the message is sent, and learns of it afterwards.

What may happen to a posted page later is in `upkeep`.
"""

import secrets
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, case, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from storage import limits
from storage.columns import now
from storage.errors import NotFound
from storage.reasons import Reason
from storage.tables import PostRow
from storage.values import Post, PostState

OPEN = (PostState.PENDING, PostState.SENDING)
UPKEEP = (PostState.CHANGED, PostState.WITHDRAWN)


async def create(
    session: AsyncSession,
    render_id: int,
    page: int,
    channel_id: int,
    artifact_key: str,
    alt_text: str,
    message_id: int | None = None,
) -> Post:
    """The marker also fits Discord's nonce (25 letters). Alt text is cut to what Discord takes.
    `message_id`: a message that is there and becomes the page."""
    row = PostRow(
        render_id=render_id,
        page=page,
        channel_id=channel_id,
        artifact=artifact_key,
        alt_text=alt_text[: limits.ALT_TEXT_LETTERS],
        state=PostState.PENDING if message_id is None else PostState.CHANGED,
        marker=secrets.token_hex(8),
        message_id=message_id,
    )
    session.add(row)
    await session.flush()
    return row.value()


async def due(session: AsyncSession) -> list[Post]:
    """The oldest unsent post of each channel, unless it waits for its next try. Later posts of a
    channel wait for earlier ones, so that pages stand in order. And all messages that are to be
    changed or deleted, which wait for nobody."""
    earlier = aliased(PostRow)
    blocked = (
        select(earlier.id)
        .where(
            earlier.channel_id == PostRow.channel_id,
            earlier.state.in_(OPEN),
            earlier.id < PostRow.id,
        )
        .exists()
    )
    rows = await session.scalars(
        select(PostRow)
        .where(
            PostRow.not_before <= now(),
            (PostRow.state.in_(OPEN) & ~blocked) | _upkeep(),
        )
        .order_by(PostRow.id)
        .execution_options(populate_existing=True)
    )
    return [row.value() for row in rows]


async def next_try(session: AsyncSession) -> datetime | None:
    """When the earliest of the unsent posts may be tried."""
    return await session.scalar(
        select(func.min(PostRow.not_before, type_=PostRow.not_before.type)).where(
            PostRow.state.in_(OPEN) | _upkeep()
        )
    )


async def begin(session: AsyncSession, post_id: int) -> Post:
    """A try begins now. With more than one attempt the message may be there already.

    Raises:
        NotFound: no such post waits to be sent.
    """
    return await change_row(
        session,
        post_id,
        OPEN,
        state=PostState.SENDING,
        attempts=PostRow.attempts + 1,
        first_tried_at=func.coalesce(PostRow.first_tried_at, now()),
    )


async def sent(
    session: AsyncSession, post_id: int, message_id: int, artifact: str | None = None
) -> Post:
    """The message shows `artifact`. If the page was changed or withdrawn while it was on its way,
    that is to be done now.

    Raises:
        NotFound: no such post is being sent.
    """
    state = case(
        (PostRow.withdrawn_by.is_not(None), PostState.WITHDRAWN),
        (PostRow.artifact != (artifact or PostRow.artifact), PostState.CHANGED),
        else_=PostState.SENT,
    )
    return await change_row(
        session,
        post_id,
        (PostState.SENDING,),
        state=state,
        message_id=message_id,
    )


async def move(session: AsyncSession, post_id: int, channel_id: int) -> Post:
    """The thread takes no messages any more: the page goes to its channel.

    Raises:
        NotFound: no such post waits to be sent.
    """
    return await change_row(
        session,
        post_id,
        OPEN,
        state=PostState.PENDING,
        moved_from=PostRow.channel_id,
        channel_id=channel_id,
        attempts=0,
        first_tried_at=None,
        not_before=now(),
    )


async def postpone(session: AsyncSession, post_id: int, not_before: datetime) -> Post:
    """The try failed, and is repeated later. Whether the message was sent is not known.

    Raises:
        NotFound: nothing is to be done for such a post.
    """
    return await change_row(
        session, post_id, (*OPEN, *UPKEEP, PostState.SENT), not_before=not_before
    )


async def failed(session: AsyncSession, post_id: int, reason: Reason) -> Post:
    """The message can't be sent, ever.

    Raises:
        NotFound: no such post waits to be sent.
    """
    return await change_row(session, post_id, OPEN, state=PostState.FAILED, reason=reason)


async def get(session: AsyncSession, post_id: int) -> Post:
    """Raises:
    NotFound: there is no such post.
    """
    row = await session.get(PostRow, post_id, populate_existing=True)
    if row is None:
        raise NotFound("post", str(post_id))
    return row.value()


async def by_marker(session: AsyncSession, marker: str) -> Post | None:
    row = await session.scalar(select(PostRow).where(PostRow.marker == marker))
    return row.value() if row else None


async def for_render(session: AsyncSession, render_id: int) -> list[Post]:
    rows = await session.scalars(
        select(PostRow).where(PostRow.render_id == render_id).order_by(PostRow.page)
    )
    return [row.value() for row in rows]


def _upkeep() -> ColumnElement[bool]:
    """Messages that are there, and to which something is to be done."""
    return PostRow.state.in_(UPKEEP) | (
        (PostRow.state == PostState.SENT) & PostRow.replaces.is_not(None)
    )


async def change_row(
    session: AsyncSession, post_id: int, states: tuple[PostState, ...], **columns: Any
) -> Post:
    """Change a post that is in one of these states.

    Raises:
        NotFound: there is no such post.
    """
    row = await session.scalar(
        update(PostRow)
        .where(PostRow.id == post_id, PostRow.state.in_(states))
        .values(**columns)
        .returning(PostRow)
        .execution_options(populate_existing=True, synchronize_session=False)
    )
    if row is None:
        raise NotFound("post", str(post_id))
    return row.value()
