"""The table of communities that believe each other's bounces and complaints."""

import sqlalchemy as sa

from newsletter.store.tables import metadata
from newsletter.store.types import Utc

# `key_print` tells which key their hashes of addresses are made with: only under the same one do hashes compare.
suppression_sharing = sa.Table(
    "suppression_sharing",
    metadata,
    sa.Column("community", sa.String(40), primary_key=True),
    sa.Column("key_print", sa.String(64), nullable=False),
    sa.Column("since", Utc, nullable=False),
    sa.Index(None, "key_print"),
)
