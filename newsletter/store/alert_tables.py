"""Tables of what goes wrong and lasts, of who is told of it, and of how the sources were read."""

import sqlalchemy as sa

from newsletter.model.alerting import CHANNELS, TELLING_STATES, TURNS
from newsletter.store.tables import metadata, one_of
from newsletter.store.types import Utc

# One row from a trouble's first sight to its end. `number` counts the episodes of a kind and subject, so that two
# schedulers who see the same trouble begin one episode; the index below says that one at most is open.
alert_episode = sa.Table(
    "alert_episode",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("community", sa.String(40), nullable=False),
    sa.Column("kind", sa.String(20), nullable=False),
    sa.Column("subject", sa.String(200), nullable=False, server_default=""),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("severity", sa.String(20), nullable=False),
    sa.Column("text", sa.Text, nullable=False, server_default=""),
    sa.Column("advice", sa.Text, nullable=False, server_default=""),
    sa.Column("final", sa.Boolean(name="final"), nullable=False, server_default=sa.false()),
    sa.Column("first_seen", Utc, nullable=False),
    sa.Column("last_seen", Utc, nullable=False),
    sa.Column("clear_since", Utc),
    sa.Column("ended_at", Utc),
    sa.Column("ending", sa.Text, nullable=False, server_default=""),
    sa.UniqueConstraint("community", "kind", "subject", "number"),
    sa.Index(None, "community", "last_seen"),
)
sa.Index(
    "uq_alert_episode_open",
    alert_episode.c.community,
    alert_episode.c.kind,
    alert_episode.c.subject,
    unique=True,
    sqlite_where=alert_episode.c.ended_at.is_(None),
    postgresql_where=alert_episode.c.ended_at.is_(None),
)

# One for each turn of an episode and each who is told of it, by each road; whoever takes it from `pending` tells it.
alert_telling = sa.Table(
    "alert_telling",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("community", sa.String(40), nullable=False),
    sa.Column("episode_id", sa.ForeignKey("alert_episode.id"), nullable=False),
    sa.Column("turn", sa.String(20), nullable=False),
    sa.Column("channel", sa.String(20), nullable=False),
    sa.Column("address", sa.Text, nullable=False, server_default=""),
    sa.Column("state", sa.String(20), nullable=False, server_default="pending"),
    sa.Column("tries", sa.Integer, nullable=False, server_default="0"),
    sa.Column("not_before", Utc, nullable=False),
    sa.Column("told_at", Utc),
    sa.Column("detail", sa.Text, nullable=False, server_default=""),
    one_of("turn", TURNS),
    one_of("channel", CHANNELS),
    one_of("state", TELLING_STATES),
    sa.UniqueConstraint("episode_id", "turn", "channel", "address"),
    sa.Index(None, "community", "channel", "state", "not_before"),
)

# How each source was read last. Nothing of its content stands here but a hash of it.
source_reading = sa.Table(
    "source_reading",
    metadata,
    sa.Column("community", sa.String(40), primary_key=True),
    sa.Column("name", sa.String(200), primary_key=True),
    sa.Column("tried_at", Utc, nullable=False),
    sa.Column("read_at", Utc, nullable=False),
    sa.Column("changed_at", Utc, nullable=False),
    sa.Column("filled_at", Utc),
    sa.Column("items", sa.Integer, nullable=False, server_default="0"),
    sa.Column("fingerprint", sa.String(64), nullable=False, server_default=""),
    sa.Column("fault", sa.Text, nullable=False, server_default=""),
    sa.Column("unmet", sa.Text, nullable=False, server_default=""),
)
