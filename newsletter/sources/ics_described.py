"""A zone that only a VTIMEZONE describes (RFC 5545, 3.6.5), recognised by its clock: offsets and changes alike.

"Customized Time Zone" says nothing, but its rules say when its clock changes, and that tells which zone is meant.
"""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from newsletter.dates.rules import RuleError, expand, parse_rule
from newsletter.dates.zones import common_zones
from newsletter.sources.ics_split import Component
from newsletter.sources.stamps import read_stamp

_OFFSET = re.compile(r"([+-])(\d\d)(\d\d)(?:\d\d)?")
#: Two years of Wednesdays: what changes its clock on another weekend than these zones do is another zone.
_FIRST, _LAST = datetime.fromisoformat("2026-01-07T12:00"), datetime.fromisoformat("2027-12-29T12:00")
_LONG_AGO = datetime.fromisoformat("2024-12-01T00:00")
_UTC = ZoneInfo("UTC")

Change = tuple[datetime, timedelta]


def zone_like(component: Component, home: ZoneInfo) -> ZoneInfo | None:
    """The zone that shows the same clock throughout 2026 and 2027: `home` if it does, else the best known one."""
    changes = sorted(change for part in component.parts for change in _changes(part))
    if not changes:
        return None
    if len(component.parts) > 1 and not any(part.value("RRULE") or part.value("RDATE") for part in component.parts):
        # Two seasons, but not when they change: only the community's own zone may be recognised by so little.
        return home if {offset for _, offset in changes} == _seasons(home) else None
    clock = list(_clock(changes))
    same = (zone for zone in (home, *common_zones()) if all(zone.utcoffset(at) == offset for at, offset in clock))
    return next(same, None)


def _seasons(zone: ZoneInfo) -> set[timedelta | None]:
    return {zone.utcoffset(_FIRST), zone.utcoffset(_FIRST + timedelta(days=182))}


def _clock(changes: list[Change]) -> Iterator[Change]:
    """The offset on each of the days looked at."""
    at, position = _FIRST, 0
    while at <= _LAST:
        while position + 1 < len(changes) and changes[position + 1][0] <= at:
            position += 1
        yield at, changes[position][1]
        at += timedelta(days=7)


def _changes(part: Component) -> Iterator[Change]:
    """When a STANDARD or DAYLIGHT part begins to count, on its own wall clock, and the offset from then on."""
    start, offset = read_stamp(part.value("DTSTART")), _offset(part.value("TZOFFSETTO"))
    if start is None or offset is None:
        return
    yield start.wall, offset
    for line in part.lines:
        if line.name == "RRULE":
            yield from ((when, offset) for when in _onsets(line.value, start.wall))
        elif line.name == "RDATE":
            stamps = map(read_stamp, line.value.split(",")[:100])
            yield from ((stamp.wall, offset) for stamp in stamps if stamp)


def _onsets(rule: str, start: datetime) -> list[datetime]:
    try:
        return list(expand(parse_rule(rule), start, max(start, _LONG_AGO), _LAST, _UTC))[:100]
    except RuleError:
        return []


def _offset(text: str) -> timedelta | None:
    found = _OFFSET.fullmatch(text)
    if found is None:
        return None
    size = timedelta(hours=int(found[2]), minutes=int(found[3]))
    return -size if found[1] == "-" else size
