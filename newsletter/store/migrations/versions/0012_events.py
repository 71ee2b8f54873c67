"""What providers post: the id of each event in the history, and apart from it events that changed nothing."""

import sqlalchemy as sa
from alembic import op

from newsletter.store.triggers import words_may_be_blanked
from newsletter.store.types import Utc

revision = "0012"
down_revision = "0015"

_KEPT = ("id", "community", "delivery_id", "at", "kind", "state", "attempt_id", "notice_key", "event_id")


def upgrade() -> None:
    op.add_column("delivery_event", sa.Column("event_id", sa.String(length=100), nullable=True))
    for statement in words_may_be_blanked(op.get_bind().dialect.name, "delivery_event", _KEPT):
        op.execute(statement)
    op.create_index(op.f("ix_attempt_community_submitted_at"), "attempt", ["community", "submitted_at"], unique=False)
    op.create_table(
        "provider_event",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("community", sa.String(length=40), nullable=False),
        sa.Column("provider", sa.String(length=20), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("standing", sa.String(length=20), nullable=False),
        sa.Column("kind", sa.String(length=50), nullable=False),
        sa.Column("why", sa.Text(), server_default="", nullable=False),
        sa.Column("at", Utc(), nullable=True),
        sa.Column("received_at", Utc(), nullable=False),
        sa.Column("event_id", sa.String(length=100), server_default="", nullable=False),
        sa.Column("delivery_id", sa.String(length=64), server_default="", nullable=False),
        sa.Column("who", sa.String(length=64), server_default="", nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.CheckConstraint(
            "standing IN ('quarantine', 'unreadable', 'noted')", name=op.f("ck_provider_event_standing")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provider_event")),
        sa.UniqueConstraint("community", "fingerprint", name=op.f("uq_provider_event_community_fingerprint")),
    )
