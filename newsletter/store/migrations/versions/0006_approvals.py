"""Several approvals of one draft, why an approved issue waits, and mails to editors."""

import sqlalchemy as sa
from alembic import op

from newsletter.store.triggers import append_only
from newsletter.store.types import Utc

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.add_column("issue", sa.Column("held", sa.Text(), server_default="", nullable=False))
    op.create_table(
        "approval",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("community", sa.String(length=40), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("action", sa.String(length=20), nullable=False),
        sa.Column("hash", sa.Text(), server_default="", nullable=False),
        sa.Column("drift", sa.Text(), server_default="", nullable=False),
        sa.Column("by", sa.Text(), server_default="", nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.CheckConstraint("action IN ('approve', 'drop')", name=op.f("ck_approval_action")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approval")),
    )
    op.create_index(op.f("ix_approval_community_key"), "approval", ["community", "key"], unique=False)
    for statement in append_only(op.get_bind().dialect.name, "approval"):
        op.execute(statement)
    op.create_table(
        "editor_mail",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("community", sa.String(length=40), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("about", sa.String(length=64), server_default="", nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), server_default="", nullable=False),
        sa.Column("text", sa.Text(), server_default="", nullable=False),
        sa.Column("state", sa.String(length=20), server_default="pending", nullable=False),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("not_before", Utc(), nullable=False),
        sa.Column("detail", sa.Text(), server_default="", nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.CheckConstraint("kind IN ('draft', 'reminder', 'drift')", name=op.f("ck_editor_mail_kind")),
        sa.CheckConstraint(
            "state IN ('pending', 'submitting', 'accepted', 'failed', 'unknown')", name=op.f("ck_editor_mail_state")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_editor_mail")),
        sa.UniqueConstraint(
            "community", "key", "kind", "about", "address", name=op.f("uq_editor_mail_community_key_kind_about_address")
        ),
    )
