"""Tables of the HTTP API: its tokens, and answers that must be given again."""

import sqlalchemy as sa

from newsletter.store.tables import metadata
from newsletter.store.types import Utc

# `hash` is of the whole token: whoever reads this table can use none.
api_token = sa.Table(
    "api_token",
    metadata,
    sa.Column("community", sa.String(40), primary_key=True),
    sa.Column("id", sa.String(16), primary_key=True),
    sa.Column("name", sa.String(60), nullable=False),
    sa.Column("hash", sa.String(64), nullable=False),
    sa.Column("scopes", sa.JSON, nullable=False),
    sa.Column("made_at", Utc, nullable=False),
    sa.Column("ends_at", Utc),
    sa.Column("revoked_at", Utc),
    sa.Column("used_on", sa.Date),
    sa.UniqueConstraint("community", "name"),
)

# No answer in it tells an address: an erasure has nothing to look for here.
api_answer = sa.Table(
    "api_answer",
    metadata,
    sa.Column("community", sa.String(40), primary_key=True),
    sa.Column("token_id", sa.String(16), primary_key=True),
    sa.Column("key", sa.String(64), primary_key=True),
    sa.Column("request", sa.String(64), nullable=False),
    sa.Column("status", sa.Integer, nullable=False),
    sa.Column("body", sa.Text, nullable=False, server_default=""),
    sa.Column("at", Utc, nullable=False),
)
