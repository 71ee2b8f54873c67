"""What goes wrong and lasts, who is told of it by which road, and how each source was read last."""

import sqlalchemy as sa
from alembic import op

from newsletter.store.types import Utc

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    op.create_table(
        "alert_episode",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("community", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("subject", sa.String(length=200), server_default="", nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("severity", sa.String(length=20), nullable=False),
        sa.Column("text", sa.Text(), server_default="", nullable=False),
        sa.Column("advice", sa.Text(), server_default="", nullable=False),
        sa.Column("final", sa.Boolean(name="final"), server_default=sa.false(), nullable=False),
        sa.Column("first_seen", Utc(), nullable=False),
        sa.Column("last_seen", Utc(), nullable=False),
        sa.Column("clear_since", Utc(), nullable=True),
        sa.Column("ended_at", Utc(), nullable=True),
        sa.Column("ending", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert_episode")),
        sa.UniqueConstraint(
            "community", "kind", "subject", "number", name=op.f("uq_alert_episode_community_kind_subject_number")
        ),
    )
    op.create_index(op.f("ix_alert_episode_community_last_seen"), "alert_episode", ["community", "last_seen"])
    is_open = sa.text("ended_at IS NULL")
    op.create_index(
        "uq_alert_episode_open",
        "alert_episode",
        ["community", "kind", "subject"],
        unique=True,
        sqlite_where=is_open,
        postgresql_where=is_open,
    )
    op.create_table(
        "alert_telling",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("community", sa.String(length=40), nullable=False),
        sa.Column("episode_id", sa.Integer(), nullable=False),
        sa.Column("turn", sa.String(length=20), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("address", sa.Text(), server_default="", nullable=False),
        sa.Column("state", sa.String(length=20), server_default="pending", nullable=False),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("not_before", Utc(), nullable=False),
        sa.Column("told_at", Utc(), nullable=True),
        sa.Column("detail", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint("turn IN ('began', 'over', 'test')", name=op.f("ck_alert_telling_turn")),
        sa.CheckConstraint("channel IN ('log', 'webhook', 'mail')", name=op.f("ck_alert_telling_channel")),
        sa.CheckConstraint(
            "state IN ('pending', 'telling', 'told', 'failed', 'unknown')", name=op.f("ck_alert_telling_state")
        ),
        sa.ForeignKeyConstraint(
            ["episode_id"], ["alert_episode.id"], name=op.f("fk_alert_telling_episode_id_alert_episode")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert_telling")),
        sa.UniqueConstraint(
            "episode_id",
            "turn",
            "channel",
            "address",
            name=op.f("uq_alert_telling_episode_id_turn_channel_address"),
        ),
    )
    op.create_index(
        op.f("ix_alert_telling_community_channel_state_not_before"),
        "alert_telling",
        ["community", "channel", "state", "not_before"],
    )
    op.create_table(
        "source_reading",
        sa.Column("community", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("tried_at", Utc(), nullable=False),
        sa.Column("read_at", Utc(), nullable=False),
        sa.Column("changed_at", Utc(), nullable=False),
        sa.Column("filled_at", Utc(), nullable=True),
        sa.Column("items", sa.Integer(), server_default="0", nullable=False),
        sa.Column("fingerprint", sa.String(length=64), server_default="", nullable=False),
        sa.Column("fault", sa.Text(), server_default="", nullable=False),
        sa.Column("unmet", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("community", "name", name=op.f("pk_source_reading")),
    )
