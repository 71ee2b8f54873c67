"""The table of deeds: who did what, written once. No address is in it."""

import sqlalchemy as sa

from newsletter.model.deeds import ACTOR_KINDS
from newsletter.store.tables import metadata, one_of
from newsletter.store.types import Utc

# Numbers without a gap and a seal over the line before: a line that is changed or taken out is noticed.
deed = sa.Table(
    "deed",
    metadata,
    sa.Column("community", sa.String(40), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("at", Utc, nullable=False),
    sa.Column("actor_kind", sa.String(20), nullable=False),
    sa.Column("actor", sa.Text, nullable=False, server_default=""),
    sa.Column("roles", sa.String(40), nullable=False, server_default=""),
    sa.Column("deed", sa.String(40), nullable=False),
    sa.Column("subject", sa.Text, nullable=False, server_default=""),
    sa.Column("detail", sa.Text, nullable=False, server_default=""),
    sa.Column("seal", sa.String(64), nullable=False),
    one_of("actor_kind", ACTOR_KINDS),
    sa.Index(None, "community", "at"),
)
