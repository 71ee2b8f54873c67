"""Members with their choices, those of a segment alone: to be listed, counted, exported."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from newsletter.model.people import Consent, Subscriber, Subscription
from newsletter.model.segment import Homes, Segment
from newsletter.store import segments
from newsletter.store.consents import consent_of
from newsletter.store.engine import beside
from newsletter.store.subscribers import MEMBERSHIP, PERSON, subscriber_of, subscription_of
from newsletter.store.tables import consent, subscriber, subscription, suppression

#: People that are looked up at once.
_PAGE = 500
#: How rows come that are too many to be held at once.
_PARTS = {"yield_per": _PAGE}


class Whole(NamedTuple):
    """All that is known of one subscriber; `suppressed` is the reason of their suppression."""

    person: Subscriber
    memberships: tuple[Subscription, ...]
    consents: tuple[Consent, ...]
    suppressed: str


class Hashed(NamedTuple):
    """A suppression of an address that nobody here has."""

    who: str
    reason: str
    at: datetime
    detail: str


def members(
    connection: Connection, community: str, segment: Segment, homes: Homes
) -> Iterator[tuple[Subscriber, Subscription]]:
    """The members of a segment, one membership each, by address and list."""
    found = (
        sa.select(*PERSON, *MEMBERSHIP)
        .select_from(_both())
        .where(subscriber.c.community == community, segments.condition(segment, homes))
        .order_by(subscriber.c.address_key, subscription.c.list)
    )
    for row in connection.execute(found, execution_options=_PARTS).mappings():
        yield subscriber_of(row), subscription_of(row)


def count(connection: Connection, community: str, segment: Segment, homes: Homes) -> int:
    """How many memberships a segment has."""
    where = (subscriber.c.community == community, segments.condition(segment, homes))
    return connection.execute(sa.select(sa.func.count()).select_from(_both()).where(*where)).scalar_one()


def everything(connection: Connection, community: str, segment: Segment, homes: Homes) -> Iterator[Whole]:
    """All that is known of everybody with a membership in the segment, by address; some people at a time."""
    last = ""
    while page := _page(connection, community, segment, homes, last):
        last = page[-1][2]
        yield from _wholes(connection, community, page)


def hashed(connection: Connection, community: str) -> Iterator[Hashed]:
    """The suppressions of addresses that no subscriber has."""
    mine = sa.and_(subscriber.c.community == suppression.c.community, subscriber.c.who == suppression.c.who)
    found = (
        sa.select(suppression.c.who, suppression.c.reason, suppression.c.at, suppression.c.detail)
        .select_from(suppression.outerjoin(subscriber, mine))
        .where(suppression.c.community == community, subscriber.c.id.is_(None))
        .order_by(suppression.c.who)
    )
    for row in connection.execute(found, execution_options=_PARTS):
        yield Hashed(*row)


def attribute_names(connection: Connection, community: str) -> tuple[str, ...]:
    """The names of all attributes that anybody has, in the order they are met."""
    found = sa.select(subscriber.c.attributes).where(
        subscriber.c.community == community, sa.cast(subscriber.c.attributes, sa.Text) != "{}"
    )
    rows = connection.execute(found.order_by(subscriber.c.address_key), execution_options=_PARTS).scalars()
    return tuple(dict.fromkeys(name for attributes in rows for name in attributes))


def _both() -> sa.Join:
    return subscriber.join(subscription, subscriber.c.id == subscription.c.subscriber_id)


_Page = Sequence[tuple[Subscriber, str, str]]


def _page(connection: Connection, community: str, segment: Segment, homes: Homes, last: str) -> _Page:
    """The next people, each with their keyed hash and normal form."""
    inside = sa.select(subscription.c.subscriber_id).where(
        subscription.c.subscriber_id == subscriber.c.id, segments.condition(segment, homes)
    )
    found = (
        sa.select(*PERSON, subscriber.c.who, subscriber.c.address_key)
        .where(subscriber.c.community == community, subscriber.c.address_key > last, inside.exists())
        .order_by(subscriber.c.address_key)
        .limit(_PAGE)
    )
    rows = connection.execute(found).mappings()
    return [(subscriber_of(row), row[subscriber.c.who], row[subscriber.c.address_key]) for row in rows]


def _wholes(connection: Connection, community: str, page: _Page) -> Iterator[Whole]:
    hashes = [who for _, who, _ in page]
    mine = _memberships(connection, community, [person.id for person, _, _ in page])
    lines = _consents(connection, community, hashes)
    reasons = _reasons(connection, community, hashes)
    for person, who, _ in page:
        yield Whole(person, tuple(mine.get(person.id, ())), tuple(lines.get(who, ())), reasons.get(who, ""))


def _memberships(connection: Connection, community: str, people: Sequence[str]) -> dict[str, list[Subscription]]:
    mine = (subscription.c.subscriber_id.in_(people), beside(subscription.c.community) == community)
    found = sa.select(*MEMBERSHIP).where(*mine).order_by(subscription.c.list)
    by_person: dict[str, list[Subscription]] = {}
    for row in connection.execute(found).mappings():
        by_person.setdefault(row[subscription.c.subscriber_id], []).append(subscription_of(row))
    return by_person


def _consents(connection: Connection, community: str, hashes: Sequence[str]) -> dict[str, list[Consent]]:
    found = sa.select(consent).where(consent.c.community == community, consent.c.who.in_(hashes))
    by_hash: dict[str, list[Consent]] = {}
    # Put in order here: to spare itself that, SQLite would look through all that anybody ever agreed to.
    for row in sorted(connection.execute(found).mappings(), key=lambda row: row["id"]):
        by_hash.setdefault(row["who"], []).append(consent_of(row))
    return by_hash


def _reasons(connection: Connection, community: str, hashes: Sequence[str]) -> dict[str, str]:
    found = sa.select(suppression.c.who, suppression.c.reason).where(
        suppression.c.community == community, suppression.c.who.in_(hashes)
    )
    return {row.who: row.reason for row in connection.execute(found)}
