"""Why an issue came into a state, and from when on one covers that took in a missed one."""

import sqlalchemy as sa
from alembic import op

from newsletter.store.types import Utc

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("issue", sa.Column("covers_from", Utc(), nullable=True))
    op.add_column("issue_event", sa.Column("detail", sa.Text(), server_default="", nullable=False))
