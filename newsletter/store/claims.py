"""Claiming a batch, marking it, settling it: each call is one step of the ledger inside the caller's transaction.

Every step names the attempt, the worker and the phase it expects, and says whether it found them: a worker that lost
its lease while it slept writes nothing.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from newsletter.model.delivery import DeliveryState, Outcome
from newsletter.model.ledger import Claim, Due, Mailing, Settlement
from newsletter.store import dialects
from newsletter.store.dialects import bulk_insert
from newsletter.store.tables import (
    attempt,
    attempt_item,
    delivery,
    delivery_event,
    mailing,
    subscriber,
    subscription,
    suppression,
)

#: Outcomes that prove that nothing left: the delivery may be tried again without a doubt.
PROVEN_UNSENT: frozenset[Outcome] = frozenset({"rejected", "refused_for_now", "not_submitted"})


class LedgerError(Exception):
    """The ledger is not as a step must find it; the transaction is to be given up."""


def due(
    connection: Connection, job: Mailing, now: datetime, limit: int, only: Sequence[str] | None = None
) -> tuple[Due, ...]:
    """Pending deliveries whose time has come, by edition, each with its reader's standing at this moment.

    `only` narrows it to these deliveries. Those over which a worker broke off come when there are no others: being
    the first of all, they would leave but a few places in each batch.
    """
    pending = _pending(job, now, only).limit(limit)
    for which in (delivery.c.breaks == 0, delivery.c.breaks > 0):
        if rows := connection.execute(pending.where(which)).mappings().all():
            return tuple(_due(row) for row in rows)
    return ()


def _pending(job: Mailing, now: datetime, only: Sequence[str] | None) -> sa.Select[Any]:
    return (
        sa.select(
            delivery.c.id,
            delivery.c.subscriber_id,
            delivery.c.list,
            delivery.c.edition_key,
            delivery.c.tries,
            delivery.c.breaks,
            subscriber.c.address,
            subscriber.c.name,
            subscription.c.state,
            subscription.c.digests,
            sa.func.coalesce(subscription.c.paused_until > now, sa.false()).label("paused"),
            suppression.c.reason,
        )
        .select_from(_with_reader())
        .where(delivery.c.mailing_id == job.id, delivery.c.state == "pending", delivery.c.not_before <= now)
        .where(sa.true() if only is None else delivery.c.id.in_(only))
        .order_by(delivery.c.edition_key, delivery.c.not_before)  # as the index has it: no claim sorts the rest
        .with_for_update(of=delivery, skip_locked=True)
    )


def _with_reader() -> sa.FromClause:
    # The join to suppression is by the hash of the address as it is now, not as it was when the audience was frozen.
    person = sa.and_(subscriber.c.id == delivery.c.subscriber_id, subscriber.c.community == delivery.c.community)
    membership = sa.and_(subscription.c.subscriber_id == subscriber.c.id, subscription.c.list == delivery.c.list)
    barred = sa.and_(suppression.c.community == subscriber.c.community, suppression.c.who == subscriber.c.who)
    return delivery.outerjoin(subscriber, person).outerjoin(subscription, membership).outerjoin(suppression, barred)


def _due(row: sa.RowMapping) -> Due:
    return Due(
        delivery_id=row[delivery.c.id],
        subscriber_id=row[delivery.c.subscriber_id],
        edition_key=row[delivery.c.edition_key],
        tries=row[delivery.c.tries],
        address=row[subscriber.c.address] or "",
        name=row[subscriber.c.name] or "",
        subscription=row[subscription.c.state],
        digests=tuple(row[subscription.c.digests] or ()),
        suppressed=row[suppression.c.reason] or "",
        list=row[delivery.c.list],
        paused=bool(row["paused"]),
        breaks=row[delivery.c.breaks],
    )


def one_by_one(connection: Connection, job: Mailing) -> None:
    """Claims of one mailing go one after the other, so that what its guards decide by holds until it is written."""
    dialects.one_by_one(connection, f"claim {job.id}")


def marked_until(connection: Connection, hold: Claim) -> datetime | None:
    """The lease of a batch that its worker marked; None where it did not, or it was taken away."""
    mine = (attempt.c.id == hold.attempt_id, attempt.c.worker == hold.worker, attempt.c.phase == "submitting")
    return connection.execute(sa.select(attempt.c.lease_until).where(*mine)).scalar()


def is_settled(connection: Connection, hold: Claim) -> bool:
    """Whether the answers for a batch stand already."""
    mine = (attempt.c.id == hold.attempt_id, attempt.c.worker == hold.worker, attempt.c.phase == "done")
    return connection.execute(sa.select(attempt.c.id).where(*mine)).first() is not None


def set_aside(
    connection: Connection, community: str, rows: Sequence[tuple[str, DeliveryState, str]], at: datetime
) -> None:
    """Take pending deliveries out of the sending: (delivery id, suppressed or skipped, why)."""
    if not rows:
        return
    change = (
        sa.update(delivery)
        .where(delivery.c.id == sa.bindparam("delivery_id"), delivery.c.state == "pending")
        .values(state=sa.bindparam("to"), reason=sa.bindparam("why"), updated_at=at)
    )
    connection.execute(change, [{"delivery_id": one, "to": state, "why": why} for one, state, why in rows])
    _note(connection, community, [(one, state, state, why) for one, state, why in rows], at, None)


def claim(connection: Connection, job: Mailing, hold: Claim, at: datetime) -> None:
    """Write the claim. The index on live items refuses a delivery that may have been sent already."""
    row = {
        "id": hold.attempt_id,
        "community": job.community,
        "mailing_id": job.id,
        "edition_key": hold.edition_key,
        "worker": hold.worker,
        "phase": "claimed",
        "lease_until": hold.lease_until,
        "claimed_at": at,
        "turn": sa.select(sa.func.coalesce(sa.func.max(attempt.c.turn), 0) + 1).scalar_subquery(),
    }
    connection.execute(sa.insert(attempt).values(row))
    base = {"community": job.community, "attempt_id": hold.attempt_id, "live": True}
    bulk_insert(connection, attempt_item, [base | {"delivery_id": due.delivery_id} for due in hold.rows])
    claimed = (
        sa.update(delivery)
        .where(delivery.c.id.in_([due.delivery_id for due in hold.rows]), delivery.c.state == "pending")
        .values(state="claimed", attempt_id=hold.attempt_id, updated_at=at)
    )
    if connection.execute(claimed).rowcount != len(hold.rows):
        raise LedgerError("a delivery to be claimed is not pending any more")


def mark_submitting(connection: Connection, hold: Claim, at: datetime, lease_until: datetime) -> bool:
    """The point of no blind return; False where the lease is over or the mailing was stopped meanwhile."""
    going = sa.exists().where(mailing.c.id == attempt.c.mailing_id, mailing.c.state == "sending")
    mark = (
        _mine(hold.attempt_id, hold.worker, "claimed")
        .where(attempt.c.lease_until > at, going)
        .values(phase="submitting", submitted_at=at, lease_until=lease_until)
    )
    if connection.execute(mark).rowcount != 1:
        return False
    moved = (
        sa.update(delivery)
        .where(delivery.c.attempt_id == hold.attempt_id, delivery.c.state == "claimed")
        .values(state="submitting", tries=delivery.c.tries + 1, updated_at=at)
    )
    if connection.execute(moved).rowcount != len(hold.rows):
        raise LedgerError(f"attempt {hold.attempt_id} does not hold all of its deliveries")
    return True


def settle(
    connection: Connection, community: str, hold: Claim, settlements: Sequence[Settlement], at: datetime
) -> bool:
    """Write what became of every row of the batch; False, and nothing written, where the lease was taken away."""
    done = _mine(hold.attempt_id, hold.worker, "submitting").values(phase="done", finished_at=at)
    if connection.execute(done).rowcount != 1:
        return False
    _settle_items(connection, hold.attempt_id, settlements)
    _settle_deliveries(connection, hold.attempt_id, settlements, at)
    noted = [(s.delivery_id, s.outcome, s.state, s.detail) for s in settlements]
    _note(connection, community, noted, at, hold.attempt_id)
    if any(s.state == "pending" for s in settlements):
        _cancel_with_its_mailing(connection, community, hold.attempt_id, at)
    return True


def _cancel_with_its_mailing(connection: Connection, community: str, attempt_id: str, at: datetime) -> None:
    """What came back from its way after the mailing was cancelled is not tried again."""
    over = sa.exists().where(mailing.c.id == delivery.c.mailing_id, mailing.c.state.in_(("cancelled", "sent")))
    why = "cancelled while it was on its way"
    change = (
        sa.update(delivery)
        .where(delivery.c.attempt_id == attempt_id, delivery.c.state == "pending", over)
        .values(state="cancelled", reason=why, updated_at=at)
        .returning(delivery.c.id)
    )
    ended = connection.execute(change).scalars().all()
    if ended:
        _note(connection, community, [(one, "cancelled", "cancelled", why) for one in ended], at, attempt_id)


def _settle_deliveries(
    connection: Connection, attempt_id: str, settlements: Sequence[Settlement], at: datetime
) -> None:
    # A notice may have been faster than the reply: then it is not submitting any more.
    mine = sa.update(delivery).where(delivery.c.attempt_id == attempt_id, delivery.c.state == "submitting")
    for (state, why, wait, counts), ids in _alike(settlements, lambda s: (s.state, s.detail, s.not_before, s.counts)):
        values = {"state": state, "reason": why, "updated_at": at}
        if wait is not None:
            values["not_before"] = wait
        if not counts:
            values["tries"] = delivery.c.tries - 1
        connection.execute(mine.where(delivery.c.id.in_(ids)).values(values))


def _settle_items(connection: Connection, attempt_id: str, settlements: Sequence[Settlement]) -> None:
    mine = sa.update(attempt_item).where(attempt_item.c.attempt_id == attempt_id)
    for (outcome, why), ids in _alike(settlements, lambda s: (s.outcome, s.detail)):
        values = {"live": outcome not in PROVEN_UNSENT, "outcome": outcome, "detail": why}
        connection.execute(mine.where(attempt_item.c.delivery_id.in_(ids)).values(values))
    named = [{"one": s.delivery_id, "theirs": s.provider_id} for s in settlements if s.provider_id]
    if named:
        theirs = mine.where(attempt_item.c.delivery_id == sa.bindparam("one"))
        connection.execute(theirs.values(provider_id=sa.bindparam("theirs")), named)


def _alike(
    settlements: Sequence[Settlement], key: Callable[[Settlement], tuple[Any, ...]]
) -> Iterable[tuple[tuple[Any, ...], list[str]]]:
    """The deliveries of a batch by what is to be written: mostly the same for all, which is one statement."""
    found: dict[tuple[Any, ...], list[str]] = {}
    for one in settlements:
        found.setdefault(key(one), []).append(one.delivery_id)
    return found.items()


def _mine(attempt_id: str, worker: str, phase: str) -> sa.Update:
    return sa.update(attempt).where(attempt.c.id == attempt_id, attempt.c.worker == worker, attempt.c.phase == phase)


def _note(
    connection: Connection,
    community: str,
    events: Sequence[tuple[str, str, DeliveryState, str]],
    at: datetime,
    attempt_id: str | None,
) -> None:
    rows = [
        {
            "community": community,
            "delivery_id": delivery_id,
            "at": at,
            "kind": kind,
            "state": state,
            "attempt_id": attempt_id,
            "detail": detail,
        }
        for delivery_id, kind, state, detail in events
    ]
    bulk_insert(connection, delivery_event, rows)
