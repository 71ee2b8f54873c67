"""What freshly mailed links were used for, and addresses that wait for their owner's confirmation."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from newsletter.store.engine import insert_new
from newsletter.store.tables import address_change, spent_link


@dataclass(frozen=True, slots=True)
class Waiting:
    """An address that a subscriber wants to change to, its normal form, its keyed hash, and when they said so."""

    address: str
    key: str
    who: str
    at: datetime


def spend(connection: Connection, community: str, link: str, act: str, at: datetime) -> bool:
    """Use a link (its hash) for an act; False, and nothing written, where it was used for it before."""
    row = {"community": community, "link": link, "act": act, "at": at}
    return connection.execute(insert_new(connection, spent_link), row).rowcount == 1


def acts_of(connection: Connection, community: str, link: str) -> frozenset[str]:
    """What a link was used for already."""
    found = sa.select(spent_link.c.act).where(spent_link.c.community == community, spent_link.c.link == link)
    return frozenset(connection.execute(found).scalars())


def put_waiting(connection: Connection, community: str, subscriber_id: str, waiting: Waiting) -> None:
    """Write the address somebody wants, over what they wanted before."""
    drop_waiting(connection, community, subscriber_id)
    row = {
        "community": community,
        "subscriber_id": subscriber_id,
        "address": waiting.address,
        "address_key": waiting.key,
        "who": waiting.who,
        "at": waiting.at,
    }
    connection.execute(sa.insert(address_change).values(row))


def waiting_of(connection: Connection, community: str, subscriber_id: str) -> Waiting | None:
    """The address that a subscriber wants and has not confirmed."""
    table = address_change.c
    found = sa.select(table.address, table.address_key, table.who, table.at).where(
        table.community == community, table.subscriber_id == subscriber_id
    )
    row = connection.execute(found).first()
    return Waiting(*row) if row else None


def drop_waiting(connection: Connection, community: str, subscriber_id: str) -> None:
    """Forget the address somebody wanted."""
    mine = sa.delete(address_change).where(address_change.c.community == community)
    connection.execute(mine.where(address_change.c.subscriber_id == subscriber_id))


def forget_before(connection: Connection, community: str, before: datetime) -> int:
    """Delete used links and unconfirmed addresses from before that moment; how many."""
    tables = (spent_link, address_change)
    gone = (sa.delete(one).where(one.c.community == community, one.c.at < before) for one in tables)
    return sum(connection.execute(one).rowcount for one in gone)
