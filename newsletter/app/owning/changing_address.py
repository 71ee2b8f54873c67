"""Another address for the same person: by an operator's hand with a reason, or by its owner, who confirms it.

The consent log of the old address goes on under the new one's hash, so that the proof of what was agreed to, and
when, moves along.
"""

from dataclasses import replace

from sqlalchemy.engine import Connection

from newsletter.app.accounting.deeds import note
from newsletter.app.membership import Event
from newsletter.app.subscribing import SubscriberError, find_subscriber, read_address
from newsletter.app.workspace import Workspace
from newsletter.model.people import Consent, Subscriber
from newsletter.people.address import Address, address_hash
from newsletter.store import consents, subscribers, suppressions

#: Suppressions that hold for a person and not for a mailbox: another address does not lift them.
OF_THE_PERSON = ("complained", "operator", "erased")


def change_address(ws: Workspace, old: str, new: str, *, reason: str = "", how: str = "command line") -> Subscriber:
    """Give a subscriber another address, which keeps their lists; the log is told under both, with the reason.

    SubscriberError where the new address is somebody else's or suppressed, or the person is not to be written to.
    """
    parsed = read_address(new)
    event = Event("moved", ws.clock(), how, detail=reason)
    with ws.store.begin() as connection:
        subscriber, old_who = find_subscriber(connection, ws, old)
        barred = suppressions.reason_of(connection, ws.settings.community.id, old_who)
        if barred in OF_THE_PERSON:
            raise SubscriberError(f"{old} is suppressed ({barred}): whoever has it is not to be written to")
        note(connection, ws, "address changed", subscriber.id)
        return move(connection, ws, subscriber, old_who, parsed, event)


def move(
    connection: Connection, ws: Workspace, subscriber: Subscriber, old_who: str, new: Address, event: Event
) -> Subscriber:
    """Change the address inside the caller's transaction; SubscriberError where it cannot be."""
    community, who = ws.settings.community.id, address_hash(ws.hash_key, new.key)
    problem = why_not(connection, ws, subscriber.id, new, who) if who != old_who else ""
    if problem:
        raise SubscriberError(problem)
    subscribers.change_address(connection, community, subscriber.id, address=new.address, key=new.key, who=who)
    if who != old_who:
        _carry_over(connection, community, subscriber.id, old_who, who, event)
    return subscribers.by_id(connection, community, subscriber.id) or subscriber


def why_not(connection: Connection, ws: Workspace, subscriber_id: str, new: Address, who: str) -> str:
    """Why the subscriber cannot have this address; empty where they can."""
    community = ws.settings.community.id
    taken = subscribers.by_key(connection, community, new.key)
    if taken is not None and taken.id != subscriber_id:
        return f"{new.address} belongs to another subscriber already"
    if suppressions.reason_of(connection, community, who):
        return f"{new.address} is suppressed: nothing may be sent to it"
    return ""


def _carry_over(
    connection: Connection, community: str, subscriber_id: str, old_who: str, who: str, event: Event
) -> None:
    """The lines of the old address under the new one's hash, and under both that it changed."""
    lines = [replace(line, who=who) for line in consents.of(connection, community, old_who)]
    mine = subscribers.subscriptions_of(connection, community, subscriber_id)
    for whose in (old_who, who):
        lines += [Consent(whose, one.list, "moved", event.at, event.how, detail=event.detail) for one in mine]
    consents.append(connection, community, lines)
