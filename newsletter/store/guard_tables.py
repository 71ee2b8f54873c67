"""Tables of the guards: what they hold, what left when, how the road does, and how far the ledger came."""

import sqlalchemy as sa

from newsletter.store.tables import metadata
from newsletter.store.types import Utc

# One row for each guard and what it is about: a mailing's key, or nothing where it concerns all.
guard_hold = sa.Table(
    "guard_hold",
    metadata,
    sa.Column("community", sa.String(40), primary_key=True),
    sa.Column("guard", sa.String(20), primary_key=True),
    sa.Column("about", sa.String(120), primary_key=True),
    sa.Column("active", sa.Boolean(name="active"), nullable=False),
    sa.Column("since", Utc, nullable=False),
    sa.Column("until", Utc),
    sa.Column("why", sa.Text, nullable=False, server_default=""),
    sa.Column("data", sa.JSON, nullable=False, server_default="{}"),
)

# How many mails were taken up when, for which domain (empty: for all) and under which account that communities share
# (empty: none); old rows are deleted on the way.
departure = sa.Table(
    "departure",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("community", sa.String(40), nullable=False),
    sa.Column("domain", sa.String(255), nullable=False, server_default=""),
    sa.Column("at", Utc, nullable=False),
    sa.Column("count", sa.Integer, nullable=False),
    sa.Column("account", sa.String(80), nullable=False, server_default=""),
    sa.Index(None, "community", "at"),
    sa.Index(None, "account", "at"),
)

# The road out, shared by all workers; the row also makes the claims of one community wait for each other.
road = sa.Table(
    "road",
    metadata,
    sa.Column("community", sa.String(40), primary_key=True),
    sa.Column("failures", sa.Integer, nullable=False, server_default="0"),
    sa.Column("trips", sa.Integer, nullable=False, server_default="0"),
    sa.Column("until", Utc),
)

# A number that rises with every batch that is about to leave: an older copy of the store has a lower one.
high_water = sa.Table(
    "high_water",
    metadata,
    sa.Column("community", sa.String(40), primary_key=True),
    sa.Column("number", sa.Integer, nullable=False),
)
