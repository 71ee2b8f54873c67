"""What imports bring: attributes that we have no field for, and when somebody agreed before they came to us."""

import sqlalchemy as sa
from alembic import op

from newsletter.store.triggers import words_may_be_blanked
from newsletter.store.types import Utc

revision = "0011"
down_revision = "0010"

_KEPT = ("id", "community", "who", "list", "action", "at", "how", "text", "version", "network", "given_at")


def upgrade() -> None:
    op.add_column("subscriber", sa.Column("attributes", sa.JSON(), server_default="{}", nullable=False))
    op.add_column("consent", sa.Column("given_at", Utc(), nullable=True))
    for statement in words_may_be_blanked(op.get_bind().dialect.name, "consent", _KEPT):
        op.execute(statement)
