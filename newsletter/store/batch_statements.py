"""The statements by which a batch is claimed, marked and settled: each is built once and given its values anew.

Building one and finding out that it is a known one costs more than many a database needs for it. Where the two
databases say it in other words, the statement is asked for by the dialect's name. `ids` are the deliveries of a batch
as `dialects.as_given` passes them.
"""

from functools import cache
from typing import Any

import sqlalchemy as sa

from newsletter.store.dialects import among, each_of, given
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

_ATTEMPT: sa.BindParameter[str] = sa.bindparam("attempt")
_ITS_ATTEMPT = (
    attempt.c.id == _ATTEMPT,
    attempt.c.worker == sa.bindparam("by"),
    attempt.c.phase == sa.bindparam("in_phase"),
)
#: Of an attempt of this worker in this phase.
LEASE_OF = sa.select(attempt.c.lease_until).where(*_ITS_ATTEMPT)
FINISH = sa.update(attempt).where(*_ITS_ATTEMPT).values(phase="done", finished_at=sa.bindparam("at"))
#: Found only while the lease holds and the mailing is being sent.
MARK = (
    sa.update(attempt)
    .where(*_ITS_ATTEMPT, attempt.c.lease_until > sa.bindparam("at"))
    .where(sa.exists().where(mailing.c.id == attempt.c.mailing_id, mailing.c.state == "sending"))
    .values(phase="submitting", submitted_at=sa.bindparam("at"), lease_until=sa.bindparam("lease"))
)
BEGIN = sa.insert(attempt).values(
    id=_ATTEMPT,
    community=sa.bindparam("of_community"),
    mailing_id=sa.bindparam("mailing"),
    edition_key=sa.bindparam("edition"),
    worker=sa.bindparam("by"),
    phase="claimed",
    lease_until=sa.bindparam("lease"),
    claimed_at=sa.bindparam("at"),
    turn=sa.select(sa.func.coalesce(sa.func.max(attempt.c.turn), 0) + 1).scalar_subquery(),
)
#: What the lines of a batch's history share, and what each value is called.
_LINE = {
    "community": "of_community",
    "at": "at",
    "kind": "kind_now",
    "state": "state_now",
    "attempt_id": "attempt",
    "detail": "why",
}


@cache
def due(*, only: bool, broke: bool) -> sa.Select[Any]:
    """Pending deliveries with their readers: `of` a mailing, `now`, at `most` so many, `only` some or all.

    `broke` asks for those over which a worker broke off, and for no others.
    """
    found = (
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
            sa.func.coalesce(subscription.c.paused_until > sa.bindparam("now"), sa.false()),
            delivery.c.breaks,
        )
        .select_from(_with_reader())
        .where(delivery.c.mailing_id == sa.bindparam("of"), delivery.c.state == "pending")
        .where(
            delivery.c.not_before <= sa.bindparam("now"), delivery.c.breaks > 0 if broke else delivery.c.breaks == 0
        )
        .order_by(delivery.c.edition_key, delivery.c.not_before)  # as the index has it: no claim sorts the rest
        .limit(sa.bindparam("most", type_=sa.Integer))
        .with_for_update(of=delivery, skip_locked=True)
    )
    return found.where(delivery.c.id.in_(sa.bindparam("only", expanding=True))) if only else found


def _with_reader() -> sa.FromClause:
    # The join to suppression is by the hash of the address as it is now, not as it was when the audience was frozen.
    person = sa.and_(subscriber.c.id == delivery.c.subscriber_id, subscriber.c.community == delivery.c.community)
    membership = sa.and_(subscription.c.subscriber_id == subscriber.c.id, subscription.c.list == delivery.c.list)
    barred = sa.and_(suppression.c.community == subscriber.c.community, suppression.c.who == subscriber.c.who)
    return delivery.outerjoin(subscriber, person).outerjoin(subscription, membership).outerjoin(suppression, barred)


