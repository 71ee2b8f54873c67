"""Several communities in one store: who shares bounces and complaints, and one pace for one account."""

import sqlalchemy as sa
from alembic import op

from newsletter.store.types import Utc

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    op.create_table(
        "suppression_sharing",
        sa.Column("community", sa.String(length=40), nullable=False),
        sa.Column("key_print", sa.String(length=64), nullable=False),
        sa.Column("since", Utc(), nullable=False),
        sa.PrimaryKeyConstraint("community", name=op.f("pk_suppression_sharing")),
    )
    op.create_index(op.f("ix_suppression_sharing_key_print"), "suppression_sharing", ["key_print"])
    op.add_column("departure", sa.Column("account", sa.String(length=80), nullable=False, server_default=""))
    op.create_index(op.f("ix_departure_account_at"), "departure", ["account", "at"])
    op.create_index(op.f("ix_consent_community_id"), "consent", ["community", "id"])
