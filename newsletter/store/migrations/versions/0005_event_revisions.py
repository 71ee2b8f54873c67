"""Events as calendars were told them: the UID and SEQUENCE of each, and the text that is served."""

import sqlalchemy as sa
from alembic import op

from newsletter.store.types import Utc

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "event_revision",
        sa.Column("community", sa.String(length=40), nullable=False),
        sa.Column("item_id", sa.Text(), nullable=False),
        sa.Column("uid", sa.Text(), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("content", sa.String(length=64), nullable=False),
        sa.Column("created_at", Utc(), nullable=False),
        sa.Column("changed_at", Utc(), nullable=False),
        sa.Column("read_at", Utc(), nullable=False),
        sa.Column("title", sa.Text(), server_default="", nullable=False),
        sa.Column("source", sa.Text(), server_default="", nullable=False),
        sa.Column("topics", sa.JSON(), nullable=False),
        sa.Column("zones", sa.JSON(), nullable=False),
        sa.Column("last", sa.Date(), nullable=True),
        sa.Column("text", sa.Text(), server_default="", nullable=False),
        sa.Column("withdrawn", sa.Boolean(name="withdrawn"), server_default=sa.false(), nullable=False),
        sa.PrimaryKeyConstraint("community", "item_id", name=op.f("pk_event_revision")),
        sa.UniqueConstraint("community", "slug", name=op.f("uq_event_revision_community_slug")),
    )
