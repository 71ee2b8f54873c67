"""Claiming a batch, marking it, settling it: each call is one step of the ledger inside the caller's transaction.

Every step names the attempt, the worker and the phase it expects, and says whether it found them: a worker that lost
its lease while it slept writes nothing.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, TypeVar

from sqlalchemy.engine import Connection

from newsletter.model.delivery import DeliveryState, Outcome
from newsletter.model.ledger import AttemptPhase, Claim, Due, Mailing, Settlement
from newsletter.store import batch_statements as statements
from newsletter.store import dialects
from newsletter.store.dialects import as_each, as_given

_Row = TypeVar("_Row", bound=tuple[Any, ...])
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
    asked = {"of": job.id, "now": now, "most": limit}
    if only is not None:
        asked["only"] = list(only)
    for broke in (False, True):
        rows = connection.execute(statements.due(only=only is not None, broke=broke), asked).all()
        if rows:
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


@lru_cache(maxsize=1024)
def _words(text: str | None) -> tuple[str, ...]:
    """A list of words as JSON, of which the readers of a list have few different ones."""
    return tuple(json.loads(text)) if text else ()


def one_by_one(connection: Connection, job: Mailing) -> None:
    """Claims of one mailing go one after the other, so that what its guards decide by holds until it is written."""
    dialects.one_by_one(connection, f"claim {job.id}")


def marked_until(connection: Connection, hold: Claim) -> datetime | None:
    """The lease of a batch that its worker marked; None where it did not, or it was taken away."""
    mine = _its(hold, "submitting")
    return connection.execute(statements.LEASE_OF, mine).scalar()


def is_settled(connection: Connection, hold: Claim) -> bool:
    """Whether the answers for a batch stand already."""
    return connection.execute(statements.LEASE_OF, _its(hold, "done")).first() is not None


def set_aside(
    connection: Connection, community: str, rows: Sequence[tuple[str, DeliveryState, str]], at: datetime
) -> None:
    """Take pending deliveries out of the sending: (delivery id, suppressed or skipped, why)."""
    if not rows:
        return
    for (state, why), ids in _alike(rows, lambda one: one[1:]):
        asked = {"ids": as_given(connection, ids), "state_now": state, "why": why, "at": at}
        connection.execute(statements.set_aside(connection.dialect.name), asked)
    _note(connection, community, [(one, state, state, why) for one, state, why in rows], at, None)


def claim(connection: Connection, job: Mailing, hold: Claim, at: datetime) -> None:
    """Write the claim. The index on live items refuses a delivery that may have been sent already."""
    base = {"attempt": hold.attempt_id, "of_community": job.community}
    row = {"mailing": job.id, "edition": hold.edition_key, "by": hold.worker, "lease": hold.lease_until, "at": at}
    connection.execute(statements.BEGIN, base | row)
    ids = as_given(connection, [due.delivery_id for due in hold.rows])
    connection.execute(statements.hold(connection.dialect.name), base | {"ids": ids})
    taken = {"attempt": hold.attempt_id, "ids": ids, "at": at}
    if connection.execute(statements.take(connection.dialect.name), taken).rowcount != len(hold.rows):
        raise LedgerError("a delivery to be claimed is not pending any more")


def mark_submitting(connection: Connection, hold: Claim, at: datetime, lease_until: datetime) -> bool:
    """The point of no blind return; False where the lease is over or the mailing was stopped meanwhile."""
    mark = _its(hold, "claimed") | {"at": at, "lease": lease_until}
    if connection.execute(statements.MARK, mark).rowcount != 1:
        return False
    ids = as_given(connection, [due.delivery_id for due in hold.rows])
    moved = {"attempt": hold.attempt_id, "ids": ids, "at": at}
    if connection.execute(statements.submit(connection.dialect.name), moved).rowcount != len(hold.rows):
        raise LedgerError(f"attempt {hold.attempt_id} does not hold all of its deliveries")
    return True


def settle(
    connection: Connection, community: str, hold: Claim, settlements: Sequence[Settlement], at: datetime
) -> bool:
    """Write what became of every row of the batch; False, and nothing written, where the lease was taken away."""
    if connection.execute(statements.FINISH, _its(hold, "submitting") | {"at": at}).rowcount != 1:
        return False
    alike = _alike(settlements, lambda one: one[1:4] + one[5:])
    for (outcome, state, why, wait, counts), ids in alike:
        which = {"attempt": hold.attempt_id, "ids": as_given(connection, ids), "why": why}
        items = statements.settle_items(connection.dialect.name, unsent=outcome in PROVEN_UNSENT)
        connection.execute(items, which | {"outcome_now": outcome})
        moved = statements.settle(connection.dialect.name, waits=wait is not None, counts=counts)
        connection.execute(moved, which | {"state_now": state, "at": at} | ({"wait": wait} if wait else {}))
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
    why = "cancelled while it was on its way"
    asked = {"attempt": attempt_id, "ids": as_given(connection, ids), "why": why, "at": at}
    ended = connection.execute(statements.cancel(connection.dialect.name), asked).scalars().all()
    if ended:
        _note(connection, community, [(one, "cancelled", "cancelled", why) for one in ended], at, attempt_id)


def _name_theirs(connection: Connection, attempt_id: str, theirs: Mapping[str, str]) -> None:
    """Keep under which id the provider knows each of the messages; all under one where it took them as one."""
    dialect = connection.dialect.name
    if theirs and len(names := set(theirs.values())) == 1:
        same = {"attempt": attempt_id, "ids": as_given(connection, list(theirs)), "named": names.pop()}
        connection.execute(statements.name_alike(dialect), same)
    elif theirs:
        each = as_each(connection, "ids", theirs, {"attempt": attempt_id})
        connection.execute(statements.name_each(dialect), each)


def _alike(
    rows: Iterable[_Row], key: Callable[[_Row], tuple[Any, ...]]
) -> Iterable[tuple[tuple[Any, ...], list[str]]]:
    """The deliveries of a batch by what is to be written: mostly the same for all, which is one statement."""
    found: dict[tuple[Any, ...], list[str]] = {}
    for one in rows:
        found.setdefault(key(one), []).append(one[0])
    return found.items()


def _its(hold: Claim, phase: AttemptPhase) -> dict[str, Any]:
    return {"attempt": hold.attempt_id, "by": hold.worker, "in_phase": phase}


def _note(
    connection: Connection,
    community: str,
    events: Sequence[tuple[str, str, DeliveryState, str]],
    at: datetime,
    attempt_id: str | None,
) -> None:
    for (kind, state, detail), ids in _alike(events, lambda one: one[1:]):
        line = {"of_community": community, "at": at, "kind_now": kind, "state_now": state, "why": detail}
        line |= {"attempt": attempt_id, "ids": as_given(connection, ids)}
        connection.execute(statements.note(connection.dialect.name), line)
