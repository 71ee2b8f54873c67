"""What the store remembers of one person: what was sent to them, with everything that became of it."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from newsletter.store.joining_tables import service_mail, signup
from newsletter.store.lines import lines_of
from newsletter.store.tables import delivery, mailing

Rows = list[dict[str, Any]]


def deliveries_of(connection: Connection, community: str, subscriber_id: str) -> Rows:
    """Every delivery with its mailing, state, reason and events, in the order planned."""
    found = (
        sa.select(
            delivery.c.id,
            mailing.c.kind,
            mailing.c.key,
            delivery.c.list,
            delivery.c.state,
            delivery.c.reason,
            mailing.c.planned_at,
            delivery.c.updated_at,
        )
        .join_from(delivery, mailing, delivery.c.mailing_id == mailing.c.id)
        .where(delivery.c.community == community, delivery.c.subscriber_id == subscriber_id)
        .order_by(mailing.c.id)
    )
    rows = [dict(row) for row in connection.execute(found).mappings()]
    mine = sa.select(delivery.c.id).where(
        delivery.c.community == community, delivery.c.subscriber_id == subscriber_id
    )
    events = lines_of(connection, mine)
    return [row | {"events": events.get(row["id"], [])} for row in rows]


def service_mails_of(connection: Connection, community: str, subscriber_id: str) -> Rows:
    """The mails about their own subscription that were asked for."""
    columns = (service_mail.c.name, service_mail.c.list, service_mail.c.address, service_mail.c.at)
    found = sa.select(*columns).where(
        service_mail.c.community == community, service_mail.c.subscriber_id == subscriber_id
    )
    return [dict(row) for row in connection.execute(found.order_by(service_mail.c.id)).mappings()]


def signups_of(connection: Connection, community: str, who: str) -> Rows:
    """What was typed into a form under the address of this keyed hash and is not forgotten yet."""
    found = sa.select(signup).where(signup.c.community == community, signup.c.who == who).order_by(signup.c.at)
    return [dict(row) for row in connection.execute(found).mappings()]
