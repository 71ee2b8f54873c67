"""Everybody who remembers something of an issue, and why some of them may not be written to any more."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy.engine import Connection

from newsletter.app.list_addresses import PREFIX, address_reader
from newsletter.app.workspace import Workspace
from newsletter.store import mailings, subscribers


@dataclass(frozen=True, slots=True)
class Knower:
    """A reader of a list and the name of what they remember; `bar` is why they may not be written to, or empty."""

    subscriber_id: str
    list: str
    memory: str
    bar: str = ""


def knowers(connection: Connection, ws: Workspace) -> Iterator[Knower]:
    """List by list, everybody who had an issue of it, those included who have gone since."""
    community = ws.settings.community.id
    for name in ws.settings.lists:
        standing = _standing(connection, ws, name)
        for one, baseline in sorted(mailings.baselines(connection, community, name).items()):
            if baseline.memory:
                yield Knower(one, name, baseline.memory, standing.get(one, "not on the list any more"))


def _standing(connection: Connection, ws: Workspace, name: str) -> Mapping[str, str]:
    """Why each member of the list may not be written to; nothing where they may."""
    community = ws.settings.community.id
    barred = subscribers.suppressed(connection, community)
    found = {
        person.id: "suppressed" if person.id in barred else "" if one.state == "active" else one.state
        for person, one in subscribers.members(connection, community, name)
    }
    if ws.settings.lists[name].address:
        found[PREFIX + name] = "" if any(address_reader(connection, ws, name)) else "suppressed"
    return found
