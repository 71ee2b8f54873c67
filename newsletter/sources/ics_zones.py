"""The zones of one calendar: whatever it calls them, never silently floating (RFC 5545, 3.2.19, and what is sent)."""

from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from newsletter.dates.zones import find_zone
from newsletter.model.when import TzSource
from newsletter.model.workspace import SourceSettings
from newsletter.sources.ics_described import zone_like
from newsletter.sources.ics_split import Calendar, Component
from newsletter.sources.report import Report

#: So many zones of its own no calendar needs; each takes a moment to recognise.
MAX_DESCRIBED = 100


@dataclass(slots=True)
class CalendarZones:
    """How the calendar's TZIDs are read; `home` is that of times without one, `named` whether the file says so."""

    home: ZoneInfo
    named: bool
    described: dict[str, Component] = field(default_factory=dict)
    known: dict[str, tuple[ZoneInfo | None, bool]] = field(default_factory=dict)

    def find(self, tzid: str, report: Report, line: int) -> tuple[ZoneInfo, TzSource]:
        """The zone of a TZID; one that cannot be told is an error, and `home` stands in for it."""
        if tzid not in self.known:
            named = find_zone(tzid)
            self.known[tzid] = named or self._described(tzid), named is not None
        zone, is_named = self.known[tzid]
        if zone is None:
            text = f"{tzid!r} is no time zone that is known; write one such as {self.home.key!r}."
            report.error("E-TZ", text, line)
            return self.home, "source_default"
        if not is_named:
            report.info("I-TZ", f"{tzid!r} was taken for {zone.key}, whose clock it describes.", line)
        return zone, "iana"

    def _described(self, tzid: str) -> ZoneInfo | None:
        """By the location or the clock that the file's own VTIMEZONE gives."""
        component = self.described.get(tzid)
        if component is None or len(self.known) > MAX_DESCRIBED:
            return None
        return find_zone(component.value("X-LIC-LOCATION")) or zone_like(component, self.home)


def calendar_zones(calendar: Calendar, source: SourceSettings, default: str, report: Report) -> CalendarZones:
    """The zone set for the source, else the calendar's own X-WR-TIMEZONE, else the community's."""
    stated = calendar.properties.get("X-WR-TIMEZONE", "")
    own = find_zone(stated) if stated else None
    if stated and own is None:
        report.warning("W-TZ", f"X-WR-TIMEZONE:{stated} is no time zone that is known.")
    home = (find_zone(source.naive) if source.naive else None) or own or find_zone(default) or ZoneInfo("UTC")
    described = {component.value("TZID").strip('"'): component for component in calendar.zones}
    return CalendarZones(home, bool(own or source.naive), described)
