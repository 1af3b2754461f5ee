"""Whose turn it is: the order of the queue, as SQL.

Lanes first (a lower lane first), then round robin over guilds and, within a guild, over members:
who was served longest ago comes first. Then age. Served means that a render was started.
"""

from collections.abc import Collection
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, Select, Subquery, func, literal, select, true
from sqlalchemy.orm import InstrumentedAttribute, aliased

from storage.columns import Utc
from storage.tables import RenderRow
from storage.values import RenderState

NEVER = datetime(1970, 1, 1, tzinfo=UTC)


def next_turn(guild_cap: int, user_cap: int, among: Collection[int] | None = None) -> Select[int]:
    """The id of the render to start now, `among` these where some are given: at most `guild_cap`
    renders of a guild and `user_cap` of a member run at the same time."""
    return (
        select(RenderRow.id)
        .where(
            RenderRow.state == RenderState.QUEUED,
            true() if among is None else RenderRow.id.in_(among),
            RenderRow.guild_id.not_in(_busy(RenderRow.guild_id, guild_cap)),
            RenderRow.user_id.not_in(_busy(RenderRow.user_id, user_cap)),
        )
        .order_by(
            RenderRow.lane,
            _guild_served(),
            RenderRow.guild_id,
            _user_served(),
            RenderRow.user_id,
            RenderRow.created_at,
            RenderRow.id,
        )
        .limit(1)
        .with_for_update(of=RenderRow, skip_locked=True)
        .correlate(None)  # the statement around it is about the same table
    )


def places() -> Subquery:
    """Columns `id` and `place`, from 1: in which order the queue is drawn if nobody else comes.

    Within a lane the first round takes one render of each guild, the second round another one, and
    so on; a guild's own turns go round its members in the same way.
    """
    own = select(
        RenderRow.id,
        RenderRow.lane,
        RenderRow.guild_id,
        RenderRow.user_id,
        _guild_served().label("guild_served"),
        _user_served().label("user_served"),
        func.row_number()
        .over(
            partition_by=[RenderRow.lane, RenderRow.guild_id, RenderRow.user_id],
            order_by=[RenderRow.created_at, RenderRow.id],
        )
        .label("user_round"),
    ).where(RenderRow.state == RenderState.QUEUED)
    by_user = own.subquery()
    by_guild = select(
        by_user,
        func.row_number()
        .over(
            partition_by=[by_user.c.lane, by_user.c.guild_id],
            order_by=[by_user.c.user_round, by_user.c.user_served, by_user.c.user_id],
        )
        .label("guild_round"),
    ).subquery()
    place = func.row_number().over(
        order_by=[
            by_guild.c.lane,
            by_guild.c.guild_round,
            by_guild.c.guild_served,
            by_guild.c.guild_id,
        ]
    )
    return select(by_guild.c.id, place.label("place")).subquery()


def _guild_served() -> ColumnElement[datetime]:
    other = aliased(RenderRow)
    return _latest(select(func.max(other.started_at)).where(other.guild_id == RenderRow.guild_id))


def _user_served() -> ColumnElement[datetime]:
    other = aliased(RenderRow)
    return _latest(
        select(func.max(other.started_at)).where(
            other.guild_id == RenderRow.guild_id, other.user_id == RenderRow.user_id
        )
    )


def _latest(served: Select[datetime | None]) -> ColumnElement[datetime]:
    """NEVER stands for no start at all, because the databases sort NULL differently."""
    moment = served.correlate(RenderRow).scalar_subquery()
    return func.coalesce(moment, literal(NEVER, Utc()), type_=Utc())


def _busy(whose: InstrumentedAttribute[int], cap: int) -> Select[int]:
    """Guilds or members that run as many renders as they may."""
    return (
        select(whose)
        .where(RenderRow.state == RenderState.RUNNING)
        .group_by(whose)
        .having(func.count() >= cap)
        .correlate(None)
    )
