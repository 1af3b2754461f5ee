"""Who may write in a story, the history of its changes, drafts by member, and saved characters."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    _extend_story()
    op.create_table(
        "story_writer",
        _id(),
        sa.Column("story_id", sa.BigInteger(), nullable=False),
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        _of_story("story_writer"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_story_writer")),
        sa.UniqueConstraint(
            "story_id", "member_id", name=op.f("uq_story_writer_story_id_member_id")
        ),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "story_change",
        _id(),
        sa.Column("story_id", sa.BigInteger(), nullable=False),
        sa.Column("actor_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("undone_by", sa.BigInteger(), nullable=True),
        sa.Column("delta", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('line_added', 'line_edited', 'line_moved', 'line_removed',"
            " 'cast_added', 'cast_edited', 'cast_removed', 'text_added',"
            " 'turn_passed')",
            name=op.f("ck_story_change_kind"),
        ),
        sa.CheckConstraint(
            "state IN ('done', 'undone', 'dropped')", name=op.f("ck_story_change_state")
        ),
        sa.CheckConstraint(
            "(state = 'done') = (undone_by IS NULL)", name=op.f("ck_story_change_undone")
        ),
        _of_story("story_change"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_story_change")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_story_change_story_id_state"), "story_change", ["story_id", "state"])
    op.create_table(
        "draft",
        _id(),
        sa.Column("story_id", sa.BigInteger(), nullable=False),
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("target_id", sa.BigInteger(), nullable=True),
        sa.Column("characters", sa.Text(), nullable=False),
        sa.Column("panels", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('text', 'edited_line', 'new_character', 'edited_character')",
            name=op.f("ck_draft_kind"),
        ),
        sa.CheckConstraint(
            "length(characters) <= 100000 AND length(panels) <= 100000",
            name=op.f("ck_draft_letters"),
        ),
        _of_story("draft"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_draft_story_id_member_id"), "draft", ["story_id", "member_id"])
    _create_saved_character()


def _extend_story() -> None:
    """The check stands in the column: SQLite then needs no copy of the table, which would lose the
    checks it has."""
    op.add_column(
        "story",
        sa.Column(
            "writers",
            sa.String(length=16),
            sa.CheckConstraint(
                "writers IN ('owner', 'invited', 'everyone', 'turns')",
                name=op.f("ck_story_writers"),
            ),
            nullable=False,
            server_default="everyone",
        ),
    )
    op.add_column("story", sa.Column("turn_id", sa.BigInteger(), nullable=True))
    op.add_column("story", sa.Column("card_message_id", sa.BigInteger(), nullable=True))
    for name in ("revision", "card_revision"):
        op.add_column("story", sa.Column(name, sa.Integer(), nullable=False, server_default="0"))


def _create_saved_character() -> None:
    op.create_table(
        "saved_character",
        _id(),
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("owner_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(name) BETWEEN 1 AND 100", name=op.f("ck_saved_character_name")),
        sa.CheckConstraint(
            "length(description) <= 1000", name=op.f("ck_saved_character_description")
        ),
        sa.ForeignKeyConstraint(
            ["guild_id"], ["guild.id"], name=op.f("fk_saved_character_guild_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_character")),
        sa.UniqueConstraint(
            "guild_id", "name_key", name=op.f("uq_saved_character_guild_id_name_key")
        ),
        sqlite_autoincrement=True,
    )


def _id() -> sa.Column[int]:
    return sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False)


def _of_story(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["story_id"], ["story.id"], name=op.f(f"fk_{table}_story_id"), ondelete="CASCADE"
    )


def downgrade() -> None:
    for table in ("saved_character", "draft", "story_change", "story_writer"):
        op.drop_table(table)
    for column in ("card_revision", "revision", "card_message_id", "turn_id", "writers"):
        op.drop_column("story", column)
