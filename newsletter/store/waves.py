"""How many deliveries of a mailing leave when."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from newsletter.store.tables import delivery, subscriber

#: What has not been handed over yet.
_TO_LEAVE = ("pending", "claimed", "submitting")
#: What was never to be sent, and so belongs to no wave.
_NEVER = ("skipped", "suppressed", "cancelled")


def counts(connection: Connection, mailing_id: int) -> tuple[tuple[datetime, str, int, int], ...]:
    """(not before, reader's zone as it is now or empty, deliveries, of which have not left), by time and zone."""
    zone = sa.func.coalesce(subscriber.c.timezone, "").label("zone")
    to_leave = sa.func.sum(sa.case((delivery.c.state.in_(_TO_LEAVE), 1), else_=0))
    found = (
        sa.select(delivery.c.not_before, zone, sa.func.count(), to_leave)
        .select_from(delivery.outerjoin(subscriber, subscriber.c.id == delivery.c.subscriber_id))
        .where(delivery.c.mailing_id == mailing_id, delivery.c.state.not_in(_NEVER))
        .group_by(delivery.c.not_before, zone)
        .order_by(delivery.c.not_before, zone)
    )
    return tuple((row[0], row[1], row[2], int(row[3])) for row in connection.execute(found))
