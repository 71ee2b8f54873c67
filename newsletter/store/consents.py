"""The append-only proof of consent; the database itself refuses to change or delete a line."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from newsletter.model.people import Consent
from newsletter.store.tables import consent

_LINE = ("who", "list", "action", "at", "how", "text", "detail", "version", "network", "given_at")


def append(connection: Connection, community: str, lines: Sequence[Consent]) -> None:
    """Write these lines behind what stands there."""
    rows = [
        {
            "community": community,
            "who": line.who,
            "list": line.list,
            "action": line.action,
            "at": line.at,
            "how": line.how,
            "text": line.text,
            "detail": line.detail,
            "version": line.version,
            "network": line.network,
            "given_at": line.given_at,
        }
        for line in lines
    ]
    if rows:
        connection.execute(sa.insert(consent), rows)


def of(connection: Connection, community: str, who: str) -> tuple[Consent, ...]:
    """Every line about this keyed hash, in the order written."""
    columns = [consent.c[name] for name in _LINE]
    found = sa.select(*columns).where(consent.c.community == community, consent.c.who == who).order_by(consent.c.id)
    return tuple(consent_of(row) for row in connection.execute(found).mappings())


def consent_of(row: sa.RowMapping) -> Consent:
    """The line of a row that has its columns."""
    return Consent(**{name: row[name] for name in _LINE})
