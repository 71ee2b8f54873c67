"""People in numbers: memberships by state and by topic, and how many joined and left when."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from newsletter.model.operator import Growth, TopicChoice
from newsletter.model.people import ConsentAction
from newsletter.store.tables import consent, subscriber, subscription, suppression

JOINED: tuple[ConsentAction, ...] = ("confirmed", "imported", "added")
LEFT: tuple[ConsentAction, ...] = ("left", "removed")
RETURNED: tuple[ConsentAction, ...] = ("bounced", "complained")
#: (list, state) and how many memberships there are.
Members = dict[tuple[str, str], int]


def members(connection: Connection, community: str) -> Members:
    """Memberships by list and state."""
    by = (subscription.c.list, subscription.c.state)
    found = sa.select(*by, sa.func.count()).where(subscription.c.community == community).group_by(*by)
    return {(row[0], row[1]): row[2] for row in connection.execute(found)}


def resting(connection: Connection, community: str, now: datetime) -> dict[str, int]:
    """By list, the active members who want no mail for a while."""
    mine = (subscription.c.community == community, subscription.c.state == "active")
    found = sa.select(subscription.c.list, sa.func.count()).where(*mine, subscription.c.paused_until > now)
    return {row[0]: row[1] for row in connection.execute(found.group_by(subscription.c.list))}


def choices(connection: Connection, community: str) -> tuple[TopicChoice, ...]:
    """The active members by list and the topics they chose."""
    topics = subscription.c.topics
    as_text = sa.cast(topics, sa.Text)
    mine = (subscription.c.community == community, subscription.c.state == "active")
    found = sa.select(subscription.c.list, sa.type_coerce(as_text, topics.type), sa.func.count()).where(*mine)
    rows = connection.execute(found.group_by(subscription.c.list, as_text))
    return tuple(TopicChoice(row[0], None if row[1] is None else tuple(row[1]), row[2]) for row in rows)


def suppressed(connection: Connection, community: str) -> dict[str, int]:
    """Addresses that are never written to, by reason."""
    found = sa.select(suppression.c.reason, sa.func.count()).where(suppression.c.community == community)
    return {row[0]: row[1] for row in connection.execute(found.group_by(suppression.c.reason))}


def grown(connection: Connection, community: str, bounds: Sequence[datetime]) -> tuple[Growth, ...]:
    """What happened between each of these moments and the next: from the proofs of consent, each person once."""
    stretches = [*pairwise(bounds)]
    copied = _copied(connection, community, bounds[0])
    counts = _counted(connection, community, stretches)
    for of, number in _counted(connection, community, stretches, copied).items() if copied else ():
        counts[of] -= number
    return tuple(
        Growth(start, *(sum(counts[index, action] for action in actions) for actions in (JOINED, LEFT, RETURNED)))
        for index, (start, _) in enumerate(stretches)
    )


def _counted(
    connection: Connection, community: str, stretches: Sequence[tuple[datetime, datetime]], whose: Sequence[str] = ()
) -> defaultdict[tuple[int, str], int]:
    """Lines by stretch and action; of these people alone, where any are named."""
    mine = (consent.c.community == community, consent.c.who.in_(whose) if whose else sa.true())
    parts = [
        sa.select(sa.literal(index).label("stretch"), consent.c.action, sa.func.count().label("lines"))
        .where(*mine, consent.c.at >= start, consent.c.at < end, _of_a_member())
        .group_by(consent.c.action)
        for index, (start, end) in enumerate(stretches)
    ]
    found: defaultdict[tuple[int, str], int] = defaultdict(int)
    for index, action, lines in connection.execute(sa.union_all(*parts)):
        found[index, action] = lines
    return found


def _of_a_member() -> sa.ColumnElement[bool]:
    """A complaint of somebody who left or bounced before ends no membership: that was over already."""
    earlier = consent.alias("earlier")
    same = (earlier.c.community == consent.c.community, earlier.c.who == consent.c.who)
    before = (earlier.c.list == consent.c.list, earlier.c.id < consent.c.id)
    last = sa.select(earlier.c.action).where(*same, *before).order_by(earlier.c.id.desc()).limit(1).scalar_subquery()
    return sa.or_(consent.c.action != "complained", sa.func.coalesce(last, "").not_in((*LEFT, *RETURNED)))


def _copied(connection: Connection, community: str, since: datetime) -> tuple[str, ...]:
    """Hashes that people left behind when they changed their address: what is told of those stands twice."""
    mine = (consent.c.community == community, consent.c.at >= since, consent.c.action == "moved")
    here = sa.exists().where(subscriber.c.community == consent.c.community, subscriber.c.who == consent.c.who)
    return tuple(connection.execute(sa.select(consent.c.who).where(*mine, ~here).distinct()).scalars())
