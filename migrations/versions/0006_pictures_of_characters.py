"""Pictures of characters, hints that were given, reasons that are worded when they are shown."""

import json
from collections.abc import Callable, Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0006"
down_revision: str | None = "0005"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

NUMBERED = {"sqlite_autoincrement": True}
TOLD = {"render": "id", "post": "id", "edition": "comic_id"}  # tables with reasons, and their keys
CHANGES = (
    *("line_added", "line_edited", "line_moved", "line_removed"),
    *("cast_added", "cast_edited", "cast_removed", "text_added", "turn_passed"),
)


def upgrade() -> None:
    _add_picture("story_character", "reference")
    _add_picture("saved_character", "reference")
    _add_picture("saved_character", "portrait")
    with op.batch_alter_table("saved_character", table_kwargs=NUMBERED) as batch:
        batch.add_column(
            sa.Column("portrait_tries", sa.SmallInteger(), nullable=False, server_default="0")
        )
    with op.batch_alter_table("saved_character", table_kwargs=NUMBERED) as batch:
        batch.alter_column("portrait_tries", server_default=None)
    op.create_table(
        "hint",
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("member_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["guild_id"], ["guild.id"], name=op.f("fk_hint_guild_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("guild_id", "member_id", "name", name=op.f("pk_hint")),
    )
    _allow_changes(*CHANGES, "picture_changed")
    # What was told in English so far stays what it is: the words of a program.
    _reword(lambda text: json.dumps({"code": "told", "data": {"text": text}, "cause": None}))


def downgrade() -> None:
    _reword(lambda text: json.loads(text)["data"].get("text") or json.loads(text)["code"])
    op.execute("DELETE FROM story_change WHERE kind = 'picture_changed'")
    _allow_changes(*CHANGES)
    op.drop_table("hint")
    with op.batch_alter_table("saved_character", table_kwargs=NUMBERED) as batch:
        batch.drop_column("portrait_tries")
    _drop_picture("saved_character", "portrait")
    _drop_picture("saved_character", "reference")
    _drop_picture("story_character", "reference")


def _add_picture(table: str, column: str) -> None:
    with op.batch_alter_table(table, table_kwargs=NUMBERED) as batch:
        batch.add_column(sa.Column(column, sa.String(length=64), nullable=True))
        batch.create_foreign_key(op.f(f"fk_{table}_{column}"), "artifact", [column], ["key"])
    op.create_index(op.f(f"ix_{table}_{column}"), table, [column])


def _drop_picture(table: str, column: str) -> None:
    op.drop_index(op.f(f"ix_{table}_{column}"), table_name=table)
    with op.batch_alter_table(table, table_kwargs=NUMBERED) as batch:
        batch.drop_constraint(op.f(f"fk_{table}_{column}"), type_="foreignkey")
        batch.drop_column(column)


def _allow_changes(*kinds: str) -> None:
    name = op.f("ck_story_change_kind")
    with op.batch_alter_table("story_change", table_kwargs=NUMBERED) as batch:
        batch.drop_constraint(name, type_="check")
        batch.create_check_constraint(name, f"kind IN ({', '.join(map(repr, kinds))})")


def _reword(change: Callable[[str], str]) -> None:
    connection = op.get_bind()
    for name, key in TOLD.items():
        table = sa.table(name, sa.column(key), sa.column("reason", sa.Text()))
        rows = connection.execute(sa.select(table).where(table.c.reason.is_not(None))).all()
        for number, reason in rows:
            connection.execute(
                sa.update(table).where(table.c[key] == number).values(reason=change(reason))
            )
