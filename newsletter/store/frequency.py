"""How much somebody was sent lately, and what is on its way to them: questions before a correction."""

from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from newsletter.model.delivery import DeliveryState
from newsletter.store.tables import delivery, mailing

#: States in which a mail has not left, or may be leaving this very moment.
COMING: tuple[DeliveryState, ...] = ("pending", "claimed", "submitting")
#: States of a mail that will never reach anybody.
NEVER_SENT: tuple[DeliveryState, ...] = ("failed", "suppressed", "skipped", "cancelled")


def under_way(connection: Connection, community: str, list_name: str) -> frozenset[str]:
    """The subscribers to whom an issue is on its way by this list."""
    found = (
        sa.select(delivery.c.subscriber_id)
        .join_from(delivery, mailing, delivery.c.mailing_id == mailing.c.id)
        .where(mailing.c.community == community, mailing.c.kind == "issue", mailing.c.state != "cancelled")
        .where(delivery.c.list == list_name, delivery.c.state.in_(COMING))
    )
    return frozenset(connection.execute(found).scalars())


def corrections_since(connection: Connection, community: str, moment: datetime) -> Mapping[str, int]:
    """How many corrections each subscriber was planned to get since then, by any list; who got none is missing."""
    found = (
        sa.select(delivery.c.subscriber_id, sa.func.count())
        .join_from(delivery, mailing, delivery.c.mailing_id == mailing.c.id)
        .where(mailing.c.community == community, mailing.c.kind == "correction", mailing.c.planned_at >= moment)
        .where(delivery.c.state.not_in(NEVER_SENT))
        .group_by(delivery.c.subscriber_id)
    )
    return {row[0]: row[1] for row in connection.execute(found)}
