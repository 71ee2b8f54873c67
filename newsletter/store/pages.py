"""Parts of long lists, each behind the last row of the part before: what comes in between moves nothing."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from newsletter.model.delivery import STATES, MailingKind
from newsletter.model.issue import IssueState
from newsletter.model.people import SuppressionReason
from newsletter.store.tables import delivery, issue, mailing, subscriber, suppression


class IssueLine(NamedTuple):
    """An issue without its draft."""

    key: str
    kind: MailingKind
    digest: str
    state: IssueState
    draft_at: datetime
    send_at: datetime
    held: str


class SuppressionLine(NamedTuple):
    """A suppression; `who` is the keyed hash of the address."""

    who: str
    reason: SuppressionReason
    at: datetime


_ISSUE = (issue.c.key, issue.c.kind, issue.c.digest, issue.c.state, issue.c.draft_at, issue.c.send_at, issue.c.held)
_SUPPRESSION = (suppression.c.who, suppression.c.reason, suppression.c.at)


def issues(
    connection: Connection,
    community: str,
    *,
    digest: str | None = None,
    state: IssueState | None = None,
    behind: tuple[datetime, str] | None = None,
    most: int,
) -> tuple[IssueLine, ...]:
    """Issues by send time and key, the latest first, behind that place where one is given."""
    found = sa.select(*_ISSUE).where(issue.c.community == community)
    if digest is not None:
        found = found.where(issue.c.digest == digest)
    if state is not None:
        found = found.where(issue.c.state == state)
    if behind is not None:
        at, key = behind
        found = found.where(sa.or_(issue.c.send_at < at, sa.and_(issue.c.send_at == at, issue.c.key < key)))
    ordered = found.order_by(issue.c.send_at.desc(), issue.c.key.desc()).limit(most)
    return tuple(IssueLine(*row) for row in connection.execute(ordered))


def one_issue(connection: Connection, community: str, key: str) -> IssueLine | None:
    """The issue of this key."""
    row = connection.execute(sa.select(*_ISSUE).where(issue.c.community == community, issue.c.key == key)).first()
    return IssueLine(*row) if row else None


def delivery_counts(
    connection: Connection, community: str, keys: Sequence[str]
) -> dict[tuple[str, str], dict[str, int]]:
    """The deliveries of mailings by state, every state named, by kind and key; a mailing without any is left out."""
    found = (
        sa.select(mailing.c.kind, mailing.c.key, delivery.c.state, sa.func.count())
        .join_from(delivery, mailing, delivery.c.mailing_id == mailing.c.id)
        .where(mailing.c.community == community, mailing.c.key.in_(keys))
        .group_by(mailing.c.kind, mailing.c.key, delivery.c.state)
    )
    counts: dict[tuple[str, str], dict[str, int]] = {}
    for kind, key, state, count in connection.execute(found):
        counts.setdefault((kind, key), dict.fromkeys(STATES, 0))[state] = int(count)
    return counts


def suppressions(
    connection: Connection,
    community: str,
    *,
    reason: SuppressionReason | None = None,
    behind: str = "",
    most: int,
) -> tuple[SuppressionLine, ...]:
    """Suppressions by hash, behind that one."""
    found = sa.select(*_SUPPRESSION).where(suppression.c.community == community, suppression.c.who > behind)
    if reason is not None:
        found = found.where(suppression.c.reason == reason)
    return tuple(SuppressionLine(*row) for row in connection.execute(found.order_by(suppression.c.who).limit(most)))


def suppression_of(connection: Connection, community: str, who: str) -> SuppressionLine | None:
    """The suppression of this keyed hash."""
    found = sa.select(*_SUPPRESSION).where(suppression.c.community == community, suppression.c.who == who)
    row = connection.execute(found).first()
    return SuppressionLine(*row) if row else None


def count_subscribers(connection: Connection, community: str) -> int:
    """How many people there are, on whatever list."""
    found = sa.select(sa.func.count()).select_from(subscriber).where(subscriber.c.community == community)
    return connection.execute(found).scalar_one()
