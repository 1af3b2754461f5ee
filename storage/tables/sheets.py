"""The table of identity sheets: how the characters of a story were drawn."""

from sqlalchemy import ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from storage.columns import Base, Created, Snowflake, Typed


class IdentitySheetRow(Base):
    """By name and not by character: whoever is taken out and comes back, or is typed anew in a
    dialog, looks as before."""

    __tablename__ = "identity_sheet"

    story_id: Mapped[Snowflake] = mapped_column(
        ForeignKey("story.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    name_key: Mapped[Typed] = mapped_column(primary_key=True)
    sheet: Mapped[str] = mapped_column(Text)
    created_at: Mapped[Created]
