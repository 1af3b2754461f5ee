"""The table of what was done to stories, and undone."""

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from storage.columns import Base, Created, Id, Snowflake, one_of, word_of
from storage.deltas import Change, ChangeKind, ChangeState, Delta


class StoryChangeRow(Base):
    __tablename__ = "story_change"
    __table_args__ = (
        CheckConstraint(one_of("kind", ChangeKind), name="kind"),
        CheckConstraint(one_of("state", ChangeState), name="state"),
        CheckConstraint("(state = 'done') = (undone_by IS NULL)", name="undone"),
        Index(None, "story_id", "state"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[Id]
    story_id: Mapped[Snowflake] = mapped_column(ForeignKey("story.id", ondelete="CASCADE"))
    actor_id: Mapped[Snowflake]
    kind: Mapped[ChangeKind] = mapped_column(word_of(ChangeKind))
    state: Mapped[ChangeState] = mapped_column(word_of(ChangeState))
    undone_by: Mapped[Snowflake | None]
    delta: Mapped[str] = mapped_column(Text)
    created_at: Mapped[Created]

    def value(self) -> Change:
        return Change(
            self.id,
            self.story_id,
            self.actor_id,
            self.kind,
            self.state,
            self.undone_by,
            Delta.from_json(self.delta),
            self.created_at,
        )
