"""Tables of what is drawn to look at and choose from, and of how fast models have drawn.

A sketch is a render that is no comic: a quick preview of a story, or small variations of a comic.
A variation is a comic that was drawn from another seed, to take an older one's place.
"""

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from generation.script.estimating import Speed
from storage.columns import Base, Created, Snowflake
from storage.values import Sketch, TakeState, Variation


class SketchRow(Base):
    __tablename__ = "sketch"
    __table_args__ = (
        CheckConstraint("render_id <> comic_id", name="comic"),
        Index(None, "comic_id"),
    )

    render_id: Mapped[Snowflake] = mapped_column(
        ForeignKey("render.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    comic_id: Mapped[Snowflake | None] = mapped_column(ForeignKey("render.id", ondelete="CASCADE"))
    created_at: Mapped[Created]

    def value(self) -> Sketch:
        return Sketch(self.render_id, self.comic_id)


class VariationRow(Base):
    __tablename__ = "variation"
    __table_args__ = (
        CheckConstraint("render_id <> comic_id", name="comic"),
        CheckConstraint("state IN ('open', 'kept', 'left')", name="state"),
        Index(None, "comic_id"),
    )

    render_id: Mapped[Snowflake] = mapped_column(
        ForeignKey("render.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    comic_id: Mapped[Snowflake] = mapped_column(ForeignKey("render.id", ondelete="CASCADE"))
    state: Mapped[str] = mapped_column(String(16), default=TakeState.OPEN.value)
    created_at: Mapped[Created]

    def value(self) -> Variation:
        return Variation(self.render_id, self.comic_id, TakeState(self.state))


class SpeedRow(Base):
    """What the last drawings with a model took, averaged, newer ones counting more."""

    __tablename__ = "speed"
    __table_args__ = (CheckConstraint("step >= 0 AND panel >= 0", name="seconds"),)

    model: Mapped[str] = mapped_column(String(64), primary_key=True)
    step: Mapped[float]
    panel: Mapped[float]
    created_at: Mapped[Created]

    def value(self) -> Speed:
        return Speed(self.step, self.panel)
