"""The table of events that changed nothing: about nothing of ours, unreadable, or of a type without consequence."""

import sqlalchemy as sa

from newsletter.model.events import STANDINGS
from newsletter.store.tables import metadata, one_of
from newsletter.store.types import Utc

# No address stands here: `who` is its keyed hash, and `payload` has nothing that names anybody.
provider_event = sa.Table(
    "provider_event",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("community", sa.String(40), nullable=False),
    sa.Column("provider", sa.String(20), nullable=False),
    sa.Column("fingerprint", sa.String(64), nullable=False),
    sa.Column("standing", sa.String(20), nullable=False),
    sa.Column("kind", sa.String(50), nullable=False),
    sa.Column("why", sa.Text, nullable=False, server_default=""),
    sa.Column("at", Utc),
    sa.Column("received_at", Utc, nullable=False),
    sa.Column("event_id", sa.String(100), nullable=False, server_default=""),
    sa.Column("delivery_id", sa.String(64), nullable=False, server_default=""),
    sa.Column("who", sa.String(64), nullable=False, server_default=""),
    sa.Column("payload", sa.JSON, nullable=False),
    one_of("standing", STANDINGS),
    sa.UniqueConstraint("community", "fingerprint"),
)
