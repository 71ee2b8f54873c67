"""Numbers for operators, counted by the database: no row of a person is read."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from newsletter.model.figures import Counts, Figures
from newsletter.model.issue import IssueState
from newsletter.store.guard_tables import guard_hold
from newsletter.store.tables import delivery, issue, mailing, subscription, suppression

#: What an issue that is still to leave is in; one in another state is over, or on its way.
TO_COME: tuple[IssueState, ...] = ("due", "drafted", "approved")


def figures(connection: Connection, community: str, now: datetime) -> Figures:
    """The numbers of one community at `now`."""
    name = sa.case((mailing.c.digest != "", mailing.c.digest), else_=mailing.c.list)
    of_mailing = delivery.c.mailing_id == mailing.c.id
    s, m = suppression.c, subscription.c
    return Figures(
        community,
        now,
        _counts(
            connection, delivery.c.community == community, mailing.c.kind, name, delivery.c.state, also=of_mailing
        ),
        _counts(connection, m.community == community, m.list, m.state),
        _counts(connection, s.community == community, s.reason),
        _counts(connection, issue.c.community == community, issue.c.digest, issue.c.state),
        _counts(connection, guard_hold.c.community == community, guard_hold.c.guard, also=guard_hold.c.active),
        _due(connection, community, now),
        _waiting(connection, community, now),
    )


def _counts(
    connection: Connection,
    mine: sa.ColumnElement[bool],
    *by: sa.ColumnElement[str],
    also: sa.ColumnElement[bool] | None = None,
) -> Counts:
    """How many rows there are of each combination."""
    found = sa.select(*by, sa.func.count()).where(mine, sa.true() if also is None else also).group_by(*by)
    return {tuple(str(part) for part in row[:-1]): int(row[-1]) for row in connection.execute(found)}


def _due(connection: Connection, community: str, now: datetime) -> dict[str, datetime]:
    mine = (issue.c.community == community, issue.c.state.in_(TO_COME), issue.c.send_at <= now)
    return {row.key: row.send_at for row in connection.execute(sa.select(issue.c.key, issue.c.send_at).where(*mine))}


def _waiting(connection: Connection, community: str, now: datetime) -> datetime | None:
    mine = (delivery.c.community == community, delivery.c.state == "pending", delivery.c.not_before <= now)
    return connection.execute(sa.select(sa.func.min(delivery.c.not_before)).where(*mine)).scalar()
