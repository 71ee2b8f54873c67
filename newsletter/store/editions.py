"""Editions as JSON text: slots by name and context, MIME bytes as Latin-1 characters, so that every byte survives."""

import json
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from newsletter.model.ledger import Rendered
from newsletter.model.mail import Edition, MimeParts, Parts, SlotRef
from newsletter.store.engine import insert_new
from newsletter.store.tables import delivery, edition, memory


def put(connection: Connection, community: str, mailing_id: int, rendered: Mapping[str, Rendered]) -> None:
    """Store a mailing's editions, by the key that its deliveries name, and what their readers know afterwards."""
    rows = [_row(community, mailing_id, key, one) for key, one in rendered.items()]
    if rows:
        connection.execute(sa.insert(edition), rows)
    known = {one.memory_key: one.memory for one in rendered.values() if one.memory_key}
    memories = [{"community": community, "key": key, "payload": text} for key, text in known.items()]
    if memories:
        connection.execute(insert_new(connection, memory), memories)


def _row(community: str, mailing_id: int, key: str, one: Rendered) -> dict[str, object]:
    return {
        "community": community,
        "mailing_id": mailing_id,
        "key": key,
        "payload": dump_edition(one.edition),
        "memory": one.memory_key,
    }


def memory_text(connection: Connection, community: str, key: str) -> str | None:
    """What the readers of an edition know after it, as it was stored; None where there is none of that name."""
    found = sa.select(memory.c.payload).where(memory.c.community == community, memory.c.key == key)
    return connection.execute(found).scalar()


def get(connection: Connection, mailing_id: int, key: str) -> Edition:
    """One edition as it was frozen; a delivery never names one that is not there."""
    found = sa.select(edition.c.payload).where(edition.c.mailing_id == mailing_id, edition.c.key == key)
    return load_edition(connection.execute(found).scalar_one())


def has(connection: Connection, mailing_id: int, key: str) -> bool:
    """Whether the mailing has an edition of that name."""
    found = sa.select(edition.c.key).where(edition.c.mailing_id == mailing_id, edition.c.key == key)
    return connection.execute(found).first() is not None


def count(connection: Connection, mailing_id: int) -> int:
    """How many distinct editions a mailing has."""
    found = sa.select(sa.func.count()).select_from(edition).where(edition.c.mailing_id == mailing_id)
    return connection.execute(found).scalar_one()


def memories_of(
    connection: Connection, community: str, subscriber_id: str, list_name: str, most: int
) -> tuple[str, ...]:
    """What a subscriber was told by the last mailings of a list that were planned for them, newest first."""
    its_edition = sa.and_(edition.c.mailing_id == delivery.c.mailing_id, edition.c.key == delivery.c.edition_key)
    what = sa.and_(memory.c.community == delivery.c.community, memory.c.key == edition.c.memory)
    found = (
        sa.select(memory.c.payload)
        .select_from(delivery.join(edition, its_edition).join(memory, what))
        .where(delivery.c.community == community, delivery.c.subscriber_id == subscriber_id)
        .where(delivery.c.list == list_name)
        .order_by(delivery.c.mailing_id.desc())
        .limit(most)
    )
    return tuple(connection.execute(found).scalars())


def dump_edition(one: Edition) -> str:
    """The edition as JSON text."""
    document = {
        "key": one.key,
        "subject": one.subject,
        "preheader": one.preheader,
        "sender": one.sender,
        "reply_to": one.reply_to,
        "headers": one.headers,
        "html": [_packed(part) for part in one.html],
        "text": [_packed(part) for part in one.text],
        "mime": [_packed(part) for part in one.mime],
    }
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))


def load_edition(text: str) -> Edition:
    """The edition that `dump_edition` wrote."""
    document = json.loads(text)
    document["headers"] = tuple((name, value) for name, value in document["headers"])
    document["html"] = _decoded(document["html"])
    document["text"] = _decoded(document["text"])
    document["mime"] = _encoded(document["mime"])
    return Edition(**document)


def _packed(part: str | bytes | SlotRef) -> Any:
    if isinstance(part, SlotRef):
        return [part.name, part.context]
    return part.decode("latin-1") if isinstance(part, bytes) else part


def _decoded(parts: list[Any]) -> Parts:
    return tuple(part if isinstance(part, str) else SlotRef(*part) for part in parts)


def _encoded(parts: list[Any]) -> MimeParts:
    return tuple(part.encode("latin-1") if isinstance(part, str) else SlotRef(*part) for part in parts)