@cache
def set_aside(dialect: str) -> sa.Update:
    """Pending deliveries into another state."""
    mine = sa.update(delivery).where(among(dialect, delivery.c.id, "ids"), delivery.c.state == "pending")
    return mine.values(_now())


@cache
def hold(dialect: str) -> sa.Insert:
    """An item for each of the deliveries that an attempt claims."""
    base = (sa.bindparam("of_community", type_=sa.Text), sa.bindparam("attempt", type_=sa.Text))
    items = sa.select(*base, given(dialect, "ids").c.value)
    return sa.insert(attempt_item).from_select(["community", "attempt_id", "delivery_id"], items)


@cache
def take(dialect: str) -> sa.Update:
    """Pending deliveries into an attempt's hands."""
    mine = sa.update(delivery).where(among(dialect, delivery.c.id, "ids"), delivery.c.state == "pending")
    return mine.values(state="claimed", attempt_id=_ATTEMPT, updated_at=sa.bindparam("at"))


@cache
def submit(dialect: str) -> sa.Update:
    """Claimed deliveries of an attempt on their way."""
    mine = _held(dialect).where(delivery.c.state == "claimed")
    return mine.values(state="submitting", tries=delivery.c.tries + 1, updated_at=sa.bindparam("at"))


@cache
def settle(dialect: str, *, waits: bool, counts: bool) -> sa.Update:
    """Deliveries on their way into the state that an answer gives; to wait, or as though they had not been tried.

    A notice may have been faster than the reply: then they are not on their way any more.
    """
    values = _now()
    if waits:
        values["not_before"] = sa.bindparam("wait")
    if not counts:
        values["tries"] = delivery.c.tries - 1
    return _held(dialect).where(delivery.c.state == "submitting").values(values)


@cache
def cancel(dialect: str) -> sa.Update:
    """Deliveries of an attempt that are pending again, where their mailing is over; their ids."""
    over = sa.exists().where(mailing.c.id == delivery.c.mailing_id, mailing.c.state.in_(("cancelled", "sent")))
    mine = _held(dialect).where(delivery.c.state == "pending", over)
    return mine.values({**_now(), "state": "cancelled"}).returning(delivery.c.id)


@cache
def settle_items(dialect: str, *, unsent: bool) -> sa.Update:
    """What became of an attempt's items; those that are proven unsent may be tried again."""
    values: dict[str, Any] = {"outcome": sa.bindparam("outcome_now"), "detail": sa.bindparam("why")}
    return _items(dialect).values({**values, "live": False} if unsent else values)


@cache
def name_alike(dialect: str) -> sa.Update:
    """The provider took these messages as one, under one id."""
    return _items(dialect).values(provider_id=sa.bindparam("named"))


@cache
def name_each(dialect: str) -> sa.Update:
    """The provider's own id for each."""
    is_named, theirs = each_of(dialect, attempt_item.c.delivery_id, "ids")
    mine = sa.update(attempt_item).where(attempt_item.c.attempt_id == _ATTEMPT, is_named)
    return mine.values(provider_id=theirs)


@cache
def note(dialect: str) -> sa.Insert:
    """The same line of history for each."""
    same = [sa.bindparam(name, type_=delivery_event.c[column].type) for column, name in _LINE.items()]
    rows = sa.select(*same, given(dialect, "ids").c.value)
    return sa.insert(delivery_event).from_select([*_LINE, "delivery_id"], rows)


def _now() -> dict[str, Any]:
    return {"state": sa.bindparam("state_now"), "reason": sa.bindparam("why"), "updated_at": sa.bindparam("at")}


def _held(dialect: str) -> sa.Update:
    mine = (among(dialect, delivery.c.id, "ids"), delivery.c.attempt_id == _ATTEMPT)
    return sa.update(delivery).where(*mine)


def _items(dialect: str) -> sa.Update:
    mine = (attempt_item.c.attempt_id == _ATTEMPT, among(dialect, attempt_item.c.delivery_id, "ids"))
    return sa.update(attempt_item).where(*mine)
