"""The provider's later reports: each is kept once, and moves its delivery only where the caller decided so."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from newsletter.model.delivery import DeliveryState, Notice
from newsletter.store.engine import insert_new
from newsletter.store.tables import attempt, attempt_item, delivery, delivery_event, subscriber

#: Words of history that say that a mail came back for now, or waits.
SOFT = ("blocked", "deferred")


@dataclass(frozen=True, slots=True)
class Reported:
    """The delivery that a notice is about; `left` says that an attempt of it was handed over at some time.

    `who` is the keyed hash of its reader's address as it is now, empty where there is no such reader.
    """

    state: DeliveryState
    subscriber_id: str
    list: str
    left: bool = True
    who: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A notice as it is written down: under which key, and with the state in which it leaves its delivery."""

    notice: Notice
    key: str
    state: DeliveryState


@dataclass(frozen=True, slots=True)
class Move:
    """A delivery that is to be moved on the evidence of a notice, from the state in which it was found."""

    notice: Notice
    old: DeliveryState
    new: DeliveryState


def about(connection: Connection, community: str, notice: Notice) -> Reported | None:
    """The delivery a notice speaks of; None where it is none of ours."""
    return about_all(connection, community, [notice.delivery_id]).get(notice.delivery_id)


def about_all(connection: Connection, community: str, delivery_ids: Collection[str]) -> dict[str, Reported]:
    """The deliveries of these ids that are ours."""
    person = sa.and_(subscriber.c.id == delivery.c.subscriber_id, subscriber.c.community == delivery.c.community)
    found = (
        sa.select(
            delivery.c.id,
            delivery.c.state,
            delivery.c.subscriber_id,
            delivery.c.list,
            delivery.c.tries > 0,
            sa.func.coalesce(subscriber.c.who, ""),
        )
        .outerjoin_from(delivery, subscriber, person)
        .where(delivery.c.community == community, delivery.c.id.in_(delivery_ids))
    )
    return {row[0]: Reported(row[1], row[2], row[3], bool(row[4]), row[5]) for row in connection.execute(found)}


def that_left(connection: Connection, community: str, attempt_ids: Collection[str]) -> frozenset[tuple[str, str]]:
    """(delivery id, attempt id) of everything that these attempts handed over."""
    found = (
        sa.select(attempt_item.c.delivery_id, attempt_item.c.attempt_id)
        .join_from(attempt, attempt_item, attempt_item.c.attempt_id == attempt.c.id)
        .where(attempt.c.community == community, attempt.c.id.in_(attempt_ids))
        .where(attempt.c.submitted_at.is_not(None))
    )
    return frozenset((row[0], row[1]) for row in connection.execute(found))


def told(connection: Connection, community: str, delivery_ids: Collection[str]) -> set[tuple[str, str]]:
    """(delivery id, key) and (delivery id, event id) of everything that was reported about these before."""
    found = sa.select(delivery_event.c.delivery_id, delivery_event.c.notice_key, delivery_event.c.event_id).where(
        delivery_event.c.community == community,
        delivery_event.c.delivery_id.in_(delivery_ids),
        delivery_event.c.notice_key.is_not(None),
    )
    rows = connection.execute(found).all()
    return {(row[0], row[1]) for row in rows} | {(row[0], row[2]) for row in rows if row[2]}


def key_of(notice: Notice) -> str:
    """What a notice says and when, by which it is known again: event ids were seen to change when repeated."""
    at = notice.at if notice.at.tzinfo is UTC else notice.at.astimezone(UTC)
    return f"{notice.word} {at.isoformat()}"


def keep(connection: Connection, community: str, lines: Sequence[Line]) -> None:
    """Write the notices down; one that stands already is passed over."""
    if lines:
        rows = [
            {
                "community": community,
                "delivery_id": one.notice.delivery_id,
                "at": one.notice.at,
                "kind": one.notice.word,
                "state": one.state,
                "attempt_id": one.notice.attempt_id or None,
                "notice_key": one.key,
                "event_id": one.notice.event_id or None,
                "detail": one.notice.detail,
            }
            for one in lines
        ]
        connection.execute(insert_new(connection, delivery_event), rows)


def settle(connection: Connection, community: str, moves: Sequence[Move]) -> None:
    """Move the deliveries on their notices' evidence, where they still are as the decision found them."""
    if not moves:
        return
    change = (
        sa.update(delivery)
        .where(
            delivery.c.community == community,
            delivery.c.id == sa.bindparam("one"),
            delivery.c.state == sa.bindparam("old"),
        )
        .values(state=sa.bindparam("new"), reason=sa.bindparam("why"), updated_at=sa.bindparam("moment"))
    )
    rows = [
        {"one": m.notice.delivery_id, "old": m.old, "new": m.new, "why": m.notice.detail, "moment": m.notice.at}
        for m in moves
    ]
    connection.execute(change, rows)


def revive(connection: Connection, community: str, notices: Iterable[Notice]) -> None:
    """Say of attempts that were thought not to have left that they did: a report came of them after all."""
    for one in notices:
        mine = sa.update(attempt_item).where(
            attempt_item.c.community == community,
            attempt_item.c.delivery_id == one.delivery_id,
            attempt_item.c.attempt_id == one.attempt_id,
        )
        connection.execute(mine.values(live=True, outcome="accepted", detail="a report came of it after all"))


def softly_returned(connection: Connection, community: str, subscriber_id: str) -> tuple[datetime, ...]:
    """When mails to this reader came back for now, one moment for each delivery, since the last that arrived."""
    mine = sa.and_(delivery.c.community == community, delivery.c.subscriber_id == subscriber_id)
    joined = delivery.join(delivery_event, delivery_event.c.delivery_id == delivery.c.id)
    arrived = (
        sa.select(sa.func.max(delivery_event.c.at))
        .select_from(joined)
        .where(mine, delivery_event.c.kind == "delivered")
    )
    last = connection.execute(arrived).scalar()
    soft = (
        sa.select(sa.func.min(delivery_event.c.at))
        .select_from(joined)
        .where(mine, delivery_event.c.kind.in_(SOFT))
        .group_by(delivery.c.id)
    )
    if last is not None:
        soft = soft.where(delivery_event.c.at > last)
    return tuple(sorted(connection.execute(soft).scalars()))


def last_to(connection: Connection, community: str, who: str, since: datetime, until: datetime) -> str:
    """The delivery that left last for this keyed hash of an address, within that time; empty where none did."""
    found = (
        sa.select(delivery.c.id)
        .select_from(subscriber)
        .join(delivery, delivery.c.subscriber_id == subscriber.c.id)
        .join(attempt, attempt.c.id == delivery.c.attempt_id)
        .where(subscriber.c.community == community, subscriber.c.who == who, delivery.c.community == community)
        .where(attempt.c.submitted_at >= since, attempt.c.submitted_at <= until)
        .order_by(attempt.c.submitted_at.desc())
        .limit(1)
    )
    return connection.execute(found).scalar() or ""
