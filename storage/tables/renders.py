"""Tables of renders and the pictures that were drawn for them."""

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, Text
from sqlalchemy.orm import Mapped, mapped_column

from storage import limits
from storage.columns import ArtifactKey, Base, Created, Id, Moment, Snowflake, one_of, word_of
from storage.reasons import Reason, ReasonText
from storage.values import Render, RenderedPanel, RenderState


class RenderRow(Base):
    __tablename__ = "render"
    __table_args__ = (
        CheckConstraint(one_of("state", RenderState), name="state"),
        CheckConstraint("lane >= 0", name="lane"),
        CheckConstraint("attempt >= 0", name="attempt"),
        CheckConstraint(f"failures BETWEEN 0 AND {limits.FAILURES}", name="failures"),
        CheckConstraint(
            f"failures < {limits.FAILURES} OR state NOT IN ('queued', 'running')", name="gives_up"
        ),
        CheckConstraint("steps >= 1 AND step BETWEEN 0 AND steps", name="step"),
        CheckConstraint(
            "state <> 'running' OR (started_at IS NOT NULL AND attempt >= 1)", name="running"
        ),
        CheckConstraint(
            "(state IN ('queued', 'running')) = (finished_at IS NULL)", name="finished"
        ),
        CheckConstraint("(state = 'failed') = (reason IS NOT NULL)", name="reason"),
        Index(None, "state", "lane", "created_at"),
        Index(None, "guild_id", "started_at"),
        Index(None, "guild_id", "user_id", "started_at"),
        Index(None, "story_id"),
        Index(None, "checkpoint"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[Id]
    story_id: Mapped[Snowflake] = mapped_column(ForeignKey("story.id", ondelete="CASCADE"))
    guild_id: Mapped[Snowflake] = mapped_column(ForeignKey("guild.id", ondelete="CASCADE"))
    channel_id: Mapped[Snowflake]
    user_id: Mapped[Snowflake]
    state: Mapped[RenderState] = mapped_column(word_of(RenderState))
    lane: Mapped[int] = mapped_column(SmallInteger)
    attempt: Mapped[int] = mapped_column(default=0)
    failures: Mapped[int] = mapped_column(SmallInteger, default=0)
    plan: Mapped[str] = mapped_column(Text)
    step: Mapped[int] = mapped_column(default=0)
    steps: Mapped[int]
    progress_message_id: Mapped[Snowflake | None]
    checkpoint: Mapped[ArtifactKey | None] = mapped_column(ForeignKey("artifact.key"))
    reason: Mapped[Reason | None] = mapped_column(ReasonText)
    seconds: Mapped[float | None]
    micro_batch: Mapped[int | None] = mapped_column(SmallInteger)
    created_at: Mapped[Created]
    started_at: Mapped[Moment | None]
    finished_at: Mapped[Moment | None]

    def value(self) -> Render:
        return Render(
            self.id,
            self.story_id,
            self.guild_id,
            self.channel_id,
            self.user_id,
            self.state,
            self.lane,
            self.attempt,
            self.plan,
            self.step,
            self.steps,
            self.progress_message_id,
            self.checkpoint,
            self.reason,
            self.created_at,
            self.started_at,
            self.finished_at,
            self.failures,
            self.seconds,
            self.micro_batch,
        )


class RenderedPanelRow(Base):
    __tablename__ = "rendered_panel"
    __table_args__ = (CheckConstraint("position >= 0", name="position"), Index(None, "artifact"))

    render_id: Mapped[Snowflake] = mapped_column(
        ForeignKey("render.id", ondelete="CASCADE"), primary_key=True
    )
    position: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    seed: Mapped[Snowflake]
    artifact: Mapped[ArtifactKey] = mapped_column(ForeignKey("artifact.key"))

    def value(self) -> RenderedPanel:
        return RenderedPanel(self.render_id, self.position, self.seed, self.artifact)
