"""The table of what is kept by its content: pictures, checkpoints, files."""

from sqlalchemy import CheckConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from storage.columns import ArtifactKey, Base, Created, Snowflake
from storage.values import Artifact


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
