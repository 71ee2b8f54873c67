"""Attempts whose worker is gone, and mailings that are stopped: whole attempts are closed, set by set."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from newsletter.model.delivery import DeliveryState
from newsletter.model.ledger import AttemptPhase, OpenAttempt
from newsletter.store.tables import attempt, attempt_item, delivery, delivery_event, mailing, planning

#: Nobody who was tried before is put off for longer, with an hour for clocks that differ.
LONGEST_WAIT = timedelta(days=1, hours=1)


def open_attempts(connection: Connection, community: str) -> tuple[OpenAttempt, ...]:
    """Every attempt that nobody has finished, oldest lease first."""
    found = (
        sa.select(attempt.c.id, attempt.c.worker, attempt.c.phase, attempt.c.lease_until)
        .where(attempt.c.community == community, attempt.c.phase.in_(("claimed", "submitting")))
        .order_by(attempt.c.lease_until)
    )
    return tuple(OpenAttempt(*row) for row in connection.execute(found))


def all_open_attempts(connection: Connection) -> tuple[OpenAttempt, ...]:
    """The same for every community, as any schema of ours holds it; the lease that ends last comes last."""
    found = (
        sa.select(attempt.c.id, attempt.c.worker, attempt.c.phase, attempt.c.lease_until)
        .where(attempt.c.phase.in_(("claimed", "submitting")))
        .order_by(attempt.c.lease_until)
    )
    return tuple(OpenAttempt(*row) for row in connection.execute(found))


def held_by(connection: Connection, mailing_id: int, attempt_ids: Sequence[str]) -> int:
    """How many deliveries of the mailing these attempts were handing over."""
    mine = sa.and_(delivery.c.mailing_id == mailing_id, _held_by(attempt_ids))
    found = sa.select(sa.func.count()).select_from(delivery).where(mine, delivery.c.state == "submitting")
    return connection.execute(found).scalar_one()


def tries_of(connection: Connection, attempt_id: str) -> dict[str, int]:
    """How often each delivery of the attempt was tried, this time included."""
    mine = sa.select(attempt_item.c.delivery_id).where(attempt_item.c.attempt_id == attempt_id)
    found = sa.select(delivery.c.id, delivery.c.tries).where(delivery.c.id.in_(mine))
    return {row.id: row.tries for row in connection.execute(found)}


def release(
    connection: Connection, attempt_ids: Sequence[str], at: datetime, *, why: str, broke: timedelta | None = None
) -> int:
    """Give claimed deliveries back to pending: nothing of them can have left. Returns how many.

    `broke` says that their worker broke off, which is counted, and how long one waits that was alone.
    """
    closed = _close(connection, attempt_ids, "claimed", "released", at)
    if broke is not None:
        _suspect(connection, closed, at + broke)
    mine = _held_by(closed)
    _note(connection, sa.and_(mine, delivery.c.state == "claimed"), "released", "pending", why, at)
    unsent = sa.update(attempt_item).where(attempt_item.c.attempt_id.in_(closed))
    connection.execute(unsent.values(live=False, outcome="not_submitted", detail=why))
    return _move(connection, mine, "claimed", "pending", why, at)


def _suspect(connection: Connection, attempt_ids: Sequence[str], again: datetime) -> None:
    """Count against the deliveries of a batch that broke off: once in company, and each time that one was alone."""
    alone = (
        sa.select(attempt_item.c.attempt_id)
        .where(attempt_item.c.attempt_id.in_(attempt_ids))
        .group_by(attempt_item.c.attempt_id)
        .having(sa.func.count() == 1)
    )
    was_alone, before = delivery.c.attempt_id.in_(alone), delivery.c.breaks
    counted = sa.case((was_alone, sa.case((before == 0, 2), else_=before + 1)), (before == 0, 1), else_=before)
    mine = sa.update(delivery).where(_held_by(attempt_ids), delivery.c.state == "claimed")
    wait = sa.case((was_alone, sa.literal(again, delivery.c.not_before.type)), else_=delivery.c.not_before)
    connection.execute(mine.values(breaks=counted, not_before=wait))


def lose(connection: Connection, attempt_ids: Sequence[str], at: datetime, *, why: str) -> int:
    """Call submitting deliveries unknown: they may have left, so they are never sent blindly. Returns how many."""
    closed = _close(connection, attempt_ids, "submitting", "unknown", at)
    mine = _held_by(closed)
    _note(connection, sa.and_(mine, delivery.c.state == "submitting"), "lost", "unknown", why, at)
    unsure = sa.update(attempt_item).where(attempt_item.c.attempt_id.in_(closed))
    connection.execute(unsure.values(outcome="unknown", detail=why))
    return _move(connection, mine, "submitting", "unknown", why, at)


def is_sound(connection: Connection, community: str, now: datetime) -> bool:
    """Whether neither `mend_clock` nor `lose_orphans` would find anything to do."""
    orphan = sa.select(delivery.c.id).where(_orphans(community), delivery.c.state == "submitting").limit(1)
    return _latest(connection, community) <= now and connection.execute(orphan).first() is None


def mend_clock(connection: Connection, community: str, now: datetime) -> int:
    """Let nobody wait for a time that a clock set which has been put back since. Returns how many waited so.

    Such a clock is known by the last claim or planning, which then lies ahead. Who was planned for a later moment
    from the start, as in a zone of their own, keeps it.
    """
    if _latest(connection, community) <= now:
        return 0
    planned_at = sa.select(planning.c.at).where(planning.c.id == delivery.c.planning_id).scalar_subquery()
    put_off = sa.and_(delivery.c.updated_at > now, delivery.c.updated_at > planned_at)
    at_once = delivery.c.not_before <= planned_at
    too_long = sa.and_(delivery.c.attempt_id.is_not(None), delivery.c.not_before > now + LONGEST_WAIT)
    mine = sa.update(delivery).where(delivery.c.community == community, delivery.c.state == "pending")
    ahead = mine.where(delivery.c.not_before > now, sa.or_(put_off, at_once, too_long))
    return connection.execute(ahead.values(not_before=now)).rowcount


def _latest(connection: Connection, community: str) -> datetime:
    """The moment of the last claim, or of the last planning if that is later."""
    claim = sa.select(attempt.c.claimed_at).where(attempt.c.community == community).order_by(attempt.c.turn.desc())
    plan = sa.select(planning.c.at).where(planning.c.community == community).order_by(planning.c.id.desc())
    found = (connection.execute(one.limit(1)).scalar() for one in (claim, plan))
    return max((moment for moment in found if moment), default=datetime.min.replace(tzinfo=UTC))


def lose_orphans(connection: Connection, community: str, at: datetime) -> int:
    """Deliveries that stand as submitting without an attempt that says so become unknown; there should be none."""
    orphan, why = _orphans(community), "no attempt is known to hold it"
    _note(connection, sa.and_(orphan, delivery.c.state == "submitting"), "lost", "unknown", why, at)
    return _move(connection, orphan, "submitting", "unknown", why, at)


def _orphans(community: str) -> sa.ColumnElement[bool]:
    held = sa.exists().where(attempt.c.id == delivery.c.attempt_id, attempt.c.phase == "submitting")
    # By mailing, as the index has it: years of deliveries are not looked through before each batch.
    going = sa.select(mailing.c.id).where(mailing.c.community == community, mailing.c.state != "sent")
    return sa.and_(delivery.c.mailing_id.in_(going), ~held)


def cancel_rest(connection: Connection, mailing_id: int, at: datetime, *, why: str) -> int:
    """Cancel what is not on its way yet: pending deliveries, and claims taken back from their workers."""
    held = sa.select(attempt.c.id).where(attempt.c.mailing_id == mailing_id, attempt.c.phase == "claimed")
    release(connection, connection.execute(held).scalars().all(), at, why=why)
    pending = sa.and_(delivery.c.mailing_id == mailing_id, delivery.c.state == "pending")
    _note(connection, pending, "cancelled", "cancelled", why, at)
    return _move(connection, delivery.c.mailing_id == mailing_id, "pending", "cancelled", why, at)


def _held_by(attempt_ids: Sequence[str]) -> sa.ColumnElement[bool]:
    """The deliveries that are in these attempts' hands; found by the attempts' items, as deliveries have no index."""
    items = sa.select(attempt_item.c.delivery_id).where(attempt_item.c.attempt_id.in_(attempt_ids))
    return sa.and_(delivery.c.id.in_(items), delivery.c.attempt_id.in_(attempt_ids))


def _close(
    connection: Connection, attempt_ids: Sequence[str], phase: AttemptPhase, to: AttemptPhase, at: datetime
) -> list[str]:
    mine = sa.update(attempt).where(attempt.c.id.in_(attempt_ids), attempt.c.phase == phase)
    closed = mine.values(phase=to, finished_at=at).returning(attempt.c.id)
    return list(connection.execute(closed).scalars())


def _move(
    connection: Connection,
    which: sa.ColumnElement[bool],
    state: DeliveryState,
    to: DeliveryState,
    why: str,
    at: datetime,
) -> int:
    moved = sa.update(delivery).where(which, delivery.c.state == state)
    return connection.execute(moved.values(state=to, reason=why, updated_at=at)).rowcount


def _note(
    connection: Connection, which: sa.ColumnElement[bool], kind: str, state: DeliveryState, why: str, at: datetime
) -> None:
    rows = sa.select(
        delivery.c.community,
        delivery.c.id,
        sa.literal(at, delivery_event.c.at.type),
        sa.literal(kind),
        sa.literal(state),
        delivery.c.attempt_id,
        sa.literal(why),
    ).where(which)
    columns = ["community", "delivery_id", "at", "kind", "state", "attempt_id", "detail"]
    connection.execute(sa.insert(delivery_event).from_select(columns, rows))
