"""What came before what, told by the order of rows: a clock that is set back, or a rehearsal, changes no verdict.

A claim has its turn. A suppression and an ended membership carry the turn of the last claim that was there before
them, whoever writes them: the triggers see to it.
"""

import sqlalchemy as sa
from alembic import op

from newsletter.store.triggers import after_which_claim

revision = "0014"
down_revision = "0011"

_BY_TIME = """UPDATE attempt SET turn = ranked.n
    FROM (SELECT id, row_number() OVER (ORDER BY claimed_at, id) AS n FROM attempt) AS ranked
    WHERE ranked.id = attempt.id"""
#: Of what was written before there were turns, the clock is all that is known.
_BEFORE = """UPDATE {table} SET turn = coalesce(
    (SELECT turn FROM attempt WHERE claimed_at <= {table}.{moment} ORDER BY claimed_at DESC, id DESC LIMIT 1), 0)"""


def upgrade() -> None:
    for table in ("attempt", "suppression", "subscription"):
        op.add_column(table, sa.Column("turn", sa.Integer(), server_default="0", nullable=False))
    op.create_index("by_moment", "attempt", ["claimed_at", "id"])
    op.execute(_BY_TIME)
    op.execute(_BEFORE.format(table="suppression", moment="at"))
    op.execute(_BEFORE.format(table="subscription", moment="since"))
    op.drop_index("by_moment", "attempt")
    op.create_index(op.f("ix_attempt_turn"), "attempt", ["turn"])
    for statement in after_which_claim(op.get_bind().dialect.name):
        op.execute(statement)
