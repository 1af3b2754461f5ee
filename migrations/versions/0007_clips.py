"""Clips: renders that are films of a comic's panels."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0007"
down_revision: str | None = "0006"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "clip",
        sa.Column("render_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("comic_id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("render_id <> comic_id", name=op.f("ck_clip_comic")),
        sa.ForeignKeyConstraint(
            ["comic_id"], ["render.id"], name=op.f("fk_clip_comic_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["render_id"], ["render.id"], name=op.f("fk_clip_render_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("render_id", name=op.f("pk_clip")),
    )
    op.create_index(op.f("ix_clip_comic_id"), "clip", ["comic_id"])


def downgrade() -> None:
    op.drop_table("clip")
