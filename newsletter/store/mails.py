"""Rows of corrections and one-offs: they stand beside the issues, and no cadence brings them about."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from newsletter.model.delivery import MailingKind
from newsletter.model.ledger import IssueRow
from newsletter.store.engine import insert_new
from newsletter.store.tables import issue

#: Columns that are light; the draft is read by key.
_LIGHT = ("key", "digest", "state", "draft_at", "send_at", "kind", "list", "scheduled")


def enter(
    connection: Connection,
    community: str,
    *,
    key: str,
    kind: MailingKind,
    list_name: str,
    at: datetime,
    send_at: datetime | None,
) -> None:
    """Write the row, state due, or give one that is not sent yet its new time; without one, it waits to be told."""
    values = {"send_at": send_at or at, "scheduled": send_at is not None}
    row = {"community": community, "key": key, "kind": kind, "digest": "", "list": list_name, "state": "due"}
    made = connection.execute(insert_new(connection, issue), row | values | {"draft_at": at}).rowcount == 1
    if not made:
        mine = (issue.c.community == community, issue.c.key == key, issue.c.state.in_(("due", "drafted", "approved")))
        connection.execute(sa.update(issue).where(*mine).values(values))


def rows(connection: Connection, community: str, kind: MailingKind | None = None) -> tuple[IssueRow, ...]:
    """All corrections and one-offs, or those of one kind, by send time, without their drafts."""
    found = (
        sa.select(*(issue.c[name] for name in _LIGHT))
        .where(issue.c.community == community, issue.c.kind == kind if kind else issue.c.kind != "issue")
        .order_by(issue.c.send_at, issue.c.key)
    )
    return tuple(IssueRow(**row) for row in connection.execute(found).mappings())
