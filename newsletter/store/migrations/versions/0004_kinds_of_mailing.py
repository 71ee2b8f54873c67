"""What an issue's row is about (an issue, a correction, a one-off), and through which list each delivery goes."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.add_column("issue", sa.Column("kind", sa.String(length=20), server_default="issue", nullable=False))
    op.add_column("issue", sa.Column("list", sa.Text(), server_default="", nullable=False))
    op.add_column(
        "issue", sa.Column("scheduled", sa.Boolean(name="scheduled"), server_default=sa.true(), nullable=False)
    )
    op.add_column("delivery", sa.Column("list", sa.Text(), server_default="", nullable=False))
    op.execute(
        sa.text("UPDATE delivery SET list = (SELECT mailing.list FROM mailing WHERE mailing.id = delivery.mailing_id)")
    )
