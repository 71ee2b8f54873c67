"""Editors and operators sign in: their sessions, the links that open one, and a log that is only added to."""

import sqlalchemy as sa
from alembic import op

from newsletter.store.triggers import append_only
from newsletter.store.types import Utc

revision = "0015"
down_revision = "0013"


def upgrade() -> None:
    op.create_table(
        "session",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("community", sa.String(length=40), nullable=False),
        sa.Column("who", sa.String(length=64), nullable=False),
        sa.Column("made_at", Utc(), nullable=False),
        sa.Column("seen_at", Utc(), nullable=False),
        sa.Column("ends_at", Utc(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_session")),
    )
    op.create_index(op.f("ix_session_community_who"), "session", ["community", "who"], unique=False)
    op.create_table(
        "sign_in_link",
        sa.Column("link", sa.String(length=64), nullable=False),
        sa.Column("community", sa.String(length=40), nullable=False),
        sa.Column("who", sa.String(length=64), nullable=False),
        sa.Column("ends_at", Utc(), nullable=False),
        sa.Column("used_at", Utc(), nullable=True),
        sa.PrimaryKeyConstraint("link", name=op.f("pk_sign_in_link")),
    )
    op.create_table(
        "sign_in_event",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("community", sa.String(length=40), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("who", sa.String(length=64), nullable=False),
        sa.Column("network", sa.String(length=64), server_default="", nullable=False),
        sa.CheckConstraint(
            "kind IN ('linked', 'signed in', 'link refused', 'signed out', 'everywhere')",
            name=op.f("ck_sign_in_event_kind"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_event")),
    )
    op.create_index(op.f("ix_sign_in_event_community_at"), "sign_in_event", ["community", "at"], unique=False)
    for statement in append_only(op.get_bind().dialect.name, "sign_in_event"):
        op.execute(statement)
