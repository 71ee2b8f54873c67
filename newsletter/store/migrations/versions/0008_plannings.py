"""What was planned after what: the issue somebody was sent last need not be the one that was planned last."""

import sqlalchemy as sa
from alembic import op

from newsletter.store.types import Utc

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.create_table(
        "planning",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("community", sa.String(length=40), nullable=False),
        sa.Column("mailing_id", sa.Integer(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.ForeignKeyConstraint(["mailing_id"], ["mailing.id"], name=op.f("fk_planning_mailing_id_mailing")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_planning")),
    )
    op.add_column("delivery", sa.Column("planning_id", sa.Integer(), server_default="0", nullable=False))
    op.execute(
        "INSERT INTO planning (community, mailing_id, at) SELECT community, id, planned_at FROM mailing ORDER BY id"
    )
    op.execute(
        "UPDATE delivery SET planning_id ="
        " (SELECT planning.id FROM planning WHERE planning.mailing_id = delivery.mailing_id)"
    )
