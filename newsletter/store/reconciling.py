"""The unknown deliveries, who was accepted beside them, and the steps that settle them."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from newsletter.model.delivery import DeliveryState
from newsletter.model.ledger import Mailing
from newsletter.model.reconciling import Coverage, Doubt, Question
from newsletter.store.tables import (
    LIVE,
    attempt,
    attempt_item,
    consent,
    delivery,
    delivery_event,
    mailing,
    subscriber,
)

#: Of mailings older than this no log tells anything any more.
OLDEST = timedelta(days=40)


def doubts(
    connection: Connection, community: str, *, mailing_id: int | None = None, since: datetime | None = None
) -> tuple[Doubt, ...]:
    """Every unknown delivery of one mailing, or of all that were planned since then, in order of handing over."""
    person = sa.and_(subscriber.c.id == delivery.c.subscriber_id, subscriber.c.community == delivery.c.community)
    found = (
        sa.select(
            delivery.c.id.label("delivery_id"),
            delivery.c.mailing_id,
            mailing.c.kind,
            mailing.c.key,
            mailing.c.state.label("mailing_state"),
            delivery.c.subscriber_id,
            delivery.c.list,
            sa.case((_moved(), ""), else_=sa.func.coalesce(subscriber.c.address, "")).label("address"),
            sa.func.coalesce(delivery.c.attempt_id, "").label("attempt_id"),
            sa.func.coalesce(attempt.c.worker, "").label("worker"),
            sa.func.coalesce(attempt.c.phase, "unknown").label("phase"),
            sa.func.coalesce(attempt.c.submitted_at, delivery.c.updated_at).label("submitted_at"),
            delivery.c.reason,
        )
        .join_from(mailing, delivery, delivery.c.mailing_id == mailing.c.id)
        .outerjoin(attempt, attempt.c.id == delivery.c.attempt_id)
        .outerjoin(subscriber, person)
        .where(mailing.c.community == community, delivery.c.state == "unknown")
        .order_by("submitted_at", delivery.c.id)
    )
    if mailing_id is not None:
        found = found.where(mailing.c.id == mailing_id)
    if since is not None:
        found = found.where(mailing.c.planned_at >= since)
    return tuple(Doubt(**row) for row in connection.execute(found).mappings())


def _moved() -> sa.ColumnElement[bool]:
    """Whether the reader's address is another one than it was when the attempt left."""
    return sa.exists().where(
        consent.c.community == subscriber.c.community,
        consent.c.who == subscriber.c.who,
        consent.c.action == "moved",
        consent.c.at >= attempt.c.submitted_at,
    )


def accepted_between(
    connection: Connection, community: str, start: datetime, end: datetime, most: int
) -> tuple[Question, ...]:
    """Deliveries to subscribers that a reply accepted in that time, as questions; ids are hashes, so any are."""
    found = (
        sa.select(delivery.c.id, subscriber.c.address, attempt.c.submitted_at)
        .select_from(_accepted(community, start, end).join(subscriber, subscriber.c.id == delivery.c.subscriber_id))
        .where(*_in_time(community, start, end), ~_moved())
        .order_by(delivery.c.id)
        .limit(most)
    )
    return tuple(Question(*row) for row in connection.execute(found))


def told_between(connection: Connection, community: str, start: datetime, end: datetime, most: int) -> Coverage:
    """Of the deliveries that a reply accepted in that time, how many the provider's events tell of."""
    told = sa.exists().where(delivery_event.c.delivery_id == delivery.c.id, delivery_event.c.notice_key.is_not(None))
    some = (
        sa.select(told.label("told"))
        .select_from(_accepted(community, start, end))
        .where(*_in_time(community, start, end))
        .order_by(delivery.c.id)
        .limit(most)
        .subquery()
    )
    counts = sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(sa.case((some.c.told, 1), else_=0)), 0))
    asked, knew = connection.execute(counts.select_from(some)).one()
    return Coverage("the provider's webhook", asked, knew)


def _accepted(community: str, start: datetime, end: datetime) -> sa.Join:
    item = sa.and_(attempt_item.c.attempt_id == attempt.c.id, attempt_item.c.outcome == "accepted")
    return attempt.join(attempt_item, item).join(delivery, delivery.c.id == attempt_item.c.delivery_id)


def _in_time(community: str, start: datetime, end: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    return attempt.c.community == community, attempt.c.submitted_at >= start, attempt.c.submitted_at <= end


def settle_accepted(
    connection: Connection, community: str, delivery_ids: Sequence[str], at: datetime, why: str
) -> int:
    """What evidence shows to have been taken becomes accepted; returns how many were unknown still."""
    moved = _moved_from_unknown(connection, community, delivery_ids, "accepted", at, why)
    sure = sa.update(attempt_item).where(attempt_item.c.delivery_id.in_(moved), LIVE)
    connection.execute(sure.values(outcome="accepted", detail=why))
    return len(moved)


def settle_not_accepted(
    connection: Connection,
    community: str,
    delivery_ids: Sequence[str],
    at: datetime,
    why: str,
    to: DeliveryState = "pending",
) -> int:
    """What is proven not to have been taken may be sent again (or is cancelled); how many were unknown still."""
    moved = _moved_from_unknown(connection, community, delivery_ids, to, at, why)
    unsent = sa.update(attempt_item).where(attempt_item.c.delivery_id.in_(moved), LIVE)
    connection.execute(unsent.values(live=False, outcome="not_accepted", detail=why))
    return len(moved)


def _moved_from_unknown(
    connection: Connection, community: str, delivery_ids: Sequence[str], to: DeliveryState, at: datetime, why: str
) -> list[str]:
    """Take the step where a delivery is unknown still, and write the line; the ids of those it was taken for."""
    mine = sa.and_(delivery.c.community == community, delivery.c.id.in_(delivery_ids), delivery.c.state == "unknown")
    step = sa.update(delivery).where(mine).values(state=to, reason=why, not_before=at, updated_at=at)
    moved = [*connection.execute(step.returning(delivery.c.id, delivery.c.attempt_id))]
    base = {"community": community, "at": at, "kind": "reconciled", "state": to, "detail": why}
    rows = [base | {"delivery_id": row.id, "attempt_id": row.attempt_id} for row in moved]
    if rows:
        connection.execute(sa.insert(delivery_event), rows)
    return [row.id for row in moved]


def mailing_by_id(connection: Connection, mailing_id: int) -> Mailing:
    """The mailing, as it stands in this transaction."""
    row = connection.execute(sa.select(*mailing.c).where(mailing.c.id == mailing_id)).mappings().one()
    return Mailing(**row)


def states_of(connection: Connection, mailing_id: int, delivery_ids: Collection[str]) -> dict[str, DeliveryState]:
    """The states of these deliveries of a mailing; one that is none of its is not named."""
    found = sa.select(delivery.c.id, delivery.c.state).where(
        delivery.c.mailing_id == mailing_id, delivery.c.id.in_(delivery_ids)
    )
    return {row.id: row.state for row in connection.execute(found)}
