"""Who did what: a log of editors' and operators' deeds that is only added to."""

import sqlalchemy as sa
from alembic import op

from newsletter.store.triggers import append_only
from newsletter.store.types import Utc

revision = "0016"
down_revision = "0012"


def upgrade() -> None:
    op.create_table(
        "deed",
        sa.Column("community", sa.String(length=40), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("actor_kind", sa.String(length=20), nullable=False),
        sa.Column("actor", sa.Text(), server_default="", nullable=False),
        sa.Column("roles", sa.String(length=40), server_default="", nullable=False),
        sa.Column("deed", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.Text(), server_default="", nullable=False),
        sa.Column("detail", sa.Text(), server_default="", nullable=False),
        sa.Column("seal", sa.String(length=64), nullable=False),
        sa.CheckConstraint(
            "actor_kind IN ('command line', 'person', 'token', 'schedule', 'subscriber')",
            name=op.f("ck_deed_actor_kind"),
        ),
        sa.PrimaryKeyConstraint("community", "number", name=op.f("pk_deed")),
    )
    op.create_index(op.f("ix_deed_community_at"), "deed", ["community", "at"], unique=False)
    for statement in append_only(op.get_bind().dialect.name, "deed"):
        op.execute(statement)
