"""How often something was asked for: one statement counts and decides, so that no two requests pass on one place."""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from newsletter.model.joining import Limit
from newsletter.store.engine import insert_into
from newsletter.store.joining_tables import request_limit as taken

_KEY = ("community", "name", "key")


def take(connection: Connection, community: str, limit: Limit, key: str, now: datetime) -> bool:
    """Count one more request of this key; False, and nothing counted, where the limit leaves no room for it."""
    row = {"community": community, "name": limit.name, "key": key, "began": now, "last": now, "count": 1}
    over = taken.c.began <= now - timedelta(seconds=limit.window)
    room = sa.and_(taken.c.last <= now - timedelta(seconds=limit.spacing), sa.or_(over, taken.c.count < limit.most))
    counted = insert_into(connection, taken).values(row)
    counted = counted.on_conflict_do_update(
        index_elements=_KEY,
        set_={
            "began": sa.case((over, now), else_=taken.c.began),
            "count": sa.case((over, 1), else_=taken.c.count + 1),
            "last": now,
        },
        where=room,
    )
    return connection.execute(counted).rowcount == 1


def is_full(connection: Connection, community: str, limit: Limit, key: str, now: datetime) -> bool:
    """Whether there is no room at this moment; nothing is counted."""
    mine = (taken.c.community == community, taken.c.name == limit.name, taken.c.key == key)
    current = taken.c.began > now - timedelta(seconds=limit.window)
    found = sa.select(taken.c.count).where(*mine, current, taken.c.count >= limit.most)
    return connection.execute(found).first() is not None


def forget_before(connection: Connection, community: str, before: datetime) -> int:
    """Delete counts that nobody added to since that moment; how many."""
    old = sa.delete(taken).where(taken.c.community == community, taken.c.last < before)
    return connection.execute(old).rowcount
