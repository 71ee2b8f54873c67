"""Zone waves: a digest with `send_at = "reader"` reaches each reader at the slot's wall clock in their own zone."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.engine import Connection

from newsletter.app.timing import find_digest, home_zone
from newsletter.app.workspace import Workspace
from newsletter.dates.spans import parse_span
from newsletter.dates.waves import wave_time
from newsletter.dates.zones import find_zone
from newsletter.model.ledger import IssueRow
from newsletter.store import mailings, subscribers, waves


@dataclass(frozen=True, slots=True)
class Wave:
    """The deliveries that leave at one moment (community's zone), how many have not yet, and their zones."""

    at: datetime
    zones: tuple[str, ...]
    planned: int
    left: int


def by_readers_clock(ws: Workspace, row: IssueRow) -> bool:
    """Whether the mailing leaves by each reader's own clock; a correction or a one-off never does."""
    return row.kind == "issue" and find_digest(ws, row.digest).send_at == "reader"


def leaving(ws: Workspace, row: IssueRow, zones: Iterable[str]) -> dict[str, datetime]:
    """The moment at which readers of each zone get the issue; nothing where it leaves for all at once."""
    if not by_readers_clock(ws, row):
        return {}
    return {zone: _moment(ws, row.digest, row.send_at, zone) for zone in set(zones)}


def opening(ws: Workspace, digest: str, send_at: datetime) -> datetime:
    """When the first reader gets the issue of this slot: its own moment, or before it that of a zone in the east."""
    rule, home = find_digest(ws, digest), ws.settings.community
    if rule.send_at != "reader":
        return send_at
    with ws.store.read() as connection:
        zones = subscribers.zones(connection, home.id, rule.list)
    return min((_moment(ws, digest, send_at, zone or home.timezone) for zone in zones), default=send_at)


def moment_for(ws: Workspace, digest: str, send_at: datetime, zone: str) -> datetime:
    """When a reader in the zone gets the issue of this slot."""
    return _moment(ws, digest, send_at, zone) if find_digest(ws, digest).send_at == "reader" else send_at


def next_wave(ws: Workspace, key: str) -> datetime | None:
    """When the next reader of an issue that is leaving gets it (community's zone); None where nothing is pending."""
    with ws.store.read() as connection:
        mailing = mailings.find(connection, ws.settings.community.id, "issue", key)
        due = mailings.next_due(connection, mailing.id) if mailing else None
    return due.astimezone(home_zone(ws)) if due else None


def waves_of(connection: Connection, ws: Workspace, row: IssueRow, mailing_id: int) -> tuple[Wave, ...]:
    """The waves of a planned issue, by time; a zone is named where the moment is its own: readers may have moved."""
    home = home_zone(ws)
    found: dict[datetime, Wave] = {}
    for at, zone, planned, pending in waves.counts(connection, mailing_id):
        name = zone or home.key
        before = found.get(at, Wave(at.astimezone(home), (), 0, 0))
        mine = (name,) if _moment(ws, row.digest, row.send_at, name) == at else ()
        zones = tuple(sorted({*before.zones, *mine}))
        found[at] = Wave(before.at, zones, before.planned + planned, before.left + pending)
    return tuple(found[at] for at in sorted(found))


def _moment(ws: Workspace, digest: str, send_at: datetime, zone: str) -> datetime:
    home = home_zone(ws)
    return wave_time(send_at.astimezone(home), find_zone(zone) or home, _send_by(ws, digest))


def _send_by(ws: Workspace, digest: str) -> timedelta:
    return parse_span(find_digest(ws, digest).send_by)
