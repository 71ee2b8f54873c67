"""Claiming a batch, marking it, settling it: each call is one step of the ledger inside the caller's transaction.

Every step names the attempt, the worker and the phase it expects, and says whether it found them: a worker that lost
its lease while it slept writes nothing.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from newsletter.model.delivery import DeliveryState, Outcome
from newsletter.model.ledger import Claim, Due, Mailing, Settlement
from newsletter.store import dialects
from newsletter.store.dialects import among, given, given_pairs
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

_Row = TypeVar("_Row", bound=tuple[Any, ...])
#: What the lines of a batch's history share.
_LINE = tuple(delivery_event.c[name] for name in ("community", "at", "kind", "state", "attempt_id", "detail"))
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
        if rows := connection.execute(pending.where(which)).all():
            return tuple(
                Due(
                    one,
                    whose,
                    edition,
                    tries,
                    address,
                    name,
                    state,
                    _words(digests),
                    barred,
                    on,
                    paused,
                    breaks=breaks,
                )
                for one, whose, edition, tries, address, name, state, digests, barred, on, paused, breaks in rows
            )
    return ()


def _pending(job: Mailing, now: datetime, only: Sequence[str] | None) -> sa.Select[Any]:
    return (
        sa.select(
            delivery.c.id,
            delivery.c.subscriber_id,
            delivery.c.edition_key,
            delivery.c.tries,
            sa.func.coalesce(subscriber.c.address, ""),
            sa.func.coalesce(subscriber.c.name, ""),
            subscription.c.state,
            sa.cast(subscription.c.digests, sa.Text),
            sa.func.coalesce(suppression.c.reason, ""),
            delivery.c.list,
            sa.func.coalesce(subscription.c.paused_until > now, sa.false()),
            delivery.c.breaks,
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


@lru_cache(maxsize=1024)
def _words(text: str | None) -> tuple[str, ...]:
    """A list of words as JSON, of which the readers of a list have few different ones."""
    return tuple(json.loads(text)) if text else ()


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
    ids = [due.delivery_id for due in hold.rows]
    items = sa.select(sa.literal(job.community), sa.literal(hold.attempt_id), given(connection, ids).c.value)
    connection.execute(sa.insert(attempt_item).from_select(["community", "attempt_id", "delivery_id"], items))
    claimed = (
        sa.update(delivery)
        .where(among(connection, delivery.c.id, ids), delivery.c.state == "pending")
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
    ids = [due.delivery_id for due in hold.rows]
    moved = (
        sa.update(delivery)
        .where(among(connection, delivery.c.id, ids), _held(hold.attempt_id), delivery.c.state == "claimed")
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
    alike = _alike(settlements, lambda one: one[1:4] + one[5:])
    for (outcome, state, why, wait, counts), ids in alike:
        _settle_items(connection, hold.attempt_id, ids, outcome, why)
        _settle_deliveries(connection, hold.attempt_id, ids, at, _values(state, why, wait, counts))
        if outcome != "accepted":  # which its item says already
            _note(connection, community, [(one, outcome, state, why) for one in ids], at, hold.attempt_id)
    _name_theirs(connection, hold.attempt_id, {s.delivery_id: s.provider_id for s in settlements if s.provider_id})
    if again := [s.delivery_id for s in settlements if s.state == "pending"]:
        _cancel_with_its_mailing(connection, community, hold.attempt_id, again, at)
    return True


def _cancel_with_its_mailing(
    connection: Connection, community: str, attempt_id: str, ids: Sequence[str], at: datetime
) -> None:
    """What came back from its way after the mailing was cancelled is not tried again."""
    over = sa.exists().where(mailing.c.id == delivery.c.mailing_id, mailing.c.state.in_(("cancelled", "sent")))
    why = "cancelled while it was on its way"
    change = (
        sa.update(delivery)
        .where(among(connection, delivery.c.id, ids), _held(attempt_id), delivery.c.state == "pending", over)
        .values(state="cancelled", reason=why, updated_at=at)
        .returning(delivery.c.id)
    )
    ended = connection.execute(change).scalars().all()
    if ended:
        _note(connection, community, [(one, "cancelled", "cancelled", why) for one in ended], at, attempt_id)


def _values(state: DeliveryState, why: str, wait: datetime | None, counts: bool) -> dict[str, Any]:
    values: dict[str, Any] = {"state": state, "reason": why}
    if wait is not None:
        values["not_before"] = wait
    if not counts:
        values["tries"] = delivery.c.tries - 1
    return values


def _settle_deliveries(
    connection: Connection, attempt_id: str, ids: Sequence[str], at: datetime, values: Mapping[str, Any]
) -> None:
    # A notice may have been faster than the reply: then it is not submitting any more.
    mine = sa.and_(among(connection, delivery.c.id, ids), _held(attempt_id), delivery.c.state == "submitting")
    connection.execute(sa.update(delivery).where(mine).values({**values, "updated_at": at}))


def _settle_items(connection: Connection, attempt_id: str, ids: Sequence[str], outcome: Outcome, why: str) -> None:
    mine = sa.and_(attempt_item.c.attempt_id == attempt_id, among(connection, attempt_item.c.delivery_id, ids))
    values: dict[str, Any] = {"outcome": outcome, "detail": why}
    if outcome in PROVEN_UNSENT:
        values["live"] = False
    connection.execute(sa.update(attempt_item).where(mine).values(values))


def _name_theirs(connection: Connection, attempt_id: str, theirs: Mapping[str, str]) -> None:
    """Keep under which id the provider knows each of the messages; all under one where it took them as one."""
    mine = sa.update(attempt_item).where(attempt_item.c.attempt_id == attempt_id)
    if theirs and len(names := set(theirs.values())) == 1:
        one = mine.where(among(connection, attempt_item.c.delivery_id, list(theirs)))
        connection.execute(one.values(provider_id=names.pop()))
    elif theirs:
        pairs = given_pairs(connection, theirs)
        connection.execute(mine.where(attempt_item.c.delivery_id == pairs.c.key).values(provider_id=pairs.c.value))


def _held(attempt_id: str) -> sa.ColumnElement[bool]:
    return delivery.c.attempt_id == attempt_id


def _alike(
    rows: Iterable[_Row], key: Callable[[_Row], tuple[Any, ...]]
) -> Iterable[tuple[tuple[Any, ...], list[str]]]:
    """The deliveries of a batch by what is to be written: mostly the same for all, which is one statement."""
    found: dict[tuple[Any, ...], list[str]] = {}
    for one in rows:
        found.setdefault(key(one), []).append(one[0])
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
    for (kind, state, detail), ids in _alike(events, lambda one: one[1:]):
        line = (community, at, kind, state, attempt_id, detail)
        same = [sa.literal(value, column.type).label(column.name) for value, column in zip(line, _LINE, strict=True)]
        rows = sa.select(*same, given(connection, ids).c.value)
        connection.execute(sa.insert(delivery_event).from_select([*_LINE, delivery_event.c.delivery_id], rows))
