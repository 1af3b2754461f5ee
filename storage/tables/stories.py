"""Tables of stories: their lines, and who may write them."""

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage import limits
from storage.columns import ArtifactKey, Base, Created, Id, Snowflake, Typed, one_of, word_of
from storage.values import Story, StoryCharacter, StoryPanel, Writers


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
        CheckConstraint(one_of("writers", Writers), name="writers"),
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
    writers: Mapped[Writers] = mapped_column(word_of(Writers), default=Writers.EVERYONE)
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
