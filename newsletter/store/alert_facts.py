"""What is looked at to find trouble, counted by the database: asked every minute, so that nothing of it is large."""

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from newsletter.model.alerting import EventsFact, IssueFact, QueueFact, UnknownFact
from newsletter.model.delivery import DeliveryState
from newsletter.model.issue import IssueState
from newsletter.store.tables import attempt, attempt_item, delivery, delivery_event, issue, issue_event, mailing

TO_COME: tuple[IssueState, ...] = ("due", "drafted", "approved", "paused")
#: What has not got anywhere yet, and what never had to.
_WAITING: tuple[DeliveryState, ...] = ("pending", "claimed", "submitting")
_NOT_LEFT: tuple[DeliveryState, ...] = (*_WAITING, "suppressed", "skipped", "cancelled")


def issues_due(connection: Connection, community: str, now: datetime, skipped_since: datetime) -> list[IssueFact]:
    """Issues and scheduled mails whose time has come and that have not gone out, and those skipped since then."""
    here = issue.c
    found = (
        sa.select(here.key, here.state, here.send_at, here.held)
        .where(here.community == community, here.state.in_(TO_COME), here.send_at <= now, here.scheduled)
        .order_by(here.send_at)
    )
    waiting = [_issue(connection, community, *row) for row in connection.execute(found)]
    skip = issue_event.c
    gone = (
        sa.select(here.key, here.state, here.send_at, skip.detail)
        .join(issue_event, sa.and_(skip.community == here.community, skip.key == here.key, skip.state == "skipped"))
        .where(here.community == community, here.state == "skipped", skip.at >= skipped_since)
        .order_by(here.send_at)
    )
    return [*waiting, *(IssueFact(*row) for row in connection.execute(gone))]


def _issue(connection: Connection, community: str, key: str, state: IssueState, at: datetime, why: str) -> IssueFact:
    if state != "paused":
        return IssueFact(key, state, at, why)
    mine = (mailing.c.community == community, mailing.c.key == key, mailing.c.id == delivery.c.mailing_id)
    left = sa.func.count().filter(delivery.c.state.not_in(_NOT_LEFT))
    counted = connection.execute(sa.select(left, sa.func.count()).where(*mine)).one()
    return IssueFact(key, state, at, why, *counted)


def states(connection: Connection, community: str, keys: Collection[str]) -> dict[str, IssueState]:
    """The state of each of these issues."""
    found = sa.select(issue.c.key, issue.c.state).where(issue.c.community == community, issue.c.key.in_(keys))
    return {row[0]: row[1] for row in connection.execute(found)}


def queues(connection: Connection, community: str, now: datetime) -> tuple[QueueFact, ...]:
    """Mailings under way with mails that wait though they may leave, or that were tried and are to be tried again."""
    under_way = sa.select(mailing.c.id, mailing.c.key, mailing.c.planned_at).where(
        mailing.c.community == community, mailing.c.state == "sending"
    )
    found = [_queue(connection, *row, now) for row in connection.execute(under_way.order_by(mailing.c.id))]
    return tuple(one for one in found if one is not None)


def _queue(
    connection: Connection, mailing_id: int, key: str, planned_at: datetime, now: datetime
) -> QueueFact | None:
    here = delivery.c
    stuck = sa.and_(here.state.in_(_WAITING), sa.or_(here.not_before <= now, here.tries > 0))
    waiting = sa.select(sa.func.count()).where(here.mailing_id == mailing_id, stuck)
    first = sa.select(sa.func.min(here.not_before)).where(here.mailing_id == mailing_id, stuck, here.tries == 0)
    count = connection.execute(waiting).scalar_one()
    if not count:
        return None
    of_mailing = here.mailing_id == mailing_id
    moved = sa.select(sa.func.max(here.updated_at)).where(of_mailing, here.state.not_in(_NOT_LEFT))
    planned = connection.execute(sa.select(sa.func.count()).where(of_mailing)).scalar_one()
    moments = [connection.execute(one).scalar() for one in (first, moved)]
    return QueueFact(key, count, planned, max((one for one in moments if one), default=planned_at))


def unknown(connection: Connection, community: str) -> tuple[UnknownFact, ...]:
    """Mailings with deliveries of which nobody knows whether they left."""
    here = delivery.c
    found = (
        sa.select(mailing.c.id, mailing.c.key, sa.func.count(), sa.func.min(here.updated_at))
        .join(delivery, here.mailing_id == mailing.c.id)
        .where(mailing.c.community == community, here.state == "unknown")
        .group_by(mailing.c.id, mailing.c.key)
        .order_by(mailing.c.id)
    )
    return tuple(
        UnknownFact(key, count, _planned(connection, number), since)
        for number, key, count, since in connection.execute(found)
    )


def _planned(connection: Connection, mailing_id: int) -> int:
    found = sa.select(sa.func.count()).select_from(delivery).where(delivery.c.mailing_id == mailing_id)
    return connection.execute(found).scalar_one()


def reported(
    connection: Connection, community: str, since: datetime, until: datetime, most: int
) -> EventsFact | None:
    """Of the last mails that were handed over in [since, until] and accepted: how many have a report."""
    batches = (
        sa.select(attempt.c.id, attempt.c.submitted_at)
        .where(attempt.c.community == community, attempt.c.submitted_at >= since, attempt.c.submitted_at <= until)
        .order_by(attempt.c.submitted_at.desc())
        .limit(most)
        .subquery()
    )
    accepted = (
        sa.select(attempt_item.c.delivery_id, batches.c.submitted_at)
        .join(batches, batches.c.id == attempt_item.c.attempt_id)
        .where(attempt_item.c.outcome == "accepted")
        .order_by(batches.c.submitted_at.desc())
        .limit(most)
        .subquery()
    )
    with_report = sa.exists().where(
        delivery_event.c.delivery_id == accepted.c.delivery_id, delivery_event.c.notice_key.is_not(None)
    )
    found = sa.select(
        sa.func.count(), sa.func.count().filter(with_report), sa.func.min(accepted.c.submitted_at)
    ).select_from(accepted)
    count, told, first = connection.execute(found).one()
    return EventsFact(count, told, first) if count else None
