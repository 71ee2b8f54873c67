"""Tables of those who sign in: their sessions, the links that open one, and the log. Nobody's address is in them."""

import sqlalchemy as sa

from newsletter.model.signing_in import SIGN_IN_EVENT_KINDS
from newsletter.store.tables import metadata, one_of
from newsletter.store.types import Utc

# `id` and `link` are hashes: whoever reads this table can sign in as nobody.
session = sa.Table(
    "session",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("community", sa.String(40), nullable=False),
    sa.Column("who", sa.String(64), nullable=False),
    sa.Column("made_at", Utc, nullable=False),
    sa.Column("seen_at", Utc, nullable=False),
    sa.Column("ends_at", Utc, nullable=False),
    sa.Index(None, "community", "who"),
)

sign_in_link = sa.Table(
    "sign_in_link",
    metadata,
    sa.Column("link", sa.String(64), primary_key=True),
    sa.Column("community", sa.String(40), nullable=False),
    sa.Column("who", sa.String(64), nullable=False),
    sa.Column("ends_at", Utc, nullable=False),
    sa.Column("used_at", Utc),
)

sign_in_event = sa.Table(
    "sign_in_event",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("community", sa.String(40), nullable=False),
    sa.Column("at", Utc, nullable=False),
    sa.Column("kind", sa.String(20), nullable=False),
    sa.Column("who", sa.String(64), nullable=False),
    sa.Column("network", sa.String(64), nullable=False, server_default=""),
    one_of("kind", SIGN_IN_EVENT_KINDS),
    sa.Index(None, "community", "at"),
)
