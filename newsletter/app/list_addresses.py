"""Lists that are one mailing-list address: such a list is a reader like a person, and nobody's own.

It stands in the ledger under `list:NAME`, gets one mail for all its members, and remembers what it was told.
"""

from collections.abc import Iterator, Sequence

from sqlalchemy.engine import Connection

from newsletter.app.workspace import Workspace
from newsletter.delivery.planning import Reader, Wanted
from newsletter.model.issue import Choices
from newsletter.model.ledger import Due
from newsletter.model.workspace import Settings
from newsletter.people.address import address_hash, parse_address
from newsletter.store import mailings, suppressions

PREFIX = "list:"


def lists_with_address(settings: Settings, digest: str) -> tuple[str, ...]:
    """The lists to whose address every issue of the digest goes: those that offer it, and its own."""
    own = settings.digests[digest].list
    return tuple(
        name for name, entry in settings.lists.items() if entry.address and (name == own or digest in entry.digests)
    )


def address_reader(connection: Connection, ws: Workspace, name: str, *, fresh: bool = False) -> Iterator[Reader]:
    """The list as a reader, if its address may be written to; `fresh` leaves out what it was told before."""
    if _barred(connection, ws, name):
        return
    known = {} if fresh else mailings.baselines(connection, ws.settings.community.id, name)
    yield Reader(PREFIX + name, Wanted(shared_choices(ws.settings, name), known.get(PREFIX + name)), name)


def shared_choices(settings: Settings, name: str) -> Choices:
    """How a whole list reads: all topics, at the community's clock and in its language, and short."""
    home = settings.community
    return Choices(home.timezone, language=home.language, density="compact", list=name, shared=True)


def with_addresses(connection: Connection, ws: Workspace, due: Sequence[Due], digest: str) -> tuple[Due, ...]:
    """The due deliveries, those to lists with the address that the settings name now."""
    return tuple(
        _addressed(connection, ws, one, digest) if one.subscriber_id.startswith(PREFIX) else one for one in due
    )


def _addressed(connection: Connection, ws: Workspace, due: Due, digest: str) -> Due:
    settings = ws.settings.lists.get(due.subscriber_id.removeprefix(PREFIX))
    if settings is None or not settings.address:
        return due
    barred = _barred(connection, ws, due.list)
    name = settings.title
    return due._replace(
        address=settings.address, name=name, subscription="active", digests=(digest,), suppressed=barred
    )


def _barred(connection: Connection, ws: Workspace, name: str) -> str:
    """Why an operator forbade the list's address; empty where nobody did."""
    who = address_hash(ws.hash_key, parse_address(ws.settings.lists[name].address).key)
    return suppressions.reason_of(connection, ws.settings.community.id, who)
