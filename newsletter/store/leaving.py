"""Many leavings in one transaction: after a mailing they come by the hundred, each waiting for the disk."""

from collections.abc import Collection, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from newsletter.model.people import SubscriptionState
from newsletter.store.tables import subscriber, subscription

#: Who is on which list.
Place = tuple[str, str]


def standing(
    connection: Connection, community: str, people: Collection[str]
) -> dict[Place, tuple[SubscriptionState, str]]:
    """By subscriber and list, the state of each membership of these people, and the keyed hash of their address."""
    mine, person = subscription.c, subscriber.c
    found = (
        sa.select(mine.subscriber_id, mine.list, mine.state, person.who, person.community)
        .join_from(subscription, subscriber, mine.subscriber_id == person.id)
        .where(mine.subscriber_id.in_(people))
    )
    # Whose they are is looked at here: asked for it, SQLite would go through all memberships of the community.
    ours = (row for row in connection.execute(found) if row.community == community)
    return {(row.subscriber_id, row.list): (row.state, row.who) for row in ours}


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
