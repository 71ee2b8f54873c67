"""Mailings and their planned deliveries: what is frozen once, and counted ever after."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from newsletter.model.delivery import STATES, DeliveryState, MailingKind
from newsletter.model.ledger import Baseline, Mailing, MailingState, Planned
from newsletter.store.dialects import bulk_insert
from newsletter.store.tables import delivery, delivery_event, edition, mailing, planning

#: A reader who has a mailing in one of these states has seen it, as far as anybody can tell.
RECEIVED: tuple[DeliveryState, ...] = ("accepted", "delivered", "deferred")
#: Rows that are held at once, besides what they are made of.
_PART = 10_000
# Asked for with each batch, and so built once.
_OF_KEY = sa.select(*mailing.c).where(
    mailing.c.community == sa.bindparam("here"),
    mailing.c.kind == sa.bindparam("of_kind"),
    mailing.c.key == sa.bindparam("named"),
)


def create(
    connection: Connection,
    community: str,
    *,
    kind: MailingKind,
    key: str,
    list_name: str,
    digest: str,
    content_hash: str,
    at: datetime,
) -> int:
    """Write a mailing, state sending, and return its id; IntegrityError where (community, kind, key) stands."""
    row = {
        "community": community,
        "kind": kind,
        "key": key,
        "list": list_name,
        "digest": digest,
        "state": "sending",
        "content_hash": content_hash,
        "planned_at": at,
    }
    mailing_id: int = connection.execute(sa.insert(mailing).values(row).returning(mailing.c.id)).scalar_one()
    return mailing_id


def find(connection: Connection, community: str, kind: MailingKind, key: str) -> Mailing | None:
    """The mailing of this kind and key."""
    row = connection.execute(_OF_KEY, {"here": community, "of_kind": kind, "named": key}).mappings().first()
    return Mailing(**row) if row else None


def being_sent(connection: Connection, community: str) -> tuple[str, ...]:
    """The keys of issues, corrections and one-offs that are under way, in the order planned."""
    found = sa.select(mailing.c.key).where(
        mailing.c.community == community, mailing.c.state == "sending", mailing.c.kind != "service"
    )
    return tuple(connection.execute(found.order_by(mailing.c.id)).scalars())


def due_now(connection: Connection, community: str, now: datetime, most: int) -> dict[str, int]:
    """By key, how many deliveries of each mailing under way may leave now, up to so many; service mails are apart."""
    under_way = sa.select(mailing.c.id, mailing.c.key).where(
        mailing.c.community == community, mailing.c.state == "sending", mailing.c.kind != "service"
    )
    found = {}
    for mailing_id, key in connection.execute(under_way.order_by(mailing.c.id)):
        mine = (delivery.c.mailing_id == mailing_id, delivery.c.state == "pending", delivery.c.not_before <= now)
        some = sa.select(delivery.c.id).where(*mine).limit(most).subquery()
        found[key] = connection.execute(sa.select(sa.func.count()).select_from(some)).scalar_one()
    return found


def move(connection: Connection, mailing_id: int, state: MailingState) -> None:
    """Set the mailing's state; which steps are right is decided by the issue's table, in the same transaction."""
    connection.execute(sa.update(mailing).where(mailing.c.id == mailing_id).values(state=state))


def add_deliveries(
    connection: Connection, community: str, mailing_id: int, planned: Sequence[Planned], at: datetime
) -> None:
    """Write the frozen audience; what is not pending from the start is noted with its reason.

    By their ids, which are as good as drawn by lot: rows, and all indices on ids, are then written in one order, by
    this and by every batch after it. In any other a batch would touch a page of the disk for each of its mails.
    """
    if not planned:
        return
    planning_id = _planning(connection, community, mailing_id, at)
    planned = sorted(planned, key=lambda one: one.delivery_id)
    for begin in range(0, len(planned), _PART):
        part = planned[begin : begin + _PART]
        bulk_insert(connection, delivery, [_row(community, mailing_id, planning_id, one, at) for one in part])
    bulk_insert(connection, delivery_event, [_event(community, one, at) for one in planned if one.state != "pending"])


def _planning(connection: Connection, community: str, mailing_id: int, at: datetime) -> int:
    row = {"community": community, "mailing_id": mailing_id, "at": at}
    found: int = connection.execute(sa.insert(planning).values(row).returning(planning.c.id)).scalar_one()
    return found


def counts(connection: Connection, mailing_id: int) -> dict[DeliveryState, int]:
    """How many deliveries are in each state; every state is named."""
    found = (
        sa.select(delivery.c.state, sa.func.count())
        .where(delivery.c.mailing_id == mailing_id)
        .group_by(delivery.c.state)
    )
    by_state = {row[0]: row[1] for row in connection.execute(found)}
    return {state: by_state.get(state, 0) for state in STATES}


def has_any(connection: Connection, mailing_id: int, states: Sequence[DeliveryState]) -> bool:
    """Whether a delivery is in one of these states, which is known without counting the others."""
    mine = sa.select(delivery.c.id).where(delivery.c.mailing_id == mailing_id)
    # One state after the other: the index has them so, and a plan that takes them together may read all of them.
    return any(connection.execute(mine.where(delivery.c.state == one).limit(1)).first() for one in states)


def next_due(connection: Connection, mailing_id: int, now: datetime | None = None) -> datetime | None:
    """When the next pending delivery may be tried; None where none is pending.

    Of those that are due by `now` it is any, and not the first: that is known without looking at all of them.
    """
    pending = sa.select(delivery.c.not_before).where(
        delivery.c.mailing_id == mailing_id, delivery.c.state == "pending"
    )
    due = connection.execute(pending.where(delivery.c.not_before <= now).limit(1)).scalar() if now else None
    first = sa.select(sa.func.min(pending.subquery().c.not_before))
    return due or connection.execute(first).scalar()


def baselines(connection: Connection, community: str, list_name: str) -> dict[str, Baseline]:
    """For each subscriber, the last issue of this list that reached them, and what they remember since.

    The last is the one that was planned for them last: an older issue may be sent to somebody later. A correction
    that reached them after it changes what they remember, and not which issue they had.
    """
    last = _last_received(connection, community, list_name, "issue")
    corrected = _last_received(connection, community, list_name, "correction")
    return {
        one: Baseline(key, later[2] if (later := corrected.get(one)) and later[0] > turn else known)
        for one, (turn, key, known) in last.items()
    }


def _last_received(
    connection: Connection, community: str, list_name: str, kind: MailingKind
) -> dict[str, tuple[int, str, str]]:
    """For each subscriber, the last mailing of this kind that reached them: its turn, key, and memory's name."""
    latest = (
        sa.select(delivery.c.subscriber_id, sa.func.max(delivery.c.planning_id).label("turn"))
        .join_from(mailing, delivery, delivery.c.mailing_id == mailing.c.id)
        .where(mailing.c.community == community, delivery.c.list == list_name, mailing.c.kind == kind)
        .where(delivery.c.state.in_(RECEIVED))
        .group_by(delivery.c.subscriber_id)
        .subquery()
    )
    mine = sa.and_(delivery.c.planning_id == latest.c.turn, delivery.c.subscriber_id == latest.c.subscriber_id)
    its_edition = sa.and_(edition.c.mailing_id == delivery.c.mailing_id, edition.c.key == delivery.c.edition_key)
    found = (
        sa.select(delivery.c.subscriber_id, latest.c.turn, mailing.c.key, edition.c.memory)
        .join_from(latest, delivery, mine)
        .join(mailing, mailing.c.id == delivery.c.mailing_id)
        .outerjoin(edition, its_edition)
    )
    return {row.subscriber_id: (row.turn, row.key, row.memory or "") for row in connection.execute(found)}


