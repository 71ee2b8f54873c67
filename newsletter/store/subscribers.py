"""Subscribers and their subscriptions as rows."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from newsletter.model.people import Subscriber, Subscription, SubscriptionState
from newsletter.store.engine import insert_new
from newsletter.store.tables import subscriber as people
from newsletter.store.tables import subscription as memberships
from newsletter.store.tables import suppression

_PERSON = (
    people.c.id,
    people.c.address,
    people.c.name,
    people.c.timezone,
    people.c.clock,
    people.c.language,
    people.c.density,
    people.c.text_only,
    people.c.created_at,
)
_MEMBERSHIP = (
    memberships.c.subscriber_id,
    memberships.c.list,
    memberships.c.digests,
    memberships.c.topics,
    memberships.c.state,
    memberships.c.since,
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


def change_address(
    connection: Connection, community: str, subscriber_id: str, *, address: str, key: str, who: str
) -> None:
    """Give the subscriber another address; whether it is free was asked before, in the same transaction."""
    change = sa.update(people).where(people.c.community == community, people.c.id == subscriber_id)
    connection.execute(change.values(address=address, address_key=key, who=who))


def put_subscription(connection: Connection, community: str, membership: Subscription, at: datetime) -> None:
    """Write the subscription as it stands now, over what stood there before."""
    values = {
        "digests": list(membership.digests),
        "topics": None if membership.topics is None else list(membership.topics),
        "state": membership.state,
        "since": membership.since or at,
    }
    mine = (memberships.c.subscriber_id == membership.subscriber_id, memberships.c.list == membership.list)
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
    if not connection.execute(change.values(digests=list(membership.digests), topics=topics)).rowcount:
        return False
    who = sa.update(people).where(people.c.community == community, people.c.id == person)
    connection.execute(who.values(dict(reads)))
    return True


def subscriptions_of(connection: Connection, community: str, subscriber_id: str) -> tuple[Subscription, ...]:
    """All lists this subscriber is or was on, by name."""
    found = (
        sa.select(*_MEMBERSHIP)
        .where(memberships.c.community == community, memberships.c.subscriber_id == subscriber_id)
        .order_by(memberships.c.list)
    )
    return tuple(_subscription(row) for row in connection.execute(found).mappings())


def members(
    connection: Connection, community: str, list_name: str | None = None, state: SubscriptionState | None = None
) -> Iterator[tuple[Subscriber, Subscription]]:
    """Subscribers with one subscription each, by address and list; narrowed to a list or a state."""
    found = (
        sa.select(*_PERSON, *_MEMBERSHIP)
        .join_from(people, memberships, people.c.id == memberships.c.subscriber_id)
        .where(people.c.community == community)
        .order_by(people.c.address_key, memberships.c.list)
    )
    if list_name is not None:
        found = found.where(memberships.c.list == list_name)
    if state is not None:
        found = found.where(memberships.c.state == state)
    for row in connection.execute(found).mappings():
        yield _subscriber(row), _subscription(row)


def everybody(connection: Connection, community: str) -> tuple[tuple[Subscriber, str], ...]:
    """Every subscriber with the keyed hash of their address, by address."""
    found = sa.select(*_PERSON, people.c.who).where(people.c.community == community).order_by(people.c.address_key)
    return tuple((_subscriber(row), row[people.c.who]) for row in connection.execute(found).mappings())


def suppressed(connection: Connection, community: str) -> frozenset[str]:
    """The ids of subscribers whose address may not be written to, whatever their subscriptions say."""
    return frozenset(
        connection.execute(sa.select(people.c.id).where(people.c.community == community, _BARRED)).scalars()
    )


def sendable(connection: Connection, community: str, list_name: str) -> tuple[tuple[Subscriber, Subscription], ...]:
    """The active members of a list whose address is not suppressed, by id."""
    found = (
        sa.select(*_PERSON, *_MEMBERSHIP)
        .join_from(people, memberships, people.c.id == memberships.c.subscriber_id)
        .where(people.c.community == community, memberships.c.list == list_name, memberships.c.state == "active")
        .where(~_BARRED)
        .order_by(people.c.id)
    )
    return tuple((_subscriber(row), _subscription(row)) for row in connection.execute(found).mappings())


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
    found = sa.select(*_PERSON).where(people.c.community == community, which)
    row = connection.execute(found).mappings().first()
    return _subscriber(row) if row else None


def _subscriber(row: sa.RowMapping) -> Subscriber:
    return Subscriber(**{column.name: row[column] for column in _PERSON})


def _subscription(row: sa.RowMapping) -> Subscription:
    topics: Any = row[memberships.c.topics]
    return Subscription(
        subscriber_id=row[memberships.c.subscriber_id],
        list=row[memberships.c.list],
        digests=tuple(row[memberships.c.digests]),
        topics=None if topics is None else tuple(topics),
        state=row[memberships.c.state],
        since=row[memberships.c.since],
    )
