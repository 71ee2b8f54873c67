"""The provider's later reports: each is kept once, and moves its delivery only where the caller decided so."""

from dataclasses import dataclass
from datetime import UTC

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from newsletter.model.delivery import DeliveryState, Notice
from newsletter.store.engine import insert_new
from newsletter.store.tables import delivery, delivery_event


@dataclass(frozen=True, slots=True)
class Reported:
    """The delivery that a notice is about."""

    state: DeliveryState
    subscriber_id: str
    list: str


def about(connection: Connection, community: str, notice: Notice) -> Reported | None:
    """The delivery a notice speaks of; None where it is none of ours."""
    found = sa.select(delivery.c.state, delivery.c.subscriber_id, delivery.c.list).where(
        delivery.c.community == community, delivery.c.id == notice.delivery_id
    )
    row = connection.execute(found).first()
    return Reported(*row) if row else None


def keep(connection: Connection, community: str, notice: Notice, state: DeliveryState) -> bool:
    """Write the notice down, with the state it leaves the delivery in; False where it was reported before."""
    # Keyed by what it says and when, not by the provider's event id: ids were seen to change when repeated.
    key = f"{notice.kind} {notice.at.astimezone(UTC).isoformat()}"
    row = {
        "community": community,
        "delivery_id": notice.delivery_id,
        "at": notice.at,
        "kind": notice.kind,
        "state": state,
        "notice_key": key,
        "detail": notice.detail,
    }
    return connection.execute(insert_new(connection, delivery_event), row).rowcount == 1


def settle(connection: Connection, community: str, notice: Notice, old: DeliveryState, new: DeliveryState) -> bool:
    """Move the delivery on the notice's evidence; False where it is not as the decision found it."""
    mine = (delivery.c.community == community, delivery.c.id == notice.delivery_id, delivery.c.state == old)
    change = sa.update(delivery).where(*mine).values(state=new, reason=notice.detail, updated_at=notice.at)
    return connection.execute(change).rowcount == 1
