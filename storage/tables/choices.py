"""Tables of how stories are to be drawn: what was chosen for a story, and what a member chose last.

A story's style stands with the story.
"""

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from generation.script.choices import Choices, Consistency, Layout, Quality
from storage.columns import Base, Created, Snowflake

Kind = type[Quality] | type[Consistency] | type[Layout]


def _check(column: str, kind: Kind) -> CheckConstraint:
    values = ", ".join(repr(one.value) for one in kind)
    return CheckConstraint(f"{column} IN ({values})", name=column)


def _checks() -> tuple[CheckConstraint, ...]:
    return (
        _check("quality", Quality),
        _check("consistency", Consistency),
        _check("layout", Layout),
    )


class _Chosen:
    """The columns that both have."""

    model: Mapped[str] = mapped_column(String(64), default="")
    size: Mapped[str] = mapped_column(String(16), default="")
    quality: Mapped[str] = mapped_column(String(16), default=Quality.NORMAL.value)
    consistency: Mapped[str] = mapped_column(String(16), default=Consistency.NORMAL.value)
    layout: Mapped[str] = mapped_column(String(16), default=Layout.PAGE.value)
    created_at: Mapped[Created]


class StoryChoiceRow(_Chosen, Base):
    __tablename__ = "story_choice"
    __table_args__ = (*_checks(), CheckConstraint("seed >= 0", name="seed"))

    story_id: Mapped[Snowflake] = mapped_column(
        ForeignKey("story.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    seed: Mapped[Snowflake | None]

    def value(self, style: str) -> Choices:
        return Choices(
            self.model,
            style,
            self.size,
            Quality(self.quality),
            Consistency(self.consistency),
            Layout(self.layout),
            self.seed,
        )


class MemberChoiceRow(_Chosen, Base):
    """Without a seed: one for every story would make them all alike."""

    __tablename__ = "member_choice"
    __table_args__ = _checks()

    guild_id: Mapped[Snowflake] = mapped_column(
        ForeignKey("guild.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    member_id: Mapped[Snowflake] = mapped_column(primary_key=True, autoincrement=False)
    style: Mapped[str] = mapped_column(String(64), default="")

    def value(self) -> Choices:
        return Choices(
            self.model,
            self.style,
            self.size,
            Quality(self.quality),
            Consistency(self.consistency),
            Layout(self.layout),
        )
