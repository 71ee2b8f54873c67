"""Requests of people who sign up, from form to confirmation; no other place keeps an address nobody confirmed."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from newsletter.model.joining import Signup, SignupState, Wish
from newsletter.store.joining_tables import signup
from newsletter.store.tables import subscriber, subscription

_WISH = ("list", "address", "timezone", "language", "how", "text", "kind")
_OWN = ("id", "who", "at", "state", "version", "network")


def take_down(connection: Connection, community: str, one: Signup) -> None:
    """Write the request down as it came."""
    wish = one.wish
    row: dict[str, Any] = {name: getattr(one, name) for name in _OWN} | {name: getattr(wish, name) for name in _WISH}
    row |= {"community": community, "address_key": wish.key, "digests": list(wish.digests)}
    topics = None if wish.topics is None else list(wish.topics)
    connection.execute(sa.insert(signup).values(row | {"topics": topics}))


def in_state(connection: Connection, community: str, state: SignupState, most: int) -> tuple[Signup, ...]:
    """Requests in this state, oldest first."""
    found = sa.select(signup).where(signup.c.community == community, signup.c.state == state)
    rows = connection.execute(found.order_by(signup.c.at, signup.c.id).limit(most)).mappings()
    return tuple(_signup(row) for row in rows)


def find(connection: Connection, community: str, signup_id: str) -> Signup | None:
    """The request of this id."""
    found = sa.select(signup).where(signup.c.community == community, signup.c.id == signup_id)
    row = connection.execute(found).mappings().first()
    return _signup(row) if row else None


def move(connection: Connection, signup_id: str, before: SignupState, after: SignupState) -> bool:
    """Take the request to its next state; False where it is not in the one expected."""
    mine = sa.update(signup).where(signup.c.id == signup_id, signup.c.state == before)
    return connection.execute(mine.values(state=after)).rowcount == 1


def drop(connection: Connection, signup_id: str) -> bool:
    """Delete the request, which is answered; False where another was quicker."""
    return connection.execute(sa.delete(signup).where(signup.c.id == signup_id)).rowcount == 1


def drop_others(connection: Connection, community: str, one: Signup) -> None:
    """Delete the other requests of the same address for the same list: this one counts."""
    others = sa.delete(signup).where(
        signup.c.community == community, signup.c.who == one.who, signup.c.list == one.wish.list
    )
    connection.execute(others.where(signup.c.id != one.id))


def forget(connection: Connection, community: str, who: str) -> int:
    """Delete every request of this keyed hash; how many."""
    mine = sa.delete(signup).where(signup.c.community == community, signup.c.who == who)
    return connection.execute(mine).rowcount


def forget_before(connection: Connection, community: str, before: datetime) -> int:
    """Delete requests from before that moment, with the members they left unconfirmed; how many requests."""
    old = sa.delete(signup).where(signup.c.community == community, signup.c.at < before)
    count = connection.execute(old).rowcount
    stale = (subscription.c.community == community, subscription.c.state == "pending", subscription.c.since < before)
    people = connection.execute(sa.select(subscription.c.subscriber_id).where(*stale)).scalars().all()
    connection.execute(sa.delete(subscription).where(*stale))
    for person in people:
        alone = ~sa.exists().where(subscription.c.subscriber_id == subscriber.c.id)
        connection.execute(sa.delete(subscriber).where(subscriber.c.id == person, alone))
    return count


def _signup(row: sa.RowMapping) -> Signup:
    topics: Any = row["topics"]
    chosen: dict[str, Any] = {"key": row["address_key"], "digests": tuple(row["digests"])}
    chosen["topics"] = None if topics is None else tuple(topics)
    wish = Wish(**{name: row[name] for name in _WISH}, **chosen)
    return Signup(wish=wish, **{name: row[name] for name in _OWN})
