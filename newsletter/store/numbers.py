"""Numbers by day as rows: added to, and summed up. What the consent log and the ledger say is counted from there."""

import json
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from newsletter.model.numbers import Number, NumberKind
from newsletter.store.engine import insert_into
from newsletter.store.mailings import RECEIVED
from newsletter.store.number_tables import number, number_mark
from newsletter.store.tables import consent, delivery, mailing, subscriber, subscription

_KEY = ("community", "day", "kind", "about")


class Left(NamedTuple):
    """Somebody's leaving of a list as it is counted: `topics` that they had chosen by name, the issue before it."""

    at: datetime
    list: str
    topics: tuple[str, ...]
    issue: str


def add(connection: Connection, community: str, found: Iterable[Number]) -> None:
    """Add to what was counted before."""
    rows = [
        {"community": community, "day": one.day, "kind": one.kind, "about": one.about, "count": one.count}
        for one in found
    ]
    if not rows:
        return
    counted = insert_into(connection, number)
    more = counted.on_conflict_do_update(index_elements=_KEY, set_={"count": number.c.count + counted.excluded.count})
    connection.execute(more, rows)


def between(
    connection: Connection, community: str, first: date, last: date, *, about: str | None = None
) -> tuple[Number, ...]:
    """What was counted from the first to the last of these days, by day."""
    found = (
        sa.select(number.c.day, number.c.kind, number.c.about, number.c.count)
        .where(number.c.community == community, number.c.day.between(first, last))
        .order_by(number.c.day, number.c.kind, number.c.about)
    )
    if about is not None:
        found = found.where(number.c.about == about)
    return tuple(Number(*row) for row in connection.execute(found))


def totals(connection: Connection, community: str, kinds: Sequence[NumberKind]) -> dict[tuple[str, str], int]:
    """Everything that was ever counted of these kinds, by kind and what it is about."""
    found = (
        sa.select(number.c.kind, number.c.about, sa.func.sum(number.c.count))
        .where(number.c.community == community, number.c.kind.in_(kinds))
        .group_by(number.c.kind, number.c.about)
    )
    return {(row[0], row[1]): int(row[2]) for row in connection.execute(found)}


def reached(connection: Connection, community: str, keys: Sequence[str]) -> dict[str, int]:
    """How many readers each of these issues reached, as far as is known."""
    found = (
        sa.select(mailing.c.key, sa.func.count())
        .join_from(delivery, mailing, delivery.c.mailing_id == mailing.c.id)
        .where(mailing.c.community == community, mailing.c.kind == "issue", mailing.c.key.in_(keys))
        .where(delivery.c.state.in_(RECEIVED))
        .group_by(mailing.c.key)
    )
    return {row[0]: int(row[1]) for row in connection.execute(found)}


def readers_of_topics(connection: Connection, community: str) -> dict[tuple[str, ...] | None, int]:
    """How many active memberships there are with each choice of topics; None is all of them."""
    chosen = sa.cast(subscription.c.topics, sa.Text)
    mine = (subscription.c.community == community, subscription.c.state == "active")
    found = sa.select(chosen, sa.func.count()).where(*mine).group_by(chosen)
    return {_topics(text): int(count) for text, count in connection.execute(found)}


def _topics(text: str | None) -> tuple[str, ...] | None:
    found = json.loads(text) if text else None
    return None if found is None else tuple(found)


def marked(connection: Connection, community: str) -> int | None:
    """Up to which line of the consent log leavings are counted; None before the first time."""
    mine = sa.select(number_mark.c.consent_id).where(number_mark.c.community == community)
    return connection.execute(mine).scalar()


def mark(connection: Connection, community: str, consent_id: int) -> None:
    """Keep up to where the log is counted."""
    row = {"community": community, "consent_id": consent_id}
    put = insert_into(connection, number_mark).values(row)
    connection.execute(put.on_conflict_do_update(index_elements=("community",), set_={"consent_id": consent_id}))


def last_line(connection: Connection, community: str) -> int:
    """The newest line of the consent log; 0 where it is empty."""
    found = sa.select(sa.func.max(consent.c.id)).where(consent.c.community == community)
    return connection.execute(found).scalar() or 0


def leavings(connection: Connection, community: str, after: int, upto: int) -> tuple[Left, ...]:
    """Who left by their own act between these lines of the log; without what an erasure took away meanwhile."""
    found = (
        sa.select(consent.c.at, consent.c.list, subscription.c.topics, subscriber.c.id)
        .select_from(consent)
        .outerjoin(
            subscriber, sa.and_(subscriber.c.community == consent.c.community, subscriber.c.who == consent.c.who)
        )
        .outerjoin(
            subscription,
            sa.and_(subscription.c.subscriber_id == subscriber.c.id, subscription.c.list == consent.c.list),
        )
        .where(consent.c.community == community, consent.c.action == "left")
        .where(consent.c.id > after, consent.c.id <= upto)
        .order_by(consent.c.id)
    )
    rows = connection.execute(found).all()
    return tuple(
        Left(row.at, row.list, tuple(row.topics or ()), _issue_before(connection, community, row)) for row in rows
    )


def _issue_before(connection: Connection, community: str, row: sa.Row[Any, Any, Any, Any]) -> str:
    """The last issue of the list that had reached them by then; empty where there was none, or they are erased."""
    found = (
        sa.select(mailing.c.key)
        .join_from(delivery, mailing, delivery.c.mailing_id == mailing.c.id)
        .where(delivery.c.community == community, delivery.c.subscriber_id == row.id)
        .where(mailing.c.kind == "issue", delivery.c.list == row.list)
        .where(mailing.c.planned_at <= row.at, delivery.c.state.in_(RECEIVED))
        .order_by(mailing.c.id.desc())
        .limit(1)
    )
    return connection.execute(found).scalar() or ""


def issue_of(connection: Connection, community: str, deliveries: Sequence[str]) -> str:
    """The issue of the first of these deliveries that is ours; empty where none is."""
    found = (
        sa.select(delivery.c.id, mailing.c.key)
        .join_from(delivery, mailing, delivery.c.mailing_id == mailing.c.id)
        .where(delivery.c.community == community, delivery.c.id.in_(deliveries), mailing.c.kind == "issue")
    )
    known = {row.id: row.key for row in connection.execute(found)}
    return next((known[one] for one in deliveries if one in known), "")
