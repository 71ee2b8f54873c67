"""Editions as JSON text: slots by name and context, MIME bytes as Latin-1 characters, so that every byte survives."""

import json
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from newsletter.model.mail import Edition, MimeParts, Parts, SlotRef
from newsletter.store.tables import edition


def put(connection: Connection, community: str, mailing_id: int, rendered: dict[str, Edition]) -> None:
    """Store a mailing's editions, by the key that its deliveries name."""
    rows = [
        {"community": community, "mailing_id": mailing_id, "key": key, "payload": dump_edition(one)}
        for key, one in rendered.items()
    ]
    if rows:
        connection.execute(sa.insert(edition), rows)


def get(connection: Connection, mailing_id: int, key: str) -> Edition:
    """One edition as it was frozen; a delivery never names one that is not there."""
    found = sa.select(edition.c.payload).where(edition.c.mailing_id == mailing_id, edition.c.key == key)
    return load_edition(connection.execute(found).scalar_one())


def count(connection: Connection, mailing_id: int) -> int:
    """How many distinct editions a mailing has."""
    found = sa.select(sa.func.count()).select_from(edition).where(edition.c.mailing_id == mailing_id)
    return connection.execute(found).scalar_one()


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
