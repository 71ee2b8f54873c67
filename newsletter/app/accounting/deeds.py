"""Writing a deed down, in the transaction of what was done, so that neither stands without the other."""

from datetime import datetime

from sqlalchemy.engine import Connection

from newsletter.app.workspace import Workspace
from newsletter.model.deeds import DEEDS, Actor, Deed, DeedLine, allows
from newsletter.redaction import redact
from newsletter.store import deeds


class RoleRefused(Exception):  # noqa: N818 - an answer, not a fault
    """Whoever acts has no role that may do this; nothing of it is done."""


def note_deed(
    connection: Connection,
    community: str,
    actor: Actor,
    deed: Deed,
    subject: str = "",
    detail: str = "",
    *,
    at: datetime,
) -> DeedLine:
    """Add to the log of deeds that `actor` did this to `subject`; the line as it was sealed.

    `subject` is an issue's key, a subscriber's id or the keyed hash of an address; `detail` is for figures and the
    program's own words. No address belongs in either, and what looks like one is taken out.
    """
    if deed not in DEEDS:
        raise ValueError(f"no such deed: {deed!r}")
    line = DeedLine(at, actor, deed, redact(subject), redact(detail))
    return deeds.add(connection, community, line)


def note(connection: Connection, ws: Workspace, deed: Deed, subject: str = "", detail: str = "") -> DeedLine:
    """Write down what whoever acts in this workspace does now, in the caller's transaction.

    RoleRefused where their role does not allow it, which undoes the transaction: no page can forget to ask.
    """
    if not allows(ws.actor, deed):
        raise RoleRefused(f"this needs the role {' or '.join(sorted(DEEDS[deed].roles)) or 'of the command line'}")
    return note_deed(connection, ws.settings.community.id, ws.actor, deed, subject, detail, at=ws.clock())


def note_alone(ws: Workspace, deed: Deed, subject: str = "", detail: str = "") -> DeedLine:
    """Write down what was done outside of the store, such as to a file."""
    with ws.store.begin("deed") as connection:
        return note(connection, ws, deed, subject, detail)
