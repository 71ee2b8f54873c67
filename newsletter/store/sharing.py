"""Who believes whose bounces and complaints: communities of one store that chose to, and whose hashes compare."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from newsletter.store.sharing_tables import suppression_sharing as sharing


def key_print_of(connection: Connection, community: str) -> str:
    """Under which key the community takes part; empty where it does not."""
    found = sa.select(sharing.c.key_print).where(sharing.c.community == community)
    return connection.execute(found).scalar() or ""


def join(connection: Connection, community: str, key_print: str, at: datetime) -> None:
    """Let the community take part from now on, under this key."""
    leave(connection, community)
    row = {"community": community, "key_print": key_print, "since": at}
    connection.execute(sa.insert(sharing).values(row))


def leave(connection: Connection, community: str) -> None:
    """Let the community take part no more; what it was told until now stays."""
    connection.execute(sa.delete(sharing).where(sharing.c.community == community))


def neighbours(connection: Connection, community: str) -> tuple[str, ...]:
    """The other communities that take part under the same key; none where this one does not."""
    mine = key_print_of(connection, community)
    found = sa.select(sharing.c.community).where(sharing.c.key_print == mine, sharing.c.community != community)
    return tuple(connection.execute(found.order_by(sharing.c.community)).scalars()) if mine else ()


def strangers(connection: Connection, community: str) -> tuple[str, ...]:
    """The communities that take part under another key, whose hashes this one cannot read."""
    mine = key_print_of(connection, community)
    found = sa.select(sharing.c.community).where(sharing.c.key_print != mine)
    return tuple(connection.execute(found.order_by(sharing.c.community)).scalars()) if mine else ()
