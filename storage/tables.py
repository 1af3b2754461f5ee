"""The tables. Names, limits and states are enforced here, whatever the code above does.

Counts are enforced by positions: unique in their story, and within 1 and the limit. Ids are never
given twice (AUTOINCREMENT on SQLite), because buttons in old messages carry them.
"""

from sqlalchemy import (
    CheckConstraint,
    Enum,
    ForeignKey,
    Index,
    SmallInteger,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from generation.script.casting import Sheet
from storage import limits
from storage.columns import ArtifactKey, Base, Created, Id, Moment, Snowflake, Typed
from storage.deltas import Change, ChangeKind, ChangeState, Delta
from storage.reasons import Reason, ReasonText
from storage.values import (
    Artifact,
    Draft,
    DraftKind,
    Post,
    PostState,
    Render,
    RenderedPanel,
    RenderState,
    SavedCharacter,
    Spoilers,
    Story,
    StoryCharacter,
    StoryPanel,
    Writers,
)

Kind = type[RenderState] | type[PostState] | type[Writers] | type[DraftKind] | type[Spoilers]
ChangeWord = type[ChangeKind] | type[ChangeState]


def _states(kind: Kind | ChangeWord) -> Enum:
    return Enum(kind, native_enum=False, length=16, values_callable=lambda k: [s.value for s in k])


def _one_of(column: str, kind: Kind | ChangeWord) -> str:
    return f"{column} IN ({', '.join(repr(state.value) for state in kind)})"


class GuildRow(Base):
    __tablename__ = "guild"
    __table_args__ = (CheckConstraint(_one_of("spoilers", Spoilers), name="spoilers"),)

    id: Mapped[Snowflake] = mapped_column(primary_key=True, autoincrement=False)
    created_at: Mapped[Created]
    spoilers: Mapped[Spoilers] = mapped_column(
        _states(Spoilers), default=Spoilers.NEVER, server_default=Spoilers.NEVER.value
    )


class HintRow(Base):
    """A hint that was given to a member; 0: to the whole guild."""

    __tablename__ = "hint"

    guild_id: Mapped[Snowflake] = mapped_column(
        ForeignKey("guild.id", ondelete="CASCADE"), primary_key=True
    )
    member_id: Mapped[Snowflake] = mapped_column(primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    created_at: Mapped[Created]


class StoryRow(Base):
    __tablename__ = "story"
    __table_args__ = (
        UniqueConstraint("thread_id"),
        CheckConstraint(f"length(title) BETWEEN 1 AND {limits.TITLE_LETTERS}", name="title"),
        CheckConstraint(
            "(draft_characters IS NULL) = (draft_panels IS NULL)", name="draft_is_whole"
        ),
        CheckConstraint(
            f"length(draft_characters) <= {limits.DRAFT_LETTERS}"
            f" AND length(draft_panels) <= {limits.DRAFT_LETTERS}",
            name="draft_letters",
        ),
        CheckConstraint(_one_of("writers", Writers), name="writers"),
        Index(None, "guild_id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[Id]
    guild_id: Mapped[Snowflake] = mapped_column(ForeignKey("guild.id", ondelete="CASCADE"))
    channel_id: Mapped[Snowflake]
    thread_id: Mapped[Snowflake | None]
    owner_id: Mapped[Snowflake]
    title: Mapped[Typed]
    style: Mapped[str] = mapped_column(String(64))
    draft_characters: Mapped[Typed | None]
    draft_panels: Mapped[Typed | None]
    created_at: Mapped[Created]
    writers: Mapped[Writers] = mapped_column(_states(Writers), default=Writers.EVERYONE)
    turn_id: Mapped[Snowflake | None]
    revision: Mapped[int] = mapped_column(default=0)
    card_message_id: Mapped[Snowflake | None]
    card_revision: Mapped[int] = mapped_column(default=0)

    def value(self) -> Story:
        draft = None
        if self.draft_characters is not None and self.draft_panels is not None:
            draft = (self.draft_characters, self.draft_panels)
        return Story(
            self.id,
            self.guild_id,
            self.channel_id,
            self.thread_id,
            self.owner_id,
            self.title,
            self.style,
            draft,
            self.created_at,
            self.writers,
            self.revision,
            self.card_message_id,
            self.card_revision,
        )


class StoryWriterRow(Base):
    """Invited members; the order of the ids is that of the turns."""

    __tablename__ = "story_writer"
    __table_args__ = (UniqueConstraint("story_id", "member_id"), {"sqlite_autoincrement": True})

    id: Mapped[Id]
    story_id: Mapped[Snowflake] = mapped_column(ForeignKey("story.id", ondelete="CASCADE"))
    member_id: Mapped[Snowflake]
    created_at: Mapped[Created]


class StoryChangeRow(Base):
    __tablename__ = "story_change"
    __table_args__ = (
        CheckConstraint(_one_of("kind", ChangeKind), name="kind"),
        CheckConstraint(_one_of("state", ChangeState), name="state"),
        CheckConstraint("(state = 'done') = (undone_by IS NULL)", name="undone"),
        Index(None, "story_id", "state"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[Id]
    story_id: Mapped[Snowflake] = mapped_column(ForeignKey("story.id", ondelete="CASCADE"))
    actor_id: Mapped[Snowflake]
    kind: Mapped[ChangeKind] = mapped_column(_states(ChangeKind))
    state: Mapped[ChangeState] = mapped_column(_states(ChangeState))
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


class DraftRow(Base):
    __tablename__ = "draft"
    __table_args__ = (
        CheckConstraint(_one_of("kind", DraftKind), name="kind"),
        CheckConstraint(
            f"length(characters) <= {limits.DRAFT_LETTERS}"
            f" AND length(panels) <= {limits.DRAFT_LETTERS}",
            name="letters",
        ),
        Index(None, "story_id", "member_id"),
        Index(None, "reference"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[Id]
    story_id: Mapped[Snowflake] = mapped_column(ForeignKey("story.id", ondelete="CASCADE"))
    member_id: Mapped[Snowflake]
    kind: Mapped[DraftKind] = mapped_column(_states(DraftKind))
    target_id: Mapped[Snowflake | None]
    characters: Mapped[Typed]
    panels: Mapped[Typed]
    reference: Mapped[ArtifactKey | None] = mapped_column(ForeignKey("artifact.key"))
    created_at: Mapped[Created]

    def value(self) -> Draft:
        return Draft(
            self.id,
            self.story_id,
            self.member_id,
            self.kind,
            self.target_id,
            self.characters,
            self.panels,
            self.reference or "",
        )


class SavedCharacterRow(Base):
    __tablename__ = "saved_character"
    __table_args__ = (
        UniqueConstraint("guild_id", "name_key"),
        Index(None, "reference"),
        Index(None, "portrait"),
        CheckConstraint(f"length(name) BETWEEN 1 AND {limits.NAME_LETTERS}", name="name"),
        CheckConstraint(f"length(description) <= {limits.LINE_LETTERS}", name="description"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[Id]
    guild_id: Mapped[Snowflake] = mapped_column(ForeignKey("guild.id", ondelete="CASCADE"))
    owner_id: Mapped[Snowflake]
    name: Mapped[Typed]
    name_key: Mapped[Typed]
    description: Mapped[Typed]
    shared: Mapped[bool]
    reference: Mapped[ArtifactKey | None] = mapped_column(ForeignKey("artifact.key"))
    portrait: Mapped[ArtifactKey | None] = mapped_column(ForeignKey("artifact.key"))
    portrait_tries: Mapped[int] = mapped_column(SmallInteger, default=0)
    sheet: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[Created]

    def value(self) -> SavedCharacter:
        return SavedCharacter(
            self.id,
            self.guild_id,
            self.owner_id,
            self.name,
            self.description,
            self.shared,
            self.reference or "",
            self.portrait or "",
            Sheet.from_json(self.sheet) if self.sheet else None,
        )


class StoryCharacterRow(Base):
    __tablename__ = "story_character"
    __table_args__ = (
        UniqueConstraint("story_id", "position"),
        UniqueConstraint("story_id", "name_key"),
        Index(None, "reference"),
        CheckConstraint(f"position BETWEEN 1 AND {limits.CHARACTERS}", name="position"),
        CheckConstraint(f"length(name) BETWEEN 1 AND {limits.NAME_LETTERS}", name="name"),
        CheckConstraint(f"length(description) <= {limits.LINE_LETTERS}", name="description"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[Id]
    story_id: Mapped[Snowflake] = mapped_column(ForeignKey("story.id", ondelete="CASCADE"))
    position: Mapped[int] = mapped_column(SmallInteger)
    owner_id: Mapped[Snowflake]
    name: Mapped[Typed]
    name_key: Mapped[Typed]
    description: Mapped[Typed]
    reference: Mapped[ArtifactKey | None] = mapped_column(ForeignKey("artifact.key"))
    created_at: Mapped[Created]

    def value(self) -> StoryCharacter:
        return StoryCharacter(
            self.id,
            self.story_id,
            self.owner_id,
            self.name,
            self.description,
            self.reference or "",
        )


class StoryPanelRow(Base):
    __tablename__ = "story_panel"
    __table_args__ = (
        UniqueConstraint("story_id", "position"),
        UniqueConstraint("story_id", "source_message_id"),
        CheckConstraint(f"position BETWEEN 1 AND {limits.PANELS}", name="position"),
        CheckConstraint(f"length(text) BETWEEN 1 AND {limits.LINE_LETTERS}", name="text"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[Id]
    story_id: Mapped[Snowflake] = mapped_column(ForeignKey("story.id", ondelete="CASCADE"))
    position: Mapped[int] = mapped_column(SmallInteger)
    author_id: Mapped[Snowflake]
    text: Mapped[Typed]
    source_message_id: Mapped[Snowflake | None]
    created_at: Mapped[Created]

    def value(self) -> StoryPanel:
        return StoryPanel(self.id, self.story_id, self.position, self.author_id, self.text)


class ArtifactRow(Base):
    __tablename__ = "artifact"
    __table_args__ = (
        CheckConstraint("length(key) = 64", name="key"),
        CheckConstraint("size >= 0", name="size"),
        Index(None, "media_type"),
    )

    key: Mapped[ArtifactKey] = mapped_column(primary_key=True)
    media_type: Mapped[str] = mapped_column(String(128))
    size: Mapped[Snowflake]
    created_at: Mapped[Created]

    def value(self) -> Artifact:
        return Artifact(self.key, self.media_type, self.size)


class RenderRow(Base):
    __tablename__ = "render"
    __table_args__ = (
        CheckConstraint(_one_of("state", RenderState), name="state"),
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
    state: Mapped[RenderState] = mapped_column(_states(RenderState))
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


class PostRow(Base):
    __tablename__ = "post"
    __table_args__ = (
        UniqueConstraint("render_id", "page"),
        UniqueConstraint("marker"),
        CheckConstraint(_one_of("state", PostState), name="state"),
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
    state: Mapped[PostState] = mapped_column(_states(PostState))
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
