"""Identity sheets of stories and of kept characters; pictures that belong to a draft; reasons of
schedules that are worded when they are shown."""

import json
from collections.abc import Callable, Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0008"
down_revision: str | None = "0007"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

NUMBERED = {"sqlite_autoincrement": True}


def upgrade() -> None:
    op.create_table(
        "identity_sheet",
        sa.Column("story_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.Column("sheet", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["story_id"], ["story.id"], name=op.f("fk_identity_sheet_story_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("story_id", "name_key", name=op.f("pk_identity_sheet")),
    )
    with op.batch_alter_table("saved_character", table_kwargs=NUMBERED) as batch:
        batch.add_column(sa.Column("sheet", sa.Text(), nullable=True))
    with op.batch_alter_table("draft", table_kwargs=NUMBERED) as batch:
        batch.add_column(sa.Column("reference", sa.String(length=64), nullable=True))
        batch.create_foreign_key(op.f("fk_draft_reference"), "artifact", ["reference"], ["key"])
    op.create_index(op.f("ix_draft_reference"), "draft", ["reference"])
    # What was told in English so far stays what it is: the words of a program.
    _reword(lambda text: json.dumps({"code": "told", "data": {"text": text}, "cause": None}))


def downgrade() -> None:
    _reword(lambda text: json.loads(text)["data"].get("text") or json.loads(text)["code"])
    op.drop_index(op.f("ix_draft_reference"), table_name="draft")
    with op.batch_alter_table("draft", table_kwargs=NUMBERED) as batch:
        batch.drop_constraint(op.f("fk_draft_reference"), type_="foreignkey")
        batch.drop_column("reference")
    with op.batch_alter_table("saved_character", table_kwargs=NUMBERED) as batch:
        batch.drop_column("sheet")
    op.drop_table("identity_sheet")


def _reword(change: Callable[[str], str]) -> None:
    connection = op.get_bind()
    table = sa.table("occurrence", sa.column("id"), sa.column("reason", sa.Text()))
    rows = connection.execute(sa.select(table).where(table.c.reason.is_not(None))).all()
    for number, reason in rows:
        connection.execute(
            sa.update(table).where(table.c.id == number).values(reason=change(reason))
        )
