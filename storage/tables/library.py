"""The table of characters that are kept for all stories of a guild."""

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from generation.script.casting import Sheet
from storage import limits
from storage.columns import ArtifactKey, Base, Created, Id, Snowflake, Typed
from storage.values import SavedCharacter


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
