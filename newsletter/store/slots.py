"""How a digest's slots stand, without their drafts: what a waker reads at every wake-up."""

from datetime import datetime
from typing import cast

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from newsletter.model.issue import IssueState
from newsletter.model.ledger import IssueRow
from newsletter.store.tables import issue


def states(connection: Connection, community: str, digest: str) -> dict[str, IssueState]:
    """The state of every issue of the digest, by key, in the order of their send times."""
    found = (
        sa.select(issue.c.key, issue.c.state)
        .where(issue.c.community == community, issue.c.digest == digest)
        .order_by(issue.c.send_at, issue.c.key)
    )
    return {key: cast(IssueState, state) for key, state in connection.execute(found)}


def rows(connection: Connection, community: str, digest: str, *states: IssueState) -> tuple[IssueRow, ...]:
    """The digest's issues in one of these states, by send time, without their drafts."""
    light = ("key", "digest", "state", "draft_at", "send_at", "covers_from")
    found = (
        sa.select(*(issue.c[name] for name in light))
        .where(issue.c.community == community, issue.c.digest == digest, issue.c.state.in_(states))
        .order_by(issue.c.send_at, issue.c.key)
    )
    return tuple(IssueRow(**row) for row in connection.execute(found).mappings())


def last_known(connection: Connection, community: str, digest: str, now: datetime) -> datetime | None:
    """The latest send time, up to `now`, that the digest has a row for."""
    return _latest(connection, community, digest, issue.c.send_at <= now)


def last_sent(connection: Connection, community: str, digest: str, before: datetime) -> datetime | None:
    """The send time of the last issue of the digest that went out, or is going out, for a slot before this moment."""
    out = issue.c.state.in_(("sending", "paused", "sent"))
    return _latest(connection, community, digest, sa.and_(out, issue.c.send_at < before))


def covers_from(connection: Connection, community: str, key: str) -> datetime | None:
    """Where the issue's window begins instead, if a missed one was merged into it."""
    found = sa.select(issue.c.covers_from).where(issue.c.community == community, issue.c.key == key)
    return connection.execute(found).scalar()


def _latest(connection: Connection, community: str, digest: str, which: sa.ColumnElement[bool]) -> datetime | None:
    found = sa.select(sa.func.max(issue.c.send_at)).where(
        issue.c.community == community, issue.c.digest == digest, which
    )
    return connection.execute(found).scalar()
