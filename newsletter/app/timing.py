"""Which moment is meant: `--at` on the command line, and the slot a digest has then."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from newsletter.app.workspace import Workspace
from newsletter.dates.cadence.slots import slots
from newsletter.dates.cadence.windows import window_of
from newsletter.dates.term_presets import terms_between
from newsletter.dates.terms import Terms
from newsletter.dates.zones import localise
from newsletter.model.issue import Slot, Window
from newsletter.model.workspace import DigestSettings
from newsletter.store import slots as slot_rows

#: Terms are not reckoned beyond what a date can say.
LAST_YEAR = 9998


class UsageError(Exception):
    """The command was asked for something that is not there; the message says what is."""


def home_zone(ws: Workspace) -> ZoneInfo:
    """The community's zone."""
    return ZoneInfo(ws.settings.community.timezone)


def read_at(ws: Workspace, text: str | None) -> datetime:
    """`--at`: a date is 00:00 of that day in the community's zone, a time without an offset is of that zone too."""
    if text is None:
        return ws.clock()
    try:
        moment = (
            datetime.combine(date.fromisoformat(text), time()) if len(text) == 10 else datetime.fromisoformat(text)
        )
    except ValueError:
        raise UsageError(f"--at {text!r} is not a date; write 2026-12-04 or 2026-12-04T09:00") from None
    return moment if moment.tzinfo else localise(moment, home_zone(ws))


def at_moment(ws: Workspace, text: str | None) -> Workspace:
    """The workspace with its clock standing at `--at`, or as it is where none was given."""
    moment = read_at(ws, text)
    return replace(ws, clock=lambda: moment) if text else ws


def find_digest(ws: Workspace, name: str) -> DigestSettings:
    """The digest's definition; UsageError lists the names there are."""
    digest = ws.settings.digests.get(name)
    if digest is None:
        raise UsageError(
            f"there is no digest {name!r}; config.toml defines {', '.join(ws.settings.digests) or 'none'}"
        )
    return digest


def upcoming(ws: Workspace, name: str, at: datetime) -> Iterator[Slot]:
    """The digest's slots at or after `at`, ascending."""
    digest = find_digest(ws, name)
    return slots(name, digest, zone=home_zone(ws), terms=terms_around(ws, at, ahead=100), after=at)


def terms_around(ws: Workspace, at: datetime, *, ahead: int = 2) -> Terms:
    """The workspace's own terms, and its preset's from the year before `at` to so many years ahead."""
    year, settings = at.astimezone(home_zone(ws)).year, ws.settings
    return terms_between(settings.terms, settings.terms_preset, max(1, year - 1), min(year + ahead, LAST_YEAR))


def slot_for(ws: Workspace, name: str, at: datetime) -> Slot:
    """The first slot at or after `at`, as the ledger has it; a digest without a cadence has one at `at` itself."""
    slot = next(iter(upcoming(ws, name, at)), None)
    return as_known(ws, slot or _manual_slot(ws, name, at))


def as_known(ws: Workspace, slot: Slot) -> Slot:
    """The slot with its window as the ledger has it.

    It begins earlier where a missed issue was merged into this one, and where the digest tells what came up since the
    last issue, on the day of the last one that went out.
    """
    community, zone = ws.settings.community.id, home_zone(ws)
    digest = find_digest(ws, slot.digest)
    with ws.store.read() as connection:
        merged = slot_rows.covers_from(connection, community, slot.key)
        last = slot_rows.last_sent(connection, community, slot.digest, slot.send_at)
    window = window_of(digest, slot.send_at, zone, terms_around(ws, slot.send_at), last)
    start = min(window.start, merged.astimezone(zone)) if merged else window.start
    return replace(slot, window=Window(start, window.end))


def _manual_slot(ws: Workspace, name: str, at: datetime) -> Slot:
    digest = find_digest(ws, name)
    if digest.cadence.strip() != "manual":
        raise UsageError(
            f"digest {name!r} ({digest.cadence}) has no slot after {at:%Y-%m-%d}; are its terms defined?"
        )
    local = at.astimezone(home_zone(ws))
    window = window_of(digest, local, home_zone(ws), terms_around(ws, at), None)
    return Slot(name, f"{name}-{local.date()}", local, local, window)
