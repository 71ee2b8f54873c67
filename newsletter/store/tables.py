"""The tables. Every one carries its community, so that one store can serve several workspaces.

What must never happen is a constraint here where a constraint can say it: one delivery per mailing and subscriber,
one attempt at a time that may have put a message on the wire.
"""

from collections.abc import Iterable

import sqlalchemy as sa

from newsletter.model.delivery import STATES
from newsletter.model.issue import ISSUE_TRANSITIONS
from newsletter.model.ledger import MAILING_STATES, PHASES
from newsletter.model.reviewing import EDITOR_MAIL_KINDS, EDITOR_MAIL_STATES
from newsletter.store.types import Utc

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

SUBSCRIPTION_STATES = ("pending", "active", "left", "bounced", "complained")
#: Rows here are written once: the triggers of the migrations refuse to change or delete them.
APPEND_ONLY = ("consent", "issue_event", "delivery_event", "approval", "sign_in_event", "deed")


def one_of(column: str, words: Iterable[str]) -> sa.CheckConstraint:
    """The column holds one of these words."""
    listed = ", ".join(f"'{word}'" for word in words)
    return sa.CheckConstraint(f"{column} IN ({listed})", name=column)


def _state_of_delivery() -> sa.CheckConstraint:
    """The same, as SQLite checks it soonest: no list is built for each of a million rows, and most are accepted."""
    words = sorted(STATES, key=lambda word: word not in ("accepted", "pending", "claimed"))
    return sa.CheckConstraint(" OR ".join(f"state = '{word}'" for word in words), name="state")


def _community() -> sa.Column[str]:
    return sa.Column("community", sa.String(40), nullable=False)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False, server_default="")


subscriber = sa.Table(
    "subscriber",
    metadata,
    sa.Column("id", sa.String(40), primary_key=True),
    _community(),
    sa.Column("address", sa.Text, nullable=False),
    sa.Column("address_key", sa.Text, nullable=False),
    sa.Column("who", sa.String(64), nullable=False),
    _text("name"),
    _text("timezone"),
    sa.Column("clock", sa.Integer, nullable=False, server_default="12"),
    sa.Column("language", sa.String(20), nullable=False, server_default=""),
    sa.Column("density", sa.String(20), nullable=False, server_default="full"),
    sa.Column("text_only", sa.Boolean(name="text_only"), nullable=False, server_default=sa.false()),
    sa.Column("created_at", Utc, nullable=False),
    sa.Column("attributes", sa.JSON, nullable=False, server_default="{}"),
    sa.UniqueConstraint("community", "address_key"),
    sa.Index(None, "community", "who"),
)

