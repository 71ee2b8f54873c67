"""What the ledger asks of a service mail when it is sent: which it is, what its link is for, and where it goes."""

from collections.abc import Sequence

from sqlalchemy.engine import Connection

from newsletter.app.workspace import Workspace
from newsletter.model.ledger import Due
from newsletter.model.service import ServiceMail
from newsletter.people.address import address_hash, parse_address
from newsletter.store import service_mails, suppressions


def with_service_mails(connection: Connection, ws: Workspace, due: Sequence[Due]) -> tuple[Due, ...]:
    """The due deliveries with what was asked for; what was forgotten since goes to no address."""
    asked = service_mails.of_deliveries(connection, [one.delivery_id for one in due])
    return tuple(_with(connection, ws, one, asked.get(one.delivery_id)) for one in due)


def _with(connection: Connection, ws: Workspace, due: Due, mail: ServiceMail | None) -> Due:
    if mail is None:
        return due._replace(address="", service="sign_in")
    known = due._replace(service=mail.name, purpose=mail.purpose, scope=mail.scope)
    if not mail.address:
        return known
    return known._replace(address=mail.address, suppressed=_barred(connection, ws, mail.address))


def _barred(connection: Connection, ws: Workspace, address: str) -> str:
    who = address_hash(ws.hash_key, parse_address(address).key)
    return suppressions.reason_of(connection, ws.settings.community.id, who)
