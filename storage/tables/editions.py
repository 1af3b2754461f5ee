"""Tables of comics that were changed after they were drawn.

An edition is what a comic's pages show now; the render's own plan stays what was drawn. A take is
a panel drawn again: its picture replaces the panel's own while it is kept.
"""

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.columns import ArtifactKey, Base, Created, Snowflake, Typed
from storage.reasons import Reason, ReasonText
from storage.values import Edition, Take, TakeState

_KEPT = text("state = 'kept'")


class EditionRow(Base):
    __tablename__ = "edition"
    __table_args__ = (
        CheckConstraint("version >= 1", name="version"),
        CheckConstraint("bound BETWEEN 0 AND version", name="bound"),
        CheckConstraint("failures >= 0", name="failures"),
    )

    comic_id: Mapped[Snowflake] = mapped_column(
        ForeignKey("render.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    plan: Mapped[str] = mapped_column(Text)
    version: Mapped[int] = mapped_column(default=1)
    bound: Mapped[int] = mapped_column(default=0)
    failures: Mapped[int] = mapped_column(default=0)
    reason: Mapped[Reason | None] = mapped_column(ReasonText)
    not_before: Mapped[Created]
    created_at: Mapped[Created]

    def value(self) -> Edition:
        return Edition(
            self.comic_id, self.plan, self.version, self.bound, self.failures, self.reason
        )


class TakeRow(Base):
    __tablename__ = "take"
    __table_args__ = (
        CheckConstraint("panel >= 1", name="panel"),
        CheckConstraint("render_id <> comic_id", name="comic"),
        CheckConstraint("state IN ('open', 'kept', 'left')", name="state"),
        Index(None, "comic_id"),
        Index(None, "before"),
        Index(
            "uq_take_kept",
            "comic_id",
            "panel",
            unique=True,
            sqlite_where=_KEPT,
            postgresql_where=_KEPT,
        ),
    )

    render_id: Mapped[Snowflake] = mapped_column(
        ForeignKey("render.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    comic_id: Mapped[Snowflake] = mapped_column(ForeignKey("render.id", ondelete="CASCADE"))
    panel: Mapped[int] = mapped_column(SmallInteger)
    scene: Mapped[Typed | None]
    before: Mapped[ArtifactKey] = mapped_column(ForeignKey("artifact.key"))
    state: Mapped[str] = mapped_column(String(16), default=TakeState.OPEN.value)
    created_at: Mapped[Created]

    def value(self) -> Take:
        return Take(
            self.render_id,
            self.comic_id,
            self.panel,
            self.scene,
            self.before,
            TakeState(self.state),
        )
