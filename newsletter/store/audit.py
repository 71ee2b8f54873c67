"""The ledger as an audit reads it: each delivery of a mailing with its attempts and events, one after the other."""

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from newsletter.model.audit import History, Try
from newsletter.model.delivery import DeliveryState
from newsletter.store.tables import (
    attempt,
    attempt_item,
    delivery,
    delivery_event,
    edition,
    subscriber,
    subscription,
    suppression,
)

#: A large mailing is walked in constant memory.
STREAMED = {"yield_per": 1_000}
GONE = ("left", "bounced", "complained")


def histories(connection: Connection, mailing_id: int) -> Iterator[History]:
    """Every delivery of the mailing, by its id."""
    tries = _Following(_tries(connection, mailing_id))
    reported = _Following(_reported(connection, mailing_id))
    for row in connection.execute(_deliveries(mailing_id), execution_options=STREAMED):
        its_tries = tuple(_try(one) for one in tries.of(row.id))
        yield History(
            delivery_id=row.id,
            subscriber_id=row.subscriber_id,
            state=row.state,
            edition_key=row.edition_key,
            has_edition=row.has_edition is not None,
            tries=its_tries,
            reported=(*_answered(its_tries), *(one.state for one in reported.of(row.id))),
            suppressed_after=row.suppressed_after,
            gone_after=row.gone_after,
        )


def _try(row: sa.Row[Any]) -> Try:
    return Try(
        attempt_id=row.id,
        worker=row.worker,
        phase=row.phase,
        edition_key=row.edition_key,
        claimed_at=row.claimed_at,
        submitted_at=row.submitted_at,
        live=row.live,
        outcome=row.outcome,
        turn=row.turn,
    )


def _answered(tries: Iterable[Try]) -> Iterator[DeliveryState]:
    """An acceptance needs no line but the outcome of the attempt that is done with it."""
    return ("accepted" for one in tries if one.phase == "done" and one.outcome == "accepted")


class _Following:
    """Rows sorted by a delivery's id, taken delivery by delivery in that order."""

    def __init__(self, rows: Iterable[sa.Row[Any]]) -> None:
        self._groups = groupby(rows, key=lambda row: str(row[0]))
        self._next = next(self._groups, None)

    def of(self, delivery_id: str) -> list[sa.Row[Any]]:
        if self._next is None or self._next[0] != delivery_id:
            return []
        found = list(self._next[1])
        self._next = next(self._groups, None)
        return found


def _deliveries(mailing_id: int) -> sa.Select[Any]:
    its_edition = sa.and_(edition.c.mailing_id == delivery.c.mailing_id, edition.c.key == delivery.c.edition_key)
    person = sa.and_(subscriber.c.id == delivery.c.subscriber_id, subscriber.c.community == delivery.c.community)
    membership = sa.and_(
        subscription.c.subscriber_id == delivery.c.subscriber_id, subscription.c.list == delivery.c.list
    )
    barred = sa.and_(suppression.c.community == subscriber.c.community, suppression.c.who == subscriber.c.who)
    gone = sa.case((subscription.c.state.in_(GONE), subscription.c.turn))
    return (
        sa.select(
            delivery.c.id,
            delivery.c.subscriber_id,
            delivery.c.state,
            delivery.c.edition_key,
            edition.c.key.label("has_edition"),
            suppression.c.turn.label("suppressed_after"),
            gone.label("gone_after"),
        )
        .select_from(delivery)
        .outerjoin(edition, its_edition)
        .outerjoin(subscriber, person)
        .outerjoin(subscription, membership)
        .outerjoin(suppression, barred)
        .where(delivery.c.mailing_id == mailing_id)
        .order_by(delivery.c.id)
    )


def _tries(connection: Connection, mailing_id: int) -> Iterable[sa.Row[Any]]:
    columns = (
        attempt.c.id, attempt.c.worker, attempt.c.phase, attempt.c.edition_key, attempt.c.claimed_at,
        attempt.c.submitted_at, attempt_item.c.live, attempt_item.c.outcome, attempt.c.turn,
    )  # fmt: skip
    found = (
        sa.select(attempt_item.c.delivery_id, *columns)
        .join_from(attempt, attempt_item, attempt_item.c.attempt_id == attempt.c.id)
        .where(attempt.c.mailing_id == mailing_id)
        .order_by(attempt_item.c.delivery_id, attempt.c.turn, attempt.c.id)
    )
    return connection.execute(found, execution_options=STREAMED)


def _reported(connection: Connection, mailing_id: int) -> Iterable[sa.Row[Any]]:
    found = (
        sa.select(delivery_event.c.delivery_id, delivery_event.c.state)
        .join_from(delivery_event, delivery, delivery.c.id == delivery_event.c.delivery_id)
        .where(delivery.c.mailing_id == mailing_id)
        .order_by(delivery_event.c.delivery_id, delivery_event.c.id)
    )
    return connection.execute(found, execution_options=STREAMED)
