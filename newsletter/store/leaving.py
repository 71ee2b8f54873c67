"""Many leavings in one transaction: after a mailing they come by the hundred, each waiting for the disk."""

from collections.abc import Collection, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from newsletter.model.people import SubscriptionState
from newsletter.store.engine import beside
from newsletter.store.tables import subscriber, subscription

#: Who is on which list.
Place = tuple[str, str]


def standing(
    connection: Connection, community: str, people: Collection[str]
) -> dict[Place, tuple[SubscriptionState, str]]:
    """By subscriber and list, the state of each membership of these people, and the keyed hash of their address."""
    found = (
        sa.select(subscription.c.subscriber_id, subscription.c.list, subscription.c.state, subscriber.c.who)
        .join_from(subscription, subscriber, subscription.c.subscriber_id == subscriber.c.id)
        .where(subscription.c.subscriber_id.in_(people), beside(subscription.c.community) == community)
    )
    return {(row[0], row[1]): (row[2], row[3]) for row in connection.execute(found)}


def end(
    connection: Connection, community: str, places: Sequence[tuple[Place, SubscriptionState]], at: datetime
) -> None:
    """Write the state in which each of these memberships ends; a pause ends with it."""
    if not places:
        return
    change = (
        sa.update(subscription)
        .where(subscription.c.community == community)
        .where(subscription.c.subscriber_id == sa.bindparam("person"), subscription.c.list == sa.bindparam("of"))
        .values(state=sa.bindparam("to"), since=at, paused_until=None)
    )
    rows = [{"person": person, "of": name, "to": state} for (person, name), state in places]
    connection.execute(change, rows)
