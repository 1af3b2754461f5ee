"""The first tables: stories with their lines, renders, artifacts and posts."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0001"
down_revision: str | None = None
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "artifact",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("media_type", sa.String(length=128), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(key) = 64", name=op.f("ck_artifact_key")),
        sa.CheckConstraint("size >= 0", name=op.f("ck_artifact_size")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_artifact")),
    )
    op.create_index(op.f("ix_artifact_media_type"), "artifact", ["media_type"])
    op.create_table(
        "guild",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guild")),
    )
    op.create_table(
        "story",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("channel_id", sa.BigInteger(), nullable=False),
        sa.Column("thread_id", sa.BigInteger(), nullable=True),
        sa.Column("owner_id", sa.BigInteger(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("style", sa.String(length=64), nullable=False),
        sa.Column("draft_characters", sa.Text(), nullable=True),
        sa.Column("draft_panels", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(draft_characters IS NULL) = (draft_panels IS NULL)",
            name=op.f("ck_story_draft_is_whole"),
        ),
        sa.CheckConstraint(
            "length(draft_characters) <= 100000 AND length(draft_panels) <= 100000",
            name=op.f("ck_story_draft_letters"),
        ),
        sa.CheckConstraint("length(title) BETWEEN 1 AND 100", name=op.f("ck_story_title")),
        sa.ForeignKeyConstraint(
            ["guild_id"], ["guild.id"], name=op.f("fk_story_guild_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_story")),
        sa.UniqueConstraint("thread_id", name=op.f("uq_story_thread_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_story_guild_id"), "story", ["guild_id"])

    op.create_table(
        "render",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("story_id", sa.BigInteger(), nullable=False),
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("channel_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("lane", sa.SmallInteger(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("failures", sa.SmallInteger(), nullable=False),
        sa.Column("plan", sa.Text(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("steps", sa.Integer(), nullable=False),
        sa.Column("progress_message_id", sa.BigInteger(), nullable=True),
        sa.Column("checkpoint", sa.String(length=64), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("seconds", sa.Double(), nullable=True),
        sa.Column("micro_batch", sa.SmallInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state = 'failed') = (reason IS NOT NULL)", name=op.f("ck_render_reason")
        ),
        sa.CheckConstraint(
            "(state IN ('queued', 'running')) = (finished_at IS NULL)",
            name=op.f("ck_render_finished"),
        ),
        sa.CheckConstraint(
            "failures < 3 OR state NOT IN ('queued', 'running')", name=op.f("ck_render_gives_up")
        ),
        sa.CheckConstraint(
            "state <> 'running' OR (started_at IS NOT NULL AND attempt >= 1)",
            name=op.f("ck_render_running"),
        ),
        sa.CheckConstraint(
            "state IN ('queued', 'running', 'done', 'failed', 'cancelled')",
            name=op.f("ck_render_state"),
        ),
        sa.CheckConstraint("attempt >= 0", name=op.f("ck_render_attempt")),
        sa.CheckConstraint("failures BETWEEN 0 AND 3", name=op.f("ck_render_failures")),
        sa.CheckConstraint("lane >= 0", name=op.f("ck_render_lane")),
        sa.CheckConstraint("steps >= 1 AND step BETWEEN 0 AND steps", name=op.f("ck_render_step")),
        sa.ForeignKeyConstraint(
            ["checkpoint"], ["artifact.key"], name=op.f("fk_render_checkpoint")
        ),
        sa.ForeignKeyConstraint(
            ["guild_id"], ["guild.id"], name=op.f("fk_render_guild_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["story_id"], ["story.id"], name=op.f("fk_render_story_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_render")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_render_checkpoint"), "render", ["checkpoint"])
    op.create_index(
        op.f("ix_render_guild_id_user_id_started_at"),
        "render",
        ["guild_id", "user_id", "started_at"],
    )
    op.create_index(
        op.f("ix_render_state_lane_created_at"), "render", ["state", "lane", "created_at"]
    )
    op.create_index(op.f("ix_render_guild_id_started_at"), "render", ["guild_id", "started_at"])
    op.create_index(op.f("ix_render_story_id"), "render", ["story_id"])

    op.create_table(
        "story_character",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("story_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("owner_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "length(description) <= 1000", name=op.f("ck_story_character_description")
        ),
        sa.CheckConstraint("length(name) BETWEEN 1 AND 100", name=op.f("ck_story_character_name")),
        sa.CheckConstraint("position BETWEEN 1 AND 12", name=op.f("ck_story_character_position")),
        sa.ForeignKeyConstraint(
            ["story_id"], ["story.id"], name=op.f("fk_story_character_story_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_story_character")),
        sa.UniqueConstraint(
            "story_id", "name_key", name=op.f("uq_story_character_story_id_name_key")
        ),
        sa.UniqueConstraint(
            "story_id", "position", name=op.f("uq_story_character_story_id_position")
        ),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "story_panel",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("story_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("author_id", sa.BigInteger(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("source_message_id", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(text) BETWEEN 1 AND 1000", name=op.f("ck_story_panel_text")),
        sa.CheckConstraint("position BETWEEN 1 AND 60", name=op.f("ck_story_panel_position")),
        sa.ForeignKeyConstraint(
            ["story_id"], ["story.id"], name=op.f("fk_story_panel_story_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_story_panel")),
        sa.UniqueConstraint("story_id", "position", name=op.f("uq_story_panel_story_id_position")),
        sa.UniqueConstraint(
            "story_id", "source_message_id", name=op.f("uq_story_panel_story_id_source_message_id")
        ),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "post",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("render_id", sa.BigInteger(), nullable=False),
        sa.Column("page", sa.SmallInteger(), nullable=False),
        sa.Column("channel_id", sa.BigInteger(), nullable=False),
        sa.Column("artifact", sa.String(length=64), nullable=False),
        sa.Column("alt_text", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("marker", sa.String(length=32), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=False),
        sa.Column("first_tried_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(state = 'failed') = (reason IS NOT NULL)", name=op.f("ck_post_reason")
        ),
        sa.CheckConstraint(
            "(state = 'sent') = (message_id IS NOT NULL)", name=op.f("ck_post_sent")
        ),
        sa.CheckConstraint(
            "state IN ('pending', 'sending', 'sent', 'failed')", name=op.f("ck_post_state")
        ),
        sa.CheckConstraint("attempts >= 0", name=op.f("ck_post_attempts")),
        sa.CheckConstraint("length(alt_text) <= 1024", name=op.f("ck_post_alt_text")),
        sa.CheckConstraint("page >= 0", name=op.f("ck_post_page")),
        sa.ForeignKeyConstraint(["artifact"], ["artifact.key"], name=op.f("fk_post_artifact")),
        sa.ForeignKeyConstraint(
            ["render_id"], ["render.id"], name=op.f("fk_post_render_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_post")),
        sa.UniqueConstraint("marker", name=op.f("uq_post_marker")),
        sa.UniqueConstraint("render_id", "page", name=op.f("uq_post_render_id_page")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_post_artifact"), "post", ["artifact"])
    op.create_index(op.f("ix_post_state_channel_id"), "post", ["state", "channel_id"])

    op.create_table(
        "rendered_panel",
        sa.Column("render_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("seed", sa.BigInteger(), nullable=False),
        sa.Column("artifact", sa.String(length=64), nullable=False),
        sa.CheckConstraint("position >= 0", name=op.f("ck_rendered_panel_position")),
        sa.ForeignKeyConstraint(
            ["artifact"], ["artifact.key"], name=op.f("fk_rendered_panel_artifact")
        ),
        sa.ForeignKeyConstraint(
            ["render_id"],
            ["render.id"],
            name=op.f("fk_rendered_panel_render_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("render_id", "position", name=op.f("pk_rendered_panel")),
    )
    op.create_index(op.f("ix_rendered_panel_artifact"), "rendered_panel", ["artifact"])


def downgrade() -> None:
    op.drop_table("rendered_panel")
    op.drop_table("post")
    op.drop_table("story_panel")
    op.drop_table("story_character")
    op.drop_table("render")
    op.drop_table("story")
    op.drop_table("guild")
    op.drop_table("artifact")
