"""Who approved which draft: rows written once, which count until the draft is another or they are taken back."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from newsletter.model.reviewing import Approval
from newsletter.store.tables import approval


def add(connection: Connection, community: str, key: str, one: Approval) -> None:
    """Write down that somebody approves this draft, knowing of this drift."""
    row = {"community": community, "key": key, "hash": one.draft_hash, "by": one.by, "at": one.at, "drift": one.drift}
    connection.execute(sa.insert(approval).values(action="approve", **row))


def drop(connection: Connection, community: str, key: str, at: datetime, by: str = "") -> None:
    """Let every approval given so far count no more."""
    connection.execute(sa.insert(approval).values(community=community, key=key, action="drop", by=by, at=at))


def standing(connection: Connection, community: str, key: str, draft_hash: str) -> tuple[Approval, ...]:
    """The approvals of this draft that count, in order; one person may have given several, each of another drift."""
    mine = sa.and_(approval.c.community == community, approval.c.key == key)
    dropped = sa.select(sa.func.max(approval.c.id)).where(mine, approval.c.action == "drop").scalar_subquery()
    found = (
        sa.select(approval.c.by, approval.c.at, approval.c.hash.label("draft_hash"), approval.c.drift)
        .where(mine, approval.c.action == "approve", approval.c.hash == draft_hash)
        .where(approval.c.id > sa.func.coalesce(dropped, 0))
        .order_by(approval.c.id)
    )
    return tuple(Approval(**row) for row in connection.execute(found).mappings())
