"""Events that changed nothing, kept once each for an operator to look at, and forgotten in time."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from newsletter.model.events import Keepsake
from newsletter.store.engine import insert_new
from newsletter.store.event_tables import provider_event


def keep(connection: Connection, community: str, events: Sequence[Keepsake]) -> None:
    """Write down those that do not stand already."""
    if events:
        rows = [{"community": community, **asdict(one)} for one in events]
        connection.execute(insert_new(connection, provider_event), rows)


def newest(connection: Connection, community: str, most: int) -> tuple[Keepsake, ...]:
    """The last of them to come in, newest first."""
    names = [provider_event.c[name] for name in Keepsake.__dataclass_fields__]
    found = sa.select(*names).where(provider_event.c.community == community)
    rows = connection.execute(found.order_by(provider_event.c.id.desc()).limit(most)).mappings()
    return tuple(Keepsake(**row) for row in rows)


def counts(connection: Connection, community: str) -> dict[tuple[str, str], int]:
    """How many there are, by standing and type."""
    found = (
        sa.select(provider_event.c.standing, provider_event.c.kind, sa.func.count())
        .where(provider_event.c.community == community)
        .group_by(provider_event.c.standing, provider_event.c.kind)
    )
    return {(row[0], row[1]): row[2] for row in connection.execute(found)}


def forget_before(connection: Connection, community: str, moment: datetime) -> int:
    """Delete what came in before that moment; how many."""
    old = sa.delete(provider_event).where(
        provider_event.c.community == community, provider_event.c.received_at < moment
    )
    return connection.execute(old).rowcount
