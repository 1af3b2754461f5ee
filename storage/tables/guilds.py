"""Tables of guilds, and of the hints that were given in them."""

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from storage.columns import Base, Created, Snowflake, one_of, word_of
from storage.values import Spoilers


class GuildRow(Base):
    __tablename__ = "guild"
    __table_args__ = (CheckConstraint(one_of("spoilers", Spoilers), name="spoilers"),)

    id: Mapped[Snowflake] = mapped_column(primary_key=True, autoincrement=False)
    created_at: Mapped[Created]
    spoilers: Mapped[Spoilers] = mapped_column(
        word_of(Spoilers), default=Spoilers.NEVER, server_default=Spoilers.NEVER.value
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
