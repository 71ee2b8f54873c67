"""What readers own: pauses, series they stopped, links that are used up, addresses that wait for their confirmation.

Logs stay append-only, but for one thing: the free words of a line may be blanked, so that an address in them can be
erased.
"""

import sqlalchemy as sa
from alembic import op

from newsletter.store.triggers import words_may_be_blanked
from newsletter.store.types import Utc

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.add_column("subscription", sa.Column("paused_until", Utc(), nullable=True))
    op.add_column("subscription", sa.Column("stopped", sa.JSON(), server_default="[]", nullable=False))
    online: sa.Column[bool] = sa.Column("online_only", sa.Boolean(name="online_only"), server_default=sa.false(), nullable=False)
    op.add_column("subscription", online)
    op.create_table(
        "spent_link",
        sa.Column("community", sa.String(length=40), nullable=False),
        sa.Column("link", sa.String(length=64), nullable=False),
        sa.Column("act", sa.String(length=20), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.PrimaryKeyConstraint("community", "link", "act", name=op.f("pk_spent_link")),
    )
    op.create_table(
        "address_change",
        sa.Column("community", sa.String(length=40), nullable=False),
        sa.Column("subscriber_id", sa.String(length=40), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("address_key", sa.Text(), nullable=False),
        sa.Column("who", sa.String(length=64), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.ForeignKeyConstraint(
            ["subscriber_id"],
            ["subscriber.id"],
            name=op.f("fk_address_change_subscriber_id_subscriber"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("community", "subscriber_id", name=op.f("pk_address_change")),
    )
    dialect = op.get_bind().dialect.name
    for table, columns in _LOGS.items():
        for statement in words_may_be_blanked(dialect, table, columns):
            op.execute(statement)


_LOGS = {
    "consent": ("id", "community", "who", "list", "action", "at", "how", "text", "version", "network"),
    "delivery_event": ("id", "community", "delivery_id", "at", "kind", "state", "attempt_id", "notice_key"),
}
