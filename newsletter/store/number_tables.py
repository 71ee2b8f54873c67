"""Tables of numbers by day, in which nobody stands, and how far the consent log has been counted."""

import sqlalchemy as sa

from newsletter.model.numbers import NUMBER_KINDS
from newsletter.store.tables import metadata, one_of

number = sa.Table(
    "number",
    metadata,
    sa.Column("community", sa.String(40), primary_key=True),
    sa.Column("day", sa.Date, primary_key=True),
    sa.Column("kind", sa.String(20), primary_key=True),
    sa.Column("about", sa.String(200), primary_key=True),
    sa.Column("count", sa.Integer, nullable=False),
    one_of("kind", NUMBER_KINDS),
)

number_mark = sa.Table(
    "number_mark",
    metadata,
    sa.Column("community", sa.String(40), primary_key=True),
    sa.Column("consent_id", sa.Integer, nullable=False),
)
