"""Service mails that were asked for: each request once, and what the ledger needs of it when it is sent."""

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from newsletter.model.ledger import Mailing
from newsletter.model.service import AskedMail, ServiceMail
from newsletter.store.engine import insert_new
from newsletter.store.joining_tables import service_mail
from newsletter.store.tables import delivery, mailing

UNDER_WAY = ("pending", "claimed", "submitting")
_MAIL = ("name", "subscriber_id", "list", "purpose", "scope", "address", "language")


def ask(connection: Connection, community: str, mail: ServiceMail, request: str, at: datetime) -> bool:
    """Write down that the mail is wanted; False, and nothing written, where this request stands already."""
    row = {name: getattr(mail, name) for name in _MAIL} | {"community": community, "request": request, "at": at}
    return connection.execute(insert_new(connection, service_mail), row).rowcount == 1


def not_planned(connection: Connection, community: str, most: int) -> tuple[AskedMail, ...]:
    """The mails that no delivery stands for yet, in the order asked for."""
    found = (
        sa.select(service_mail.c.id, service_mail.c.at, *(service_mail.c[name] for name in _MAIL))
        .where(service_mail.c.community == community, service_mail.c.delivery_id == "")
        .order_by(service_mail.c.id)
        .limit(most)
    )
    return tuple(AskedMail(row["id"], _mail(row), row["at"]) for row in connection.execute(found).mappings())


def planned(connection: Connection, asked: int, delivery_id: str) -> bool:
    """Tie the mail to its delivery; False where another was quicker."""
    mine = sa.update(service_mail).where(service_mail.c.id == asked, service_mail.c.delivery_id == "")
    return connection.execute(mine.values(delivery_id=delivery_id)).rowcount == 1


def is_planned(connection: Connection, delivery_id: str) -> bool:
    """Whether the ledger holds this delivery."""
    found = sa.select(delivery.c.id).where(delivery.c.id == delivery_id)
    return connection.execute(found).first() is not None


def of_deliveries(connection: Connection, delivery_ids: Collection[str]) -> dict[str, ServiceMail]:
    """What was asked for, by delivery; what was forgotten meanwhile is missing."""
    found = sa.select(service_mail.c.delivery_id, *(service_mail.c[name] for name in _MAIL)).where(
        service_mail.c.delivery_id.in_(delivery_ids)
    )
    return {row["delivery_id"]: _mail(row) for row in connection.execute(found).mappings()}


def open_mailings(connection: Connection, community: str, now: datetime) -> tuple[Mailing, ...]:
    """Mailings of service mails with something due, or with nothing under way any more, oldest first."""
    mine = delivery.c.mailing_id == mailing.c.id
    due = sa.exists().where(mine, delivery.c.state == "pending", delivery.c.not_before <= now)
    under_way = sa.exists().where(mine, delivery.c.state.in_(UNDER_WAY))
    found = (
        sa.select(*mailing.c)
        .where(mailing.c.community == community, mailing.c.kind == "service", mailing.c.state == "sending")
        .where(sa.or_(due, ~under_way))
        .order_by(mailing.c.id)
    )
    return tuple(Mailing(**row) for row in connection.execute(found).mappings())


def finish(connection: Connection, mailing_id: int) -> bool:
    """Call the mailing sent where nothing of it is under way; True where it is. It opens again for the next mail."""
    under_way = sa.exists().where(delivery.c.mailing_id == mailing.c.id, delivery.c.state.in_(UNDER_WAY))
    over = sa.update(mailing).where(mailing.c.id == mailing_id, mailing.c.state == "sending", ~under_way)
    return connection.execute(over.values(state="sent")).rowcount == 1


def drop(connection: Connection, asked: int) -> None:
    """Delete a request that nobody can be answered for."""
    connection.execute(sa.delete(service_mail).where(service_mail.c.id == asked))


def forget(connection: Connection, community: str, subscriber_id: str) -> int:
    """Delete what was asked for by this subscriber: what is not sent yet is not sent any more. How many."""
    mine = sa.delete(service_mail).where(
        service_mail.c.community == community, service_mail.c.subscriber_id == subscriber_id
    )
    return connection.execute(mine).rowcount


def forget_before(connection: Connection, community: str, before: datetime) -> int:
    """Delete what was asked for before that moment; the ledger keeps what became of it. How many."""
    old = sa.delete(service_mail).where(service_mail.c.community == community, service_mail.c.at < before)
    return connection.execute(old).rowcount


def _mail(row: sa.RowMapping) -> ServiceMail:
    return ServiceMail(**{name: row[name] for name in _MAIL})
