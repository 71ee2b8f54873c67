"""Tokens of the HTTP API and its answers that must be given again; numbers by day, in which nobody stands."""

import sqlalchemy as sa
from alembic import op

from newsletter.store.types import Utc

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    op.create_table(
        "api_token",
        sa.Column("community", sa.String(length=40), nullable=False),
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("scopes", sa.JSON(), nullable=False),
        sa.Column("made_at", Utc(), nullable=False),
        sa.Column("ends_at", Utc(), nullable=True),
        sa.Column("revoked_at", Utc(), nullable=True),
        sa.Column("used_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("community", "id", name=op.f("pk_api_token")),
        sa.UniqueConstraint("community", "name", name=op.f("uq_api_token_community_name")),
    )
    op.create_table(
        "api_answer",
        sa.Column("community", sa.String(length=40), nullable=False),
        sa.Column("token_id", sa.String(length=16), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("request", sa.String(length=64), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), server_default="", nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.PrimaryKeyConstraint("community", "token_id", "key", name=op.f("pk_api_answer")),
    )
    op.create_table(
        "number",
        sa.Column("community", sa.String(length=40), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("about", sa.String(length=200), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('web copy', 'event calendar', 'topic calendar', 'personal calendar', 'feed', 'left list', "
            "'left issue', 'left topic', 'reply', 'automatic reply', 'mail in')",
            name=op.f("ck_number_kind"),
        ),
        sa.PrimaryKeyConstraint("community", "day", "kind", "about", name=op.f("pk_number")),
    )
    op.create_table(
        "number_mark",
        sa.Column("community", sa.String(length=40), nullable=False),
        sa.Column("consent_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("community", name=op.f("pk_number_mark")),
    )
