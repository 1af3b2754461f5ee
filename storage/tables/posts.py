"""The table of pages on their way to Discord, or there."""

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage import limits
from storage.columns import (
    ArtifactKey,
    Base,
    Created,
    Id,
    Moment,
    Snowflake,
    Typed,
    one_of,
    word_of,
)
from storage.reasons import Reason, ReasonText
from storage.values import Post, PostState


class PostRow(Base):
    __tablename__ = "post"
    __table_args__ = (
        UniqueConstraint("render_id", "page"),
        UniqueConstraint("marker"),
        CheckConstraint(one_of("state", PostState), name="state"),
        CheckConstraint("page >= 0", name="page"),
        CheckConstraint("attempts >= 0", name="attempts"),
        CheckConstraint(f"length(alt_text) <= {limits.ALT_TEXT_LETTERS}", name="alt_text"),
        CheckConstraint(
            "(state IN ('sent', 'changed', 'withdrawn', 'deleted')) = (message_id IS NOT NULL)",
            name="sent",
        ),
        CheckConstraint("(state = 'failed') = (reason IS NOT NULL)", name="reason"),
        Index(None, "state", "channel_id"),
        Index(None, "artifact"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[Id]
    render_id: Mapped[Snowflake] = mapped_column(ForeignKey("render.id", ondelete="CASCADE"))
    page: Mapped[int] = mapped_column(SmallInteger)
    channel_id: Mapped[Snowflake]
    artifact: Mapped[ArtifactKey] = mapped_column(ForeignKey("artifact.key"))
    alt_text: Mapped[Typed]
    state: Mapped[PostState] = mapped_column(word_of(PostState))
    marker: Mapped[str] = mapped_column(String(32))
    attempts: Mapped[int] = mapped_column(default=0)
    message_id: Mapped[Snowflake | None]
    reason: Mapped[Reason | None] = mapped_column(ReasonText)
    not_before: Mapped[Created]
    first_tried_at: Mapped[Moment | None]
    created_at: Mapped[Created]
    replaces: Mapped[Snowflake | None]
    withdrawn_by: Mapped[Snowflake | None]
    moved_from: Mapped[Snowflake | None]

    def value(self) -> Post:
        return Post(
            self.id,
            self.render_id,
            self.page,
            self.channel_id,
            self.artifact,
            self.alt_text,
            self.state,
            self.marker,
            self.attempts,
            self.message_id,
            self.reason,
            self.first_tried_at,
            self.replaces,
            self.withdrawn_by,
            self.moved_from,
        )