subscription = sa.Table(
    "subscription",
    metadata,
    _community(),
    sa.Column("subscriber_id", sa.ForeignKey("subscriber.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("list", sa.Text, primary_key=True),
    sa.Column("digests", sa.JSON, nullable=False),
    sa.Column("topics", sa.JSON(none_as_null=True)),
    sa.Column("state", sa.String(20), nullable=False),
    sa.Column("since", Utc, nullable=False),
    sa.Column("paused_until", Utc),
    sa.Column("stopped", sa.JSON, nullable=False, server_default="[]"),
    sa.Column("online_only", sa.Boolean(name="online_only"), nullable=False, server_default=sa.false()),
    sa.Column("turn", sa.Integer, nullable=False, server_default="0"),
    one_of("state", SUBSCRIPTION_STATES),
    sa.Index(None, "community", "list", "state"),
)

consent = sa.Table(
    "consent",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    _community(),
    sa.Column("who", sa.String(64), nullable=False),
    sa.Column("list", sa.Text, nullable=False),
    sa.Column("action", sa.String(20), nullable=False),
    sa.Column("at", Utc, nullable=False),
    sa.Column("how", sa.Text, nullable=False),
    _text("text"),
    _text("detail"),
    sa.Column("version", sa.String(20), nullable=False, server_default=""),
    sa.Column("network", sa.String(64), nullable=False, server_default=""),
    sa.Column("given_at", Utc),
    sa.Index(None, "community", "who"),
    sa.Index(None, "community", "at", "action"),
    sa.Index(None, "community", "id"),
)

suppression = sa.Table(
    "suppression",
    metadata,
    sa.Column("community", sa.String(40), primary_key=True),
    sa.Column("who", sa.String(64), primary_key=True),
    sa.Column("reason", sa.String(20), nullable=False),
    sa.Column("at", Utc, nullable=False),
    _text("detail"),
    sa.Column("turn", sa.Integer, nullable=False, server_default="0"),
)

# What a freshly mailed link was used for: each of its acts is done once.
spent_link = sa.Table(
    "spent_link",
    metadata,
    sa.Column("community", sa.String(40), primary_key=True),
    sa.Column("link", sa.String(64), primary_key=True),
    sa.Column("act", sa.String(20), primary_key=True),
    sa.Column("at", Utc, nullable=False),
)

# An address that its owner has not confirmed yet; the newest wish of a subscriber alone.
address_change = sa.Table(
    "address_change",
    metadata,
    sa.Column("community", sa.String(40), primary_key=True),
    sa.Column("subscriber_id", sa.ForeignKey("subscriber.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("address", sa.Text, nullable=False),
    sa.Column("address_key", sa.Text, nullable=False),
    sa.Column("who", sa.String(64), nullable=False),
    sa.Column("at", Utc, nullable=False),
)

issue = sa.Table(
    "issue",
    metadata,
    sa.Column("community", sa.String(40), primary_key=True),
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("kind", sa.String(20), nullable=False, server_default="issue"),
    sa.Column("digest", sa.Text, nullable=False),
    _text("list"),
    sa.Column("state", sa.String(20), nullable=False),
    sa.Column("scheduled", sa.Boolean(name="scheduled"), nullable=False, server_default=sa.true()),
    sa.Column("draft_at", Utc, nullable=False),
    sa.Column("send_at", Utc, nullable=False),
    _text("draft"),
    _text("draft_hash"),
    _text("approved_hash"),
    _text("approved_by"),
    sa.Column("approved_at", Utc),
    sa.Column("covers_from", Utc),
    _text("held"),
    one_of("state", ISSUE_TRANSITIONS),
    sa.Index(None, "community", "digest", "send_at"),
)

issue_event = sa.Table(
    "issue_event",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    _community(),
    sa.Column("key", sa.Text, nullable=False),
    sa.Column("at", Utc, nullable=False),
    sa.Column("state", sa.String(20), nullable=False),
    _text("by"),
    _text("hash"),
    _text("detail"),
    sa.Index(None, "community", "key"),
)

# What counts of these is what stands below the last row that drops them: an approval is never changed or deleted.
approval = sa.Table(
    "approval",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    _community(),
    sa.Column("key", sa.Text, nullable=False),
    sa.Column("action", sa.String(20), nullable=False),
    _text("hash"),
    _text("drift"),
    _text("by"),
    sa.Column("at", Utc, nullable=False),
    one_of("action", ("approve", "drop")),
    sa.Index(None, "community", "key"),
)

editor_mail = sa.Table(
    "editor_mail",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    _community(),
    sa.Column("key", sa.Text, nullable=False),
    sa.Column("kind", sa.String(20), nullable=False),
    sa.Column("about", sa.String(64), nullable=False, server_default=""),
    sa.Column("address", sa.Text, nullable=False),
    _text("subject"),
    _text("text"),
    sa.Column("state", sa.String(20), nullable=False, server_default="pending"),
    sa.Column("tries", sa.Integer, nullable=False, server_default="0"),
    sa.Column("not_before", Utc, nullable=False),
    _text("detail"),
    sa.Column("at", Utc, nullable=False),
    one_of("kind", EDITOR_MAIL_KINDS),
    one_of("state", EDITOR_MAIL_STATES),
    sa.UniqueConstraint("community", "key", "kind", "about", "address"),
)

mailing = sa.Table(
    "mailing",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    _community(),
    sa.Column("kind", sa.String(20), nullable=False),
    sa.Column("key", sa.Text, nullable=False),
    sa.Column("list", sa.Text, nullable=False),
    _text("digest"),
    sa.Column("state", sa.String(20), nullable=False),
    _text("content_hash"),
    sa.Column("planned_at", Utc, nullable=False),
    one_of("state", MAILING_STATES),
    sa.UniqueConstraint("community", "kind", "key"),
)

edition = sa.Table(
    "edition",
    metadata,
    _community(),
    sa.Column("mailing_id", sa.ForeignKey("mailing.id"), primary_key=True),
    sa.Column("key", sa.String(64), primary_key=True),
    sa.Column("payload", sa.Text, nullable=False),
    _text("memory"),
)

# What readers know after an edition, by the hash of its content: readers who know the same share a row.
memory = sa.Table(
    "memory",
    metadata,
    sa.Column("community", sa.String(40), primary_key=True),
    sa.Column("key", sa.String(64), primary_key=True),
    sa.Column("payload", sa.Text, nullable=False),
)

# One for each time that readers were added to a mailing, in the order in which it was done.
planning = sa.Table(
    "planning",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    _community(),
    sa.Column("mailing_id", sa.ForeignKey("mailing.id"), nullable=False),
    sa.Column("at", Utc, nullable=False),
)

# No foreign key to the subscriber: whoever is erased leaves the ledger's history standing. `list` is the membership
# by which the delivery goes; a mailing may go to several lists.
delivery = sa.Table(
    "delivery",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    _community(),
    sa.Column("mailing_id", sa.ForeignKey("mailing.id"), nullable=False),
    sa.Column("subscriber_id", sa.String(40), nullable=False),
    _text("list"),
    _text("edition_key"),
    sa.Column("state", sa.String(20), nullable=False),
    _text("reason"),
    sa.Column("tries", sa.Integer, nullable=False, server_default="0"),
    sa.Column("not_before", Utc, nullable=False),
    sa.Column("attempt_id", sa.String(40)),
    sa.Column("updated_at", Utc, nullable=False),
    sa.Column("planning_id", sa.Integer, nullable=False, server_default="0"),
    sa.Column("breaks", sa.Integer, nullable=False, server_default="0"),
    _state_of_delivery(),
    sa.UniqueConstraint("mailing_id", "subscriber_id"),
    sa.Index(None, "mailing_id", "state", "edition_key", "not_before"),
    sa.Index(None, "subscriber_id"),
)

# `turn` counts claims; a suppression and a membership carry the turn of the last claim that was there before them (a
# trigger writes it), so that what came first is told by rows and not by clocks.
attempt = sa.Table(
    "attempt",
    metadata,
    sa.Column("id", sa.String(40), primary_key=True),
    _community(),
    sa.Column("mailing_id", sa.ForeignKey("mailing.id"), nullable=False),
    sa.Column("edition_key", sa.String(64), nullable=False),
    sa.Column("worker", sa.Text, nullable=False),
    sa.Column("phase", sa.String(20), nullable=False),
    sa.Column("lease_until", Utc, nullable=False),
    sa.Column("claimed_at", Utc, nullable=False),
    sa.Column("submitted_at", Utc),
    sa.Column("finished_at", Utc),
    sa.Column("turn", sa.Integer, nullable=False, server_default="0"),
    one_of("phase", PHASES),
    sa.Index(None, "community", "phase", "lease_until"),
    sa.Index(None, "community", "submitted_at"),
    sa.Index(None, "mailing_id", "submitted_at"),
    sa.Index(None, "turn"),
)

# `live` says that the message may have left under this attempt. It falls only when a reply proves that it did not,
# so a second attempt that could double a mail is refused by the index below, whatever the code above it does.
attempt_item = sa.Table(
    "attempt_item",
    metadata,
    _community(),
    sa.Column("attempt_id", sa.ForeignKey("attempt.id"), primary_key=True),
    sa.Column("delivery_id", sa.ForeignKey("delivery.id"), primary_key=True),
    sa.Column("live", sa.Boolean(name="live"), nullable=False, server_default=sa.true()),
    _text("outcome"),
    _text("detail"),
    _text("provider_id"),
    sqlite_with_rowid=False,  # items stand by attempt and delivery, and nowhere else once more
)
sa.Index(
    "uq_attempt_item_live",
    attempt_item.c.delivery_id,
    unique=True,
    sqlite_where=attempt_item.c.live,
    postgresql_where=attempt_item.c.live,
)

#: As the index says it, to the letter: SQLite takes the index for no other words.
LIVE = sa.text("attempt_item.live")

# What a reply refused or left in doubt is found without a look at all that it accepted.
NOT_ACCEPTED = sa.text("outcome NOT IN ('', 'accepted')")
sa.Index(
    "ix_attempt_item_not_accepted",
    attempt_item.c.attempt_id,
    sqlite_where=NOT_ACCEPTED,
    postgresql_where=NOT_ACCEPTED,
)

delivery_event = sa.Table(
    "delivery_event",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    _community(),
    sa.Column("delivery_id", sa.String(64), nullable=False),
    sa.Column("at", Utc, nullable=False),
    sa.Column("kind", sa.String(20), nullable=False),
    sa.Column("state", sa.String(20), nullable=False),
    sa.Column("attempt_id", sa.String(40)),
    sa.Column("notice_key", sa.Text),
    sa.Column("event_id", sa.String(100)),
    _text("detail"),
    sa.UniqueConstraint("delivery_id", "notice_key"),
)

event_revision = sa.Table(
    "event_revision",
    metadata,
    sa.Column("community", sa.String(40), primary_key=True),
    sa.Column("item_id", sa.Text, primary_key=True),
    sa.Column("uid", sa.Text, nullable=False),
    sa.Column("slug", sa.String(80), nullable=False),
    sa.Column("sequence", sa.Integer, nullable=False),
    sa.Column("fingerprint", sa.String(64), nullable=False),
    sa.Column("content", sa.String(64), nullable=False),
    sa.Column("created_at", Utc, nullable=False),
    sa.Column("changed_at", Utc, nullable=False),
    sa.Column("read_at", Utc, nullable=False),
    _text("title"),
    _text("source"),
    sa.Column("topics", sa.JSON, nullable=False),
    sa.Column("zones", sa.JSON, nullable=False),
    sa.Column("last", sa.Date),
    _text("text"),
    sa.Column("withdrawn", sa.Boolean(name="withdrawn"), nullable=False, server_default=sa.false()),
    sa.UniqueConstraint("community", "slug"),
)
