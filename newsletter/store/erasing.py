"""Taking a person out of the store: their row, what waits for them, and every free word that may name them.

The ledger and the consent log stay: they know a person by a random id and by a keyed hash. Whoever reads them after
that learns that somebody was written to, and not who.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from newsletter.store.handle import Store
from newsletter.store.joining_tables import service_mail, signup
from newsletter.store.tables import (
    address_change,
    attempt_item,
    consent,
    delivery,
    delivery_event,
    subscriber,
    suppression,
)

#: Bytes of a file that are looked through at once.
_CHUNK = 1 << 22


@dataclass(frozen=True, slots=True)
class Traces:
    """What the files of the store still hold after an erasure: `left` places, and whether they were `rebuilt`.

    `left` is None for a database whose files are not ours to look into.
    """

    left: int | None
    rebuilt: bool = False


def erase(connection: Connection, community: str, who: str, address: str, key: str) -> bool:
    """Delete whoever has this address, and every word that names it; False where it was nobody's."""
    mine = sa.select(subscriber.c.id).where(subscriber.c.community == community, subscriber.c.address_key == key)
    subscriber_id = connection.execute(mine).scalar()
    if subscriber_id is not None:
        _blank_about(connection, community, subscriber_id)
        for table, column in ((service_mail, service_mail.c.subscriber_id), (subscriber, subscriber.c.id)):
            theirs = sa.delete(table).where(table.c.community == community, column == subscriber_id)
            connection.execute(theirs)
    for table in (signup, address_change):
        connection.execute(sa.delete(table).where(table.c.community == community, table.c.who == who))
    sent_there = sa.func.lower(service_mail.c.address).in_({address.lower(), key.lower()})
    connection.execute(sa.delete(service_mail).where(service_mail.c.community == community, sent_there))
    _blank_of_hash(connection, community, who)
    for word in {address.lower(), key.lower()}:
        _blank_naming(connection, community, word)
    return subscriber_id is not None


def _blank_about(connection: Connection, community: str, subscriber_id: str) -> None:
    """The words of providers about this subscriber's deliveries: refusals love to repeat the address."""
    theirs = sa.select(delivery.c.id).where(
        delivery.c.community == community, delivery.c.subscriber_id == subscriber_id
    )
    for table, column in ((delivery_event, "detail"), (attempt_item, "detail"), (attempt_item, "provider_id")):
        change = sa.update(table).where(table.c.delivery_id.in_(theirs), table.c[column] != "")
        connection.execute(change.values({column: ""}))
    reasons = sa.update(delivery).where(delivery.c.community == community, delivery.c.reason != "")
    connection.execute(reasons.where(delivery.c.subscriber_id == subscriber_id).values(reason=""))


def _blank_of_hash(connection: Connection, community: str, who: str) -> None:
    for table in (consent, suppression):
        change = sa.update(table).where(table.c.community == community, table.c.who == who, table.c.detail != "")
        connection.execute(change.values(detail=""))


def _blank_naming(connection: Connection, community: str, word: str) -> None:
    """Words anywhere else that spell the address, such as an operator's reason for removing somebody else."""
    named = [(consent, "detail"), (suppression, "detail"), (delivery_event, "detail"), (attempt_item, "detail")]
    for table, column in [*named, (delivery, "reason")]:
        spelt = sa.func.lower(table.c[column]).contains(word, autoescape=True)
        change = sa.update(table).where(table.c.community == community, spelt)
        connection.execute(change.values({column: ""}))


def clear_traces(store: Store, words: tuple[str, ...]) -> Traces:
    """Bring the write-ahead log into the file and look both through; what is left is rebuilt away (SQLite).

    secure_delete has overwritten what was deleted; a rebuild (VACUUM) takes away what a store from before that kept.
    Where several communities share the store, what is left may be another's, of which this one learns nothing.
    """
    path = store.engine.url.database
    if store.engine.dialect.name != "sqlite" or path in (None, "", ":memory:"):
        return Traces(None)
    needles = tuple({form.encode().lower() for word in words if word for form in (word, word.lower())})
    raw = store.engine.raw_connection()
    try:
        _run(raw, "PRAGMA wal_checkpoint(TRUNCATE)")
        if not _occurrences(Path(str(path)), needles):
            return Traces(None if _is_shared(store) else 0)
        _run(raw, "VACUUM")
        _run(raw, "PRAGMA wal_checkpoint(TRUNCATE)")
        left = None if _is_shared(store) else _occurrences(Path(str(path)), needles)
        return Traces(left, rebuilt=True)
    finally:
        raw.close()


def _is_shared(store: Store) -> bool:
    """Whether more than one community has people in it."""
    with store.read() as connection:
        found = sa.select(sa.func.count(sa.distinct(subscriber.c.community)))
        return bool(connection.execute(found).scalar_one() > 1)


def _run(raw: Any, statement: str) -> None:
    raw.cursor().execute(statement).fetchall()


def _occurrences(path: Path, needles: tuple[bytes, ...]) -> int:
    files = (path, path.with_name(path.name + "-wal"), path.with_name(path.name + "-journal"))
    return sum(_in_file(file, needle) for file in files if file.exists() for needle in needles)


def _in_file(path: Path, needle: bytes) -> int:
    """How often a file holds the word, in any case; what lies across two chunks is counted once."""
    found, tail = 0, b""
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            text = tail + chunk.lower()
            found += text.count(needle)
            tail = text[-(len(needle) - 1) :] if len(needle) > 1 else b""
    return found
