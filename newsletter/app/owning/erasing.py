"""Erasing a person: nothing that names them stays, but a keyed hash by which their address is kept out.

What no program can reach is told and not hidden: mails that left, files that were exported, backups, the outbox.
"""

from dataclasses import dataclass

from sqlalchemy.engine import Connection

from newsletter.app.accounting.deeds import note_deed
from newsletter.app.membership import Event, end_all
from newsletter.app.subscribing import read_address
from newsletter.app.workspace import Workspace
from newsletter.model.deeds import Actor
from newsletter.people.address import address_hash
from newsletter.store import erasing, subscribers, suppressions
from newsletter.store.erasing import Traces


@dataclass(frozen=True, slots=True)
class Erased:
    """What an erasure found: whether somebody had the address, and what the store's files still held of it.

    `elsewhere` names places of the workspace that keep whole mails, which are for the operator to delete.
    """

    known: bool
    traces: Traces
    elsewhere: tuple[str, ...] = ()


def erase(ws: Workspace, address: str, *, how: str = "command line") -> Erased:
    """Erase whoever has this address; who never was here is kept out from now on. SubscriberError: no address."""
    parsed = read_address(address)
    with ws.store.begin() as connection:
        known = _erase(connection, ws, parsed.address, parsed.key, how, ws.actor)
    return Erased(known, erasing.clear_traces(ws.store, (parsed.address, parsed.key)), _elsewhere(ws))


def erase_subscriber(
    connection: Connection, ws: Workspace, subscriber_id: str, how: str, actor: Actor
) -> tuple[str, str] | None:
    """Erase a subscriber inside the caller's transaction, in somebody's name.

    The words whose traces are to be cleared after it; None where there is no such subscriber.
    """
    person = subscribers.by_id(connection, ws.settings.community.id, subscriber_id)
    if person is None:
        return None
    key = subscribers.key_of(connection, ws.settings.community.id, subscriber_id) or person.address
    _erase(connection, ws, person.address, key, how, actor)
    return person.address, key


def _erase(connection: Connection, ws: Workspace, address: str, key: str, how: str, actor: Actor) -> bool:
    community, now, who = ws.settings.community.id, ws.clock(), address_hash(ws.hash_key, key)
    person = subscribers.by_key(connection, community, key)
    if person is not None:
        end_all(connection, community, person.id, Event("left", now, how), None)
    known = erasing.erase(connection, community, who, address, key)
    suppressions.add(connection, community, who, reason="erased", at=now)
    # With the hash, which is what stays of them: the deed is found again for an address that is asked about.
    subject = person.id if person else ""
    note_deed(connection, community, actor, "erased", subject, f"the address is kept out under {who}", at=now)
    return known


def _elsewhere(ws: Workspace) -> tuple[str, ...]:
    settings = ws.settings.provider
    return (str(ws.root / settings.path),) if settings.kind == "outbox" else ()
