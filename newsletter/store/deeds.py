"""The log of deeds: lines are added, each sealed over the one before it, and read again."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from newsletter.model.deeds import Actor, DeedLine
from newsletter.store.deed_tables import deed

#: What the first line of a community is sealed over.
FIRST = ""


def add(connection: Connection, community: str, line: DeedLine) -> DeedLine:
    """Add a line to the log, with its number and its seal."""
    _alone(connection, community)
    last = _newest(connection, community)
    number, before = (last.number + 1, last.seal) if last else (1, FIRST)
    numbered = replace(line, number=number)
    sealed = replace(numbered, seal=seal_of(community, numbered, before))
    connection.execute(sa.insert(deed).values(community=community, **_row(sealed)))
    return sealed


def _alone(connection: Connection, community: str) -> None:
    """Two writers would give one number twice; SQLite has one writer anyhow."""
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtext(f"deed {community}"))))


def _newest(connection: Connection, community: str) -> DeedLine | None:
    found = sa.select(deed).where(deed.c.community == community).order_by(deed.c.number.desc()).limit(1)
    row = connection.execute(found).mappings().first()
    return _line(row) if row else None


def seal_of(community: str, line: DeedLine, before: str) -> str:
    """SHA-256 over everything the line says and the seal before it, the same on every database."""
    at = line.at.astimezone(UTC).isoformat(timespec="microseconds")
    actor = (line.actor.kind, line.actor.name, ",".join(line.actor.roles))
    words = [community, line.number, at, *actor, line.deed, line.subject, line.detail, before]
    return hashlib.sha256(json.dumps(words, ensure_ascii=True).encode()).hexdigest()


def lines(connection: Connection, community: str, since: datetime | None = None) -> Iterator[DeedLine]:
    """The lines in order, from that moment on where one is given."""
    found = sa.select(deed).where(deed.c.community == community).order_by(deed.c.number)
    if since is not None:
        found = found.where(deed.c.at >= since)
    for row in connection.execute(found, execution_options={"yield_per": 1_000}).mappings():
        yield _line(row)


def last_of(connection: Connection, community: str, name: str) -> DeedLine | None:
    """The newest line about this deed."""
    mine = sa.select(deed).where(deed.c.community == community, deed.c.deed == name)
    row = connection.execute(mine.order_by(deed.c.number.desc()).limit(1)).mappings().first()
    return _line(row) if row else None


def _row(line: DeedLine) -> dict[str, Any]:
    return {
        "number": line.number,
        "at": line.at,
        "actor_kind": line.actor.kind,
        "actor": line.actor.name,
        "roles": ",".join(line.actor.roles),
        "deed": line.deed,
        "subject": line.subject,
        "detail": line.detail,
        "seal": line.seal,
    }


def _line(row: Any) -> DeedLine:
    roles = tuple(filter(None, row["roles"].split(",")))
    actor = Actor(row["actor_kind"], row["actor"], roles)
    return DeedLine(row["at"], actor, row["deed"], row["subject"], row["detail"], row["number"], row["seal"])
