"""How many people a digest would go to, without reading them one by one."""

import json
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from newsletter.store.tables import subscriber as people
from newsletter.store.tables import subscription as memberships
from newsletter.store.tables import suppression


def readers(connection: Connection, community: str, list_name: str, digest: str, now: datetime) -> int:
    """The active members of the list who take the digest, and may be written to now."""
    barred = sa.exists().where(suppression.c.community == people.c.community, suppression.c.who == people.c.who)
    digests = sa.cast(memberships.c.digests, sa.Text)
    found = (
        sa.select(digests, sa.func.count())
        .join_from(people, memberships, people.c.id == memberships.c.subscriber_id)
        .where(people.c.community == community, memberships.c.list == list_name, memberships.c.state == "active")
        .where(~barred, sa.or_(memberships.c.paused_until.is_(None), memberships.c.paused_until <= now))
        .group_by(digests)
    )
    return sum(count for chosen, count in connection.execute(found) if digest in json.loads(chosen))


def known(connection: Connection, community: str) -> int:
    """Everybody whom the store holds, members of a list or not."""
    found = sa.select(sa.func.count()).where(people.c.community == community)
    return int(connection.execute(found).scalar_one())
