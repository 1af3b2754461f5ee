"""Table of clips: renders that are films of a comic's panels, and no comics themselves."""

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from storage.columns import Base, Created, Snowflake
from storage.values import Clip


class ClipRow(Base):
    __tablename__ = "clip"
    __table_args__ = (
        CheckConstraint("render_id <> comic_id", name="comic"),
        Index(None, "comic_id"),
    )

    render_id: Mapped[Snowflake] = mapped_column(
        ForeignKey("render.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    comic_id: Mapped[Snowflake] = mapped_column(ForeignKey("render.id", ondelete="CASCADE"))
    created_at: Mapped[Created]

    def value(self) -> Clip:
        return Clip(self.render_id, self.comic_id)
