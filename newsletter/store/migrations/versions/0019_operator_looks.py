"""Indices for what an operator looks at: what a mailing handed over when, what was refused, and who joined when."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"

_NOT_ACCEPTED = sa.text("outcome NOT IN ('', 'accepted')")


def upgrade() -> None:
    op.create_index(op.f("ix_consent_community_at_action"), "consent", ["community", "at", "action"])
    op.create_index(op.f("ix_attempt_mailing_id_submitted_at"), "attempt", ["mailing_id", "submitted_at"])
    op.create_index(
        "ix_attempt_item_not_accepted",
        "attempt_item",
        ["attempt_id"],
        sqlite_where=_NOT_ACCEPTED,
        postgresql_where=_NOT_ACCEPTED,
    )
