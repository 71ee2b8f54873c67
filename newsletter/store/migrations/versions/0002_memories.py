"""What readers remember: one row for each distinct memory, named by the edition that leaves it."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "memory",
        sa.Column("community", sa.String(length=40), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("community", "key", name=op.f("pk_memory")),
    )
    op.add_column("edition", sa.Column("memory", sa.Text(), server_default="", nullable=False))
