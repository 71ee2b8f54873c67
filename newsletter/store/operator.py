"""What an operator looks at of mailings: counts by state, the rows behind them, and what was handed over when."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from newsletter.model.delivery import STATES, DeliveryState
from newsletter.model.guarding import Road
from newsletter.model.issue import IssueState
from newsletter.model.ledger import IssueRow
from newsletter.model.operator import DeliveryNote, DeliveryRow, HandedOver, IssueCounts
from newsletter.store.guard_tables import road
from newsletter.store.lines import lines_of
from newsletter.store.tables import (
    NOT_ACCEPTED,
    attempt,
    attempt_item,
    delivery,
    issue,
    mailing,
    subscriber,
)

#: Without the drafts, which weigh more than all the rest.
_LIGHT = tuple(issue.c[name] for name in ("key", "kind", "digest", "list", "state", "send_at", "held"))


def issues(
    connection: Connection,
    community: str,
    *states: IssueState,
    key: str = "",
    most: int | None = None,
    skipped: int = 0,
) -> tuple[IssueCounts, ...]:
    """Issues in these states (none named: all), the latest first, with their deliveries counted."""
    found = _issues(community).order_by(issue.c.send_at.desc(), issue.c.key).limit(most).offset(skipped)
    if states:
        found = found.where(issue.c.state.in_(states))
    if key:
        found = found.where(issue.c.key == key)
    rows = connection.execute(found).mappings().all()
    by_mailing = _states(connection, [row["mailing_id"] for row in rows if row["mailing_id"]])
    return tuple(IssueCounts(**row, states=by_mailing.get(row["mailing_id"], {})) for row in rows)


def count_issues(connection: Connection, community: str, *states: IssueState) -> int:
    """How many issues there are in these states."""
    found = sa.select(sa.func.count()).select_from(issue).where(issue.c.community == community)
    return int(connection.execute(found.where(issue.c.state.in_(states))).scalar_one())


def _issues(community: str) -> sa.Select[Any]:
    same = sa.and_(
        mailing.c.community == issue.c.community, mailing.c.kind == issue.c.kind, mailing.c.key == issue.c.key
    )
    its_mailing = sa.func.coalesce(mailing.c.id, 0).label("mailing_id")
    return (
        sa.select(*_LIGHT, its_mailing, mailing.c.planned_at)
        .outerjoin_from(issue, mailing, same)
        .where(issue.c.community == community)
    )


def _states(connection: Connection, mailing_ids: Sequence[int]) -> dict[int, dict[DeliveryState, int]]:
    """Counted for each mailing by the index on (mailing, state): no row of a delivery is read."""
    counted = (
        sa.select(delivery.c.mailing_id, delivery.c.state, sa.func.count())
        .where(delivery.c.mailing_id.in_(mailing_ids))
        .group_by(delivery.c.mailing_id, delivery.c.state)
    )
    found: defaultdict[int, dict[DeliveryState, int]] = defaultdict(dict)
    for mailing_id, state, count in connection.execute(counted):
        found[mailing_id][state] = count
    return found


def not_ready(connection: Connection, community: str, now: datetime) -> tuple[IssueRow, ...]:
    """Scheduled issues whose draft time has come, and that are not approved, or approved and held; without drafts."""
    light = (*_LIGHT, issue.c.draft_at)
    waits = sa.or_(issue.c.state.in_(("due", "drafted")), sa.and_(issue.c.state == "approved", issue.c.held != ""))
    found = sa.select(*light).where(issue.c.community == community, issue.c.draft_at <= now, waits)
    rows = connection.execute(found.where(issue.c.scheduled).order_by(issue.c.send_at, issue.c.key)).mappings()
    return tuple(IssueRow(**row) for row in rows)


def waiting_since(connection: Connection, community: str, now: datetime) -> datetime | None:
    """Since when the oldest delivery waits that may leave, of mailings that are not over or stopped."""
    found = (
        sa.select(sa.func.min(delivery.c.not_before))
        .join_from(mailing, delivery, delivery.c.mailing_id == mailing.c.id)
        .where(mailing.c.community == community, mailing.c.state == "sending")
        .where(delivery.c.state == "pending", delivery.c.not_before <= now)
    )
    return connection.execute(found).scalar()


def road_now(connection: Connection, community: str) -> Road:
    """How the road out does; nothing is locked and nothing written."""
    found = sa.select(road.c.failures, road.c.trips, road.c.until).where(road.c.community == community)
    row = connection.execute(found).first()
    return Road(*row) if row else Road()


def handed_over(connection: Connection, mailing_id: int, since: datetime | None = None) -> tuple[HandedOver, ...]:
    """The batches of a mailing that were handed over and answered, in order; `since` leaves older ones out."""
    mine = sa.and_(attempt.c.mailing_id == mailing_id, attempt.c.submitted_at.is_not(None), attempt.c.phase == "done")
    if since is not None:
        mine = sa.and_(mine, attempt.c.submitted_at >= since)
    refused = _refused(connection, mine)
    # Counted attempt by attempt, as the index has them: to group them all would sort them all.
    items = sa.select(sa.func.count()).where(attempt_item.c.attempt_id == attempt.c.id).scalar_subquery()
    found = sa.select(attempt.c.id, attempt.c.submitted_at, items).where(mine).order_by(attempt.c.submitted_at)
    return tuple(HandedOver(at, count, refused.get(one, 0)) for one, at, count in connection.execute(found))


def _refused(connection: Connection, mine: sa.ColumnElement[bool]) -> dict[str, int]:
    found = (
        sa.select(attempt.c.id, sa.func.count())
        .join_from(attempt, attempt_item, attempt_item.c.attempt_id == attempt.c.id)
        .where(mine, NOT_ACCEPTED)
        .group_by(attempt.c.id)
    )
    return {row[0]: row[1] for row in connection.execute(found)}


def unknown(connection: Connection, community: str) -> tuple[tuple[str, int, int], ...]:
    """The issues of which deliveries are unknown, the latest first: key, how many, and of how many planned."""
    found = (
        sa.select(mailing.c.id, mailing.c.key, sa.func.count())
        .join_from(mailing, delivery, delivery.c.mailing_id == mailing.c.id)
        .where(mailing.c.community == community, mailing.c.kind != "service", delivery.c.state == "unknown")
        .group_by(mailing.c.id, mailing.c.key)
        .order_by(mailing.c.id.desc())
    )
    rows = connection.execute(found).all()
    counted = _states(connection, [row.id for row in rows])
    return tuple((key, number, sum(counted[one].values())) for one, key, number in rows)


def deliveries(
    connection: Connection,
    mailing_id: int,
    states: Sequence[DeliveryState],
    most: int,
    skipped: int = 0,
    *,
    sort: bool = True,
) -> tuple[DeliveryRow, ...]:
    """So many deliveries in these states, what changed last coming first; without `sort` as the index has them."""
    newest = (delivery.c.updated_at.desc(), delivery.c.id)
    order = newest if sort else (delivery.c.state, delivery.c.edition_key, delivery.c.not_before)
    mine = delivery.c.mailing_id == mailing_id
    if set(states) != set(STATES):
        mine = sa.and_(mine, delivery.c.state.in_(states))
    wanted = sa.select(delivery.c.id).where(mine).order_by(*order).limit(most).offset(skipped)
    rows = connection.execute(_rows().where(delivery.c.id.in_(wanted)).order_by(*newest)).mappings()
    return tuple(DeliveryRow(**row) for row in rows)


def find_delivery(connection: Connection, community: str, delivery_id: str) -> DeliveryRow | None:
    """The delivery of this id."""
    found = _rows().where(delivery.c.community == community, delivery.c.id == delivery_id)
    row = connection.execute(found).mappings().first()
    return DeliveryRow(**row) if row else None


def deliveries_to(connection: Connection, community: str, address_key: str, most: int) -> tuple[DeliveryRow, ...]:
    """The last deliveries to the reader whose address has this normal form, the latest mailing first."""
    whose = sa.select(subscriber.c.id).where(
        subscriber.c.community == community, subscriber.c.address_key == address_key
    )
    found = _rows().where(delivery.c.community == community, delivery.c.subscriber_id.in_(whose))
    rows = connection.execute(found.order_by(delivery.c.mailing_id.desc()).limit(most)).mappings()
    return tuple(DeliveryRow(**row) for row in rows)


def _rows() -> sa.Select[Any]:
    person = sa.and_(subscriber.c.id == delivery.c.subscriber_id, subscriber.c.community == delivery.c.community)
    names = ("id", "mailing_id", "subscriber_id", "list", "state", "reason", "tries", "not_before", "updated_at")
    columns = (delivery.c[name] for name in names)
    address = sa.func.coalesce(subscriber.c.address, "").label("address")
    return (
        sa.select(*columns, mailing.c.key, mailing.c.kind, address)
        .join_from(delivery, mailing, mailing.c.id == delivery.c.mailing_id)
        .outerjoin(subscriber, person)
    )


def notes_of(connection: Connection, delivery_id: str) -> tuple[DeliveryNote, ...]:
    """Everything that became of a delivery, in order."""
    this = sa.select(delivery.c.id).where(delivery.c.id == delivery_id)
    return tuple(DeliveryNote(**line) for line in lines_of(connection, this).get(delivery_id, ()))
