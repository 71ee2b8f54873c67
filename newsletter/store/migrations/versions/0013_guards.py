"""What the guards remember: what they hold, what left when, the road, how far the ledger came, who breaks workers."""

import sqlalchemy as sa
from alembic import op

from newsletter.store.types import Utc

revision = "0013"
down_revision = "0014"


def upgrade() -> None:
    op.add_column("delivery", sa.Column("breaks", sa.Integer(), server_default="0", nullable=False))
    op.create_table(
        "guard_hold",
        sa.Column("community", sa.String(length=40), nullable=False),
        sa.Column("guard", sa.String(length=20), nullable=False),
        sa.Column("about", sa.String(length=120), nullable=False),
        sa.Column("active", sa.Boolean(name="active"), nullable=False),
        sa.Column("since", Utc(), nullable=False),
        sa.Column("until", Utc(), nullable=True),
        sa.Column("why", sa.Text(), server_default="", nullable=False),
        sa.Column("data", sa.JSON(), server_default="{}", nullable=False),
        sa.PrimaryKeyConstraint("community", "guard", "about", name=op.f("pk_guard_hold")),
    )
    op.create_table(
        "departure",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("community", sa.String(length=40), nullable=False),
        sa.Column("domain", sa.String(length=255), server_default="", nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_departure")),
    )
    op.create_index(op.f("ix_departure_community_at"), "departure", ["community", "at"], unique=False)
    op.create_table(
        "road",
        sa.Column("community", sa.String(length=40), nullable=False),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("trips", sa.Integer(), server_default="0", nullable=False),
        sa.Column("until", Utc(), nullable=True),
        sa.PrimaryKeyConstraint("community", name=op.f("pk_road")),
    )
    op.create_table(
        "high_water",
        sa.Column("community", sa.String(length=40), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("community", name=op.f("pk_high_water")),
    )
