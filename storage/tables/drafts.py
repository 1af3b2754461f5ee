"""The table of texts that can't be used as they are, or not yet."""

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from storage import limits
from storage.columns import ArtifactKey, Base, Created, Id, Snowflake, Typed, one_of, word_of
from storage.values import Draft, DraftKind


class DraftRow(Base):
    __tablename__ = "draft"
    __table_args__ = (
        CheckConstraint(one_of("kind", DraftKind), name="kind"),
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
    kind: Mapped[DraftKind] = mapped_column(word_of(DraftKind))
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
