"""What an operator should know of: one row for each thing it is about, however often it happens."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from newsletter.model.joining import Alert
from newsletter.store.engine import insert_new
from newsletter.store.joining_tables import alert


def sound(connection: Connection, community: str, one: Alert) -> bool:
    """Write the alert down; False where it stands already."""
    row = {"community": community, "kind": one.kind, "about": one.about, "at": one.at, "text": one.text}
    return connection.execute(insert_new(connection, alert), row).rowcount == 1


def since(connection: Connection, community: str, moment: datetime) -> tuple[Alert, ...]:
    """The alerts from that moment on, newest first."""
    found = (
        sa.select(alert.c.kind, alert.c.about, alert.c.at, alert.c.text)
        .where(alert.c.community == community, alert.c.at >= moment)
        .order_by(alert.c.id.desc())
    )
    return tuple(Alert(**row) for row in connection.execute(found).mappings())
