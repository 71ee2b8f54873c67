"""Tables of people who join: what they asked for, the mails that answer them, how often, and what was too much."""

import sqlalchemy as sa

from newsletter.store.tables import metadata, one_of
from newsletter.store.types import Utc

# What the ledger does not say of a service mail. `request` names what it answers, so that each is answered once.
service_mail = sa.Table(
    "service_mail",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("community", sa.String(40), nullable=False),
    sa.Column("request", sa.String(80), nullable=False),
    sa.Column("name", sa.String(20), nullable=False),
    sa.Column("subscriber_id", sa.String(40), nullable=False),
    sa.Column("list", sa.Text, nullable=False),
    sa.Column("purpose", sa.Text, nullable=False, server_default=""),
    sa.Column("scope", sa.Text, nullable=False, server_default=""),
    sa.Column("address", sa.Text, nullable=False, server_default=""),
    sa.Column("language", sa.Text, nullable=False, server_default=""),
    sa.Column("delivery_id", sa.String(64), nullable=False, server_default=""),
    sa.Column("at", Utc, nullable=False),
    sa.UniqueConstraint("community", "request"),
    sa.Index(None, "community", "delivery_id"),
    sa.Index(None, "community", "subscriber_id"),
)

# What somebody typed into a form, until its owner confirms it or it is forgotten; nobody is looked up to write it.
signup = sa.Table(
    "signup",
    metadata,
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("community", sa.String(40), nullable=False),
    sa.Column("kind", sa.String(20), nullable=False),
    sa.Column("state", sa.String(20), nullable=False, server_default="new"),
    sa.Column("list", sa.Text, nullable=False),
    sa.Column("who", sa.String(64), nullable=False),
    sa.Column("address", sa.Text, nullable=False),
    sa.Column("address_key", sa.Text, nullable=False),
    sa.Column("digests", sa.JSON, nullable=False),
    sa.Column("topics", sa.JSON(none_as_null=True)),
    sa.Column("timezone", sa.Text, nullable=False, server_default=""),
    sa.Column("language", sa.Text, nullable=False, server_default=""),
    sa.Column("how", sa.Text, nullable=False, server_default=""),
    sa.Column("text", sa.Text, nullable=False, server_default=""),
    sa.Column("version", sa.String(20), nullable=False, server_default=""),
    sa.Column("network", sa.String(64), nullable=False, server_default=""),
    sa.Column("at", Utc, nullable=False),
    one_of("kind", ("join", "link")),
    one_of("state", ("new", "asked", "confirmed")),
    sa.Index(None, "community", "state", "at"),
    sa.Index(None, "community", "who"),
)

# How often something was asked for since `began`; the key is a keyed hash of an address or a network.
request_limit = sa.Table(
    "request_limit",
    metadata,
    sa.Column("community", sa.String(40), primary_key=True),
    sa.Column("name", sa.String(20), primary_key=True),
    sa.Column("key", sa.String(64), primary_key=True),
    sa.Column("began", Utc, nullable=False),
    sa.Column("last", Utc, nullable=False),
    sa.Column("count", sa.Integer, nullable=False),
)

alert = sa.Table(
    "alert",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("community", sa.String(40), nullable=False),
    sa.Column("kind", sa.String(20), nullable=False),
    sa.Column("about", sa.String(80), nullable=False),
    sa.Column("at", Utc, nullable=False),
    sa.Column("text", sa.Text, nullable=False, server_default=""),
    sa.UniqueConstraint("community", "kind", "about"),
)
