"""How stories are to be drawn, previews and variations, spoilers, and measured speed."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    with op.batch_alter_table("guild") as batch:
        batch.add_column(
            sa.Column("spoilers", sa.String(length=16), nullable=False, server_default="never")
        )
        batch.create_check_constraint(
            op.f("ck_guild_spoilers"), "spoilers IN ('never', 'outside', 'always')"
        )
    op.create_table(
        "story_choice",
        sa.Column("story_id", sa.BigInteger(), autoincrement=False, nullable=False),
        *_chosen(),
        sa.Column("seed", sa.BigInteger(), nullable=True),
        *_checks("story_choice"),
        sa.CheckConstraint("seed >= 0", name=op.f("ck_story_choice_seed")),
        sa.ForeignKeyConstraint(
            ["story_id"], ["story.id"], name=op.f("fk_story_choice_story_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("story_id", name=op.f("pk_story_choice")),
    )
    op.create_table(
        "member_choice",
        sa.Column("guild_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("member_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("style", sa.String(length=64), nullable=False),
        *_chosen(),
        *_checks("member_choice"),
        sa.ForeignKeyConstraint(
            ["guild_id"], ["guild.id"], name=op.f("fk_member_choice_guild_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("guild_id", "member_id", name=op.f("pk_member_choice")),
    )
    op.create_table(
        "sketch",
        sa.Column("render_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("comic_id", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("render_id <> comic_id", name=op.f("ck_sketch_comic")),
        sa.ForeignKeyConstraint(
            ["comic_id"], ["render.id"], name=op.f("fk_sketch_comic_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["render_id"], ["render.id"], name=op.f("fk_sketch_render_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("render_id", name=op.f("pk_sketch")),
    )
    op.create_index(op.f("ix_sketch_comic_id"), "sketch", ["comic_id"])
    op.create_table(
        "variation",
        sa.Column("render_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("comic_id", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("render_id <> comic_id", name=op.f("ck_variation_comic")),
        sa.CheckConstraint("state IN ('open', 'kept', 'left')", name=op.f("ck_variation_state")),
        sa.ForeignKeyConstraint(
            ["comic_id"], ["render.id"], name=op.f("fk_variation_comic_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["render_id"], ["render.id"], name=op.f("fk_variation_render_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("render_id", name=op.f("pk_variation")),
    )
    op.create_index(op.f("ix_variation_comic_id"), "variation", ["comic_id"])
    op.create_table(
        "speed",
        sa.Column("model", sa.String(length=64), nullable=False),
        sa.Column("step", sa.Double(), nullable=False),
        sa.Column("panel", sa.Double(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("step >= 0 AND panel >= 0", name=op.f("ck_speed_seconds")),
        sa.PrimaryKeyConstraint("model", name=op.f("pk_speed")),
    )


def downgrade() -> None:
    for table in ("speed", "variation", "sketch", "member_choice", "story_choice"):
        op.drop_table(table)
    with op.batch_alter_table("guild") as batch:
        batch.drop_constraint(op.f("ck_guild_spoilers"), type_="check")
        batch.drop_column("spoilers")


def _chosen() -> tuple[sa.Column[Any], ...]:
    names = {"model": 64, "size": 16, "quality": 16, "consistency": 16, "layout": 16}
    columns = (
        sa.Column(name, sa.String(length=length), nullable=False) for name, length in names.items()
    )
    return (*columns, sa.Column("created_at", sa.DateTime(timezone=True), nullable=False))


def _checks(table: str) -> tuple[sa.CheckConstraint, ...]:
    kinds = {
        "quality": "'quick', 'normal', 'fine'",
        "consistency": "'off', 'light', 'normal', 'strong'",
        "layout": "'page', 'grid', 'strip'",
    }
    return tuple(
        sa.CheckConstraint(f"{name} IN ({values})", name=op.f(f"ck_{table}_{name}"))
        for name, values in kinds.items()
    )
