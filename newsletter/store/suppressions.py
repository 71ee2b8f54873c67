"""Addresses never to write to again, known by their keyed hash alone."""

from collections.abc import Collection, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from newsletter.model.people import SuppressionReason
from newsletter.store import sharing
from newsletter.store.engine import insert_new
from newsletter.store.tables import suppression

#: So that reports in any order end in the same reason. An erasure, which its owner's confirmation lifts, does not
#: take the place of a complaint or of an operator's word, which nothing lifts.
GRAVITY: tuple[SuppressionReason, ...] = ("bounced", "erased", "complained", "operator")
#: What says something of the mailbox or of us, and not of one community: leaving stays where somebody left.
SHARED: tuple[SuppressionReason, ...] = ("bounced", "complained")
ELSEWHERE = "reported by another community of this store"


def add(
    connection: Connection, community: str, who: str, *, reason: SuppressionReason, at: datetime, detail: str = ""
) -> bool:
    """Suppress; False where that, or something graver, stands already. A graver reason replaces a lighter one.

    Where communities share them, a bounce and a complaint count for all who do; which it came from is not said.
    """
    if not _put(connection, community, who, reason, at, detail):
        return False
    if reason in SHARED:
        for other in sharing.neighbours(connection, community):
            _put(connection, other, who, reason, at, ELSEWHERE)
    return True


def take_part(connection: Connection, community: str, key_print: str, at: datetime) -> None:
    """Share bounces and complaints from now on, and those that stand already, in both directions."""
    sharing.join(connection, community, key_print, at)
    for other in sharing.neighbours(connection, community):
        for giver, taker in ((community, other), (other, community)):
            for who, reason in _shared_by(connection, giver):
                _put(connection, taker, who, reason, at, ELSEWHERE)


def _shared_by(connection: Connection, community: str) -> Sequence[tuple[str, SuppressionReason]]:
    found = sa.select(suppression.c.who, suppression.c.reason)
    mine = found.where(suppression.c.community == community, suppression.c.reason.in_(SHARED))
    return [(row.who, row.reason) for row in connection.execute(mine)]


def _put(
    connection: Connection, community: str, who: str, reason: SuppressionReason, at: datetime, detail: str
) -> bool:
    row = {"community": community, "who": who, "reason": reason, "at": at, "detail": detail}
    if connection.execute(insert_new(connection, suppression), row).rowcount == 1:
        return True
    lighter = GRAVITY[: GRAVITY.index(reason)]
    graver = sa.update(suppression).where(suppression.c.community == community, suppression.c.who == who)
    change = graver.where(suppression.c.reason.in_(lighter)).values(reason=reason, at=at, detail=detail)
    return connection.execute(change).rowcount == 1


def lift(connection: Connection, community: str, who: str, among: Collection[str]) -> bool:
    """End a suppression for one of these reasons; False where there is none of them."""
    mine = sa.delete(suppression).where(suppression.c.community == community, suppression.c.who == who)
    return connection.execute(mine.where(suppression.c.reason.in_(among))).rowcount == 1


def reason_of(connection: Connection, community: str, who: str) -> str:
    """Why nothing may be sent to this keyed hash; empty where something may."""
    found = sa.select(suppression.c.reason).where(suppression.c.community == community, suppression.c.who == who)
    return connection.execute(found).scalar() or ""


def count(connection: Connection, community: str) -> int:
    """How many are suppressed."""
    found = sa.select(sa.func.count()).select_from(suppression).where(suppression.c.community == community)
    return connection.execute(found).scalar_one()