def subscribers_of(connection: Connection, mailing_id: int) -> frozenset[str]:
    """Everybody for whom the mailing has a delivery, whatever became of it."""
    found = sa.select(delivery.c.subscriber_id).where(delivery.c.mailing_id == mailing_id)
    return frozenset(connection.execute(found).scalars())


def last_issue(connection: Connection, community: str, digests: Sequence[str]) -> str:
    """The key of the last issue of these digests that went out, or is going out; empty where there is none."""
    found = (
        sa.select(mailing.c.key)
        .where(mailing.c.community == community, mailing.c.kind == "issue", mailing.c.digest.in_(digests))
        .where(mailing.c.state.in_(("sending", "sent")))
        .order_by(mailing.c.id.desc())
        .limit(1)
    )
    return connection.execute(found).scalar() or ""


def listed(connection: Connection, mailing_id: int, state: DeliveryState) -> tuple[tuple[str, str, str], ...]:
    """(delivery id, subscriber id, reason) of every delivery in this state, for an operator to look at."""
    found = (
        sa.select(delivery.c.id, delivery.c.subscriber_id, delivery.c.reason)
        .where(delivery.c.mailing_id == mailing_id, delivery.c.state == state)
        .order_by(delivery.c.id)
    )
    return tuple((row.id, row.subscriber_id, row.reason) for row in connection.execute(found))


def received_by(connection: Connection, community: str, subscriber_id: str) -> tuple[tuple[str, DeliveryState], ...]:
    """(mailing key, state) of every delivery to one subscriber, in the order planned."""
    found = (
        sa.select(mailing.c.key, delivery.c.state)
        .join_from(delivery, mailing, delivery.c.mailing_id == mailing.c.id)
        .where(delivery.c.community == community, delivery.c.subscriber_id == subscriber_id)
        .order_by(mailing.c.id)
    )
    return tuple((row.key, row.state) for row in connection.execute(found))


def _row(community: str, mailing_id: int, planning_id: int, one: Planned, at: datetime) -> dict[str, object]:
    return {
        "id": one.delivery_id,
        "community": community,
        "mailing_id": mailing_id,
        "planning_id": planning_id,
        "subscriber_id": one.subscriber_id,
        "list": one.list,
        "edition_key": one.edition_key,
        "state": one.state,
        "reason": one.reason,
        "not_before": max(at, one.not_before) if one.not_before else at,
        "updated_at": at,
    }


def _event(community: str, one: Planned, at: datetime) -> dict[str, object]:
    return {
        "community": community,
        "delivery_id": one.delivery_id,
        "at": at,
        "kind": one.state,
        "state": one.state,
        "detail": one.reason,
    }
