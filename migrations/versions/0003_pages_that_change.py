"""Pages that change after they were posted: other words, panels drawn again, deleted pages."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    with op.batch_alter_table("post", table_kwargs={"sqlite_autoincrement": True}) as batch:
        batch.add_column(sa.Column("replaces", sa.BigInteger(), nullable=True))
        batch.add_column(sa.Column("withdrawn_by", sa.BigInteger(), nullable=True))
        batch.add_column(sa.Column("moved_from", sa.BigInteger(), nullable=True))
        batch.drop_constraint(op.f("ck_post_state"), type_="check")
        batch.drop_constraint(op.f("ck_post_sent"), type_="check")
        batch.create_check_constraint(
            op.f("ck_post_state"),
            "state IN ('pending', 'sending', 'sent', 'changed', 'withdrawn', 'deleted', 'failed')",
        )
        batch.create_check_constraint(
            op.f("ck_post_sent"),
            "(state IN ('sent', 'changed', 'withdrawn', 'deleted')) = (message_id IS NOT NULL)",
        )
    op.create_table(
        "edition",
        sa.Column("comic_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("plan", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("bound", sa.Integer(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("bound BETWEEN 0 AND version", name=op.f("ck_edition_bound")),
        sa.CheckConstraint("version >= 1", name=op.f("ck_edition_version")),
        sa.CheckConstraint("failures >= 0", name=op.f("ck_edition_failures")),
        sa.ForeignKeyConstraint(
            ["comic_id"], ["render.id"], name=op.f("fk_edition_comic_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("comic_id", name=op.f("pk_edition")),
    )
    op.create_table(
        "take",
        sa.Column("render_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("comic_id", sa.BigInteger(), nullable=False),
        sa.Column("panel", sa.SmallInteger(), nullable=False),
        sa.Column("scene", sa.Text(), nullable=True),
        sa.Column("before", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("panel >= 1", name=op.f("ck_take_panel")),
        sa.CheckConstraint("render_id <> comic_id", name=op.f("ck_take_comic")),
        sa.CheckConstraint("state IN ('open', 'kept', 'left')", name=op.f("ck_take_state")),
        sa.ForeignKeyConstraint(["before"], ["artifact.key"], name=op.f("fk_take_before")),
        sa.ForeignKeyConstraint(
            ["comic_id"], ["render.id"], name=op.f("fk_take_comic_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["render_id"], ["render.id"], name=op.f("fk_take_render_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("render_id", name=op.f("pk_take")),
    )
    op.create_index(op.f("ix_take_comic_id"), "take", ["comic_id"])
    op.create_index(op.f("ix_take_before"), "take", ["before"])
    kept = sa.text("state = 'kept'")
    op.create_index(
        "uq_take_kept",
        "take",
        ["comic_id", "panel"],
        unique=True,
        sqlite_where=kept,
        postgresql_where=kept,
    )


def downgrade() -> None:
    op.drop_table("take")
    op.drop_table("edition")
    op.execute("DELETE FROM post WHERE state IN ('changed', 'withdrawn', 'deleted')")
    with op.batch_alter_table("post", table_kwargs={"sqlite_autoincrement": True}) as batch:
        batch.drop_constraint(op.f("ck_post_state"), type_="check")
        batch.drop_constraint(op.f("ck_post_sent"), type_="check")
        batch.create_check_constraint(
            op.f("ck_post_state"), "state IN ('pending', 'sending', 'sent', 'failed')"
        )
        batch.create_check_constraint(
            op.f("ck_post_sent"), "(state = 'sent') = (message_id IS NOT NULL)"
        )
        batch.drop_column("moved_from")
        batch.drop_column("withdrawn_by")
        batch.drop_column("replaces")
