"""Subscribers and their subscriptions as rows."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from newsletter.model.people import Subscriber, Subscription, SubscriptionState
from newsletter.store.engine import beside, insert_new
from newsletter.store.tables import subscriber as people
from newsletter.store.tables import subscription as memberships
from newsletter.store.tables import suppression

#: The columns of a subscriber, and of a membership.
PERSON = (
    people.c.id,
    people.c.address,
    people.c.name,
    people.c.timezone,
    people.c.clock,
    people.c.language,
    people.c.density,
    people.c.text_only,
    people.c.created_at,
    people.c.attributes,
)
MEMBERSHIP = (
    memberships.c.subscriber_id,
    memberships.c.list,
    memberships.c.digests,
    memberships.c.topics,
    memberships.c.state,
    memberships.c.since,
    memberships.c.paused_until,
    memberships.c.stopped,
    memberships.c.online_only,
)

_BARRED = sa.exists().where(suppression.c.community == people.c.community, suppression.c.who == people.c.who)


def insert(connection: Connection, community: str, person: Subscriber, *, key: str, who: str, at: datetime) -> bool:
    """Write a new subscriber; False, and nothing written, where `key` belongs to somebody already."""
    row = {
        "id": person.id,
        "community": community,
        "address": person.address,
        "address_key": key,
        "who": who,
        "name": person.name,
        "timezone": person.timezone,
        "clock": person.clock,
        "language": person.language,
        "density": person.density,
        "text_only": person.text_only,
        "created_at": person.created_at or at,
        "attributes": dict(person.attributes),
    }
    return connection.execute(insert_new(connection, people), row).rowcount == 1


def by_key(connection: Connection, community: str, key: str) -> Subscriber | None:
    """Who has this address, by its normal form."""
    return _one(connection, community, people.c.address_key == key)


def by_id(connection: Connection, community: str, subscriber_id: str) -> Subscriber | None:
    """The subscriber of this id."""
    return _one(connection, community, people.c.id == subscriber_id)


def who_of(connection: Connection, community: str, subscriber_id: str) -> str | None:
    """The keyed hash under which this subscriber's consents and suppressions stand."""
    found = sa.select(people.c.who).where(people.c.community == community, people.c.id == subscriber_id)
    return connection.execute(found).scalar()


def key_of(connection: Connection, community: str, subscriber_id: str) -> str | None:
    """The normal form of this subscriber's address."""
    found = sa.select(people.c.address_key).where(people.c.community == community, people.c.id == subscriber_id)
    return connection.execute(found).scalar()


def change_address(
    connection: Connection, community: str, subscriber_id: str, *, address: str, key: str, who: str
) -> None:
    """Give the subscriber another address; whether it is free was asked before, in the same transaction."""
    change = sa.update(people).where(people.c.community == community, people.c.id == subscriber_id)
    connection.execute(change.values(address=address, address_key=key, who=who))


def put_subscription(connection: Connection, community: str, membership: Subscription, at: datetime) -> None:
    """Write the subscription's state as it is now, over what stood there before; a pause ends with the old state."""
    values = {
        "digests": list(membership.digests),
        "topics": None if membership.topics is None else list(membership.topics),
        "state": membership.state,
        "since": membership.since or at,
        "paused_until": None,
    }
    place = (memberships.c.subscriber_id == membership.subscriber_id, memberships.c.list == membership.list)
    mine = (memberships.c.community == community, *place)
    if connection.execute(sa.update(memberships).where(*mine).values(values)).rowcount:
        return
    key = {"community": community, "subscriber_id": membership.subscriber_id, "list": membership.list}
    connection.execute(sa.insert(memberships).values(key | values))


def set_choices(
    connection: Connection,
    community: str,
    membership: Subscription,
    among: Sequence[str],
    reads: Mapping[str, str | int],
) -> bool:
    """Write what a member chose, and by column how they read; False, and nothing written, where their state is not
    one of `among`.
    """
    person, mine = membership.subscriber_id, memberships.c
    change = sa.update(memberships).where(
        mine.community == community, mine.subscriber_id == person, mine.list == membership.list, mine.state.in_(among)
    )
    topics = None if membership.topics is None else list(membership.topics)
    values = {
        "digests": list(membership.digests),
        "topics": topics,
        "paused_until": membership.paused_until,
        "stopped": [list(one) for one in membership.stopped],
        "online_only": membership.online_only,
    }
    if not connection.execute(change.values(values)).rowcount:
        return False
    who = sa.update(people).where(people.c.community == community, people.c.id == person)
    if reads:
        connection.execute(who.values(dict(reads)))
    return True


def subscriptions_of(connection: Connection, community: str, subscriber_id: str) -> tuple[Subscription, ...]:
    """All lists this subscriber is or was on, by name."""
    mine = (memberships.c.subscriber_id == subscriber_id, beside(memberships.c.community) == community)
    found = sa.select(*MEMBERSHIP).where(*mine).order_by(memberships.c.list)
    return tuple(subscription_of(row) for row in connection.execute(found).mappings())


def members(
    connection: Connection, community: str, list_name: str | None = None, state: SubscriptionState | None = None
) -> Iterator[tuple[Subscriber, Subscription]]:
    """Subscribers with one subscription each, by address and list; narrowed to a list or a state."""
    found = (
        sa.select(*PERSON, *MEMBERSHIP)
        .join_from(people, memberships, people.c.id == memberships.c.subscriber_id)
        .where(people.c.community == community)
        .order_by(people.c.address_key, memberships.c.list)
    )
    if list_name is not None:
        found = found.where(memberships.c.list == list_name)
    if state is not None:
        found = found.where(memberships.c.state == state)
    for row in connection.execute(found).mappings():
        yield subscriber_of(row), subscription_of(row)


def suppressed(connection: Connection, community: str) -> frozenset[str]:
    """The ids of subscribers whose address may not be written to, whatever their subscriptions say."""
    return frozenset(
        connection.execute(sa.select(people.c.id).where(people.c.community == community, _BARRED)).scalars()
    )


def zones(connection: Connection, community: str, list_name: str) -> tuple[str, ...]:
    """The time zones of the active members of a list, each once; empty for those who named none."""
    found = (
        sa.select(people.c.timezone)
        .distinct()
        .join_from(people, memberships, people.c.id == memberships.c.subscriber_id)
        .where(people.c.community == community, memberships.c.list == list_name, memberships.c.state == "active")
    )
    return tuple(sorted(connection.execute(found).scalars()))


def _one(connection: Connection, community: str, which: sa.ColumnElement[bool]) -> Subscriber | None:
    found = sa.select(*PERSON).where(people.c.community == community, which)
    row = connection.execute(found).mappings().first()
    return subscriber_of(row) if row else None


def subscriber_of(row: sa.RowMapping) -> Subscriber:
    """The subscriber of a row that has the columns PERSON."""
    return Subscriber(**{column.name: row[column] for column in PERSON})


def subscription_of(row: sa.RowMapping) -> Subscription:
    """The membership of a row that has the columns MEMBERSHIP."""
    topics: Any = row[memberships.c.topics]
    return Subscription(
        subscriber_id=row[memberships.c.subscriber_id],
        list=row[memberships.c.list],
        digests=tuple(row[memberships.c.digests]),
        topics=None if topics is None else tuple(topics),
        state=row[memberships.c.state],
        since=row[memberships.c.since],
        paused_until=row[memberships.c.paused_until],
        stopped=tuple((one, title) for one, title in row[memberships.c.stopped]),
        online_only=row[memberships.c.online_only],
    )
