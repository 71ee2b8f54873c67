"""Addresses never to write to again, known by their keyed hash alone."""

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from newsletter.model.people import SuppressionReason
from newsletter.store.engine import insert_new
from newsletter.store.tables import suppression

#: So that reports in any order end in the same reason. An erasure, which its owner's confirmation lifts, does not
#: take the place of a complaint or of an operator's word, which nothing lifts.
GRAVITY: tuple[SuppressionReason, ...] = ("bounced", "erased", "complained", "operator")


def add(
    connection: Connection, community: str, who: str, *, reason: SuppressionReason, at: datetime, detail: str = ""
) -> bool:
    """Suppress; False where that, or something graver, stands already. A graver reason replaces a lighter one."""
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
