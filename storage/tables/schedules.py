"""Tables of schedules. An occurrence stands in its table once, so it is posted once."""

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.columns import Base, Created, Id, Moment, Snowflake
from storage.reasons import Reason, ReasonText
from storage.values import Occurrence, Schedule


class ScheduleRow(Base):
    __tablename__ = "schedule"
    __table_args__ = (
        Index(None, "next_at"),
        Index(None, "guild_id"),
        Index(None, "story_id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[Id]
    guild_id: Mapped[Snowflake] = mapped_column(ForeignKey("guild.id", ondelete="CASCADE"))
    channel_id: Mapped[Snowflake]
    story_id: Mapped[Snowflake] = mapped_column(ForeignKey("story.id", ondelete="CASCADE"))
    owner_id: Mapped[Snowflake]
    cron: Mapped[str] = mapped_column(String(100))
    zone: Mapped[str] = mapped_column(String(64))
    next_at: Mapped[Moment | None]
    drawn_until: Mapped[Snowflake]
    created_at: Mapped[Created]

    def value(self) -> Schedule:
        return Schedule(
            self.id,
            self.guild_id,
            self.channel_id,
            self.story_id,
            self.owner_id,
            self.cron,
            self.zone,
            self.next_at,
            self.drawn_until,
        )


class OccurrenceRow(Base):
    __tablename__ = "occurrence"
    __table_args__ = (
        UniqueConstraint("schedule_id", "due_at"),
        UniqueConstraint("render_id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[Id]
    schedule_id: Mapped[Snowflake] = mapped_column(ForeignKey("schedule.id", ondelete="CASCADE"))
    due_at: Mapped[Moment]
    render_id: Mapped[Snowflake | None] = mapped_column(
        ForeignKey("render.id", ondelete="SET NULL")
    )
    late: Mapped[bool]
    reason: Mapped[Reason | None] = mapped_column(ReasonText)
    created_at: Mapped[Created]

    def value(self) -> Occurrence:
        return Occurrence(self.schedule_id, self.due_at, self.render_id, self.late, self.reason)
