"""People in numbers: memberships by state and by topic, and how many joined and left when."""

import json
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from newsletter.model.operator import Growth, TopicChoice
from newsletter.model.people import ConsentAction
from newsletter.store.tables import consent, subscriber, subscription, suppression
from newsletter.store.types import Utc

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


def choices(connection: Connection, community: str, now: datetime) -> tuple[TopicChoice, ...]:
    """The active members by list and the topics they chose, and how many of them want no mail for a while."""
    topics = sa.cast(subscription.c.topics, sa.Text)
    mine = (subscription.c.community == community, subscription.c.state == "active")
    rest = sa.func.sum(sa.case((subscription.c.paused_until > now, 1), else_=0))
    found = sa.select(subscription.c.list, topics, sa.func.count(), rest).where(*mine)
    rows = connection.execute(found.group_by(subscription.c.list, topics))
    return tuple(TopicChoice(row[0], _topics(row[1]), row[2], row[3]) for row in rows)


def _topics(text: str | None) -> tuple[str, ...] | None:
    return None if text is None else tuple(json.loads(text))


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
    columns = (sa.column("number", sa.Integer), sa.column("start", Utc), sa.column("stop", Utc))
    rows = [(index, *stretch) for index, stretch in enumerate(stretches)]
    weeks = sa.values(*columns, name="weeks").data(rows).cte("weeks")
    within = sa.and_(*mine, consent.c.at >= weeks.c.start, consent.c.at < weeks.c.stop)
    found = sa.select(weeks.c.number, consent.c.action, sa.func.count()).join_from(weeks, consent, within)
    counted = connection.execute(found.where(_of_a_member()).group_by(weeks.c.number, consent.c.action))
    return defaultdict(int, {(row[0], row[1]): row[2] for row in counted})


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
