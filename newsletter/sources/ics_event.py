"""One VEVENT read property by property; a broken property is named and not fatal.

Lines are taken apart here and not by icalendar, which reads `%2C` in a link as a comma and unescapes twice.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from newsletter.model.problem import Origin
from newsletter.model.when import TzSource
from newsletter.model.workspace import SourceSettings
from newsletter.sources.ics_split import MAX_LINES, Component, Line
from newsletter.sources.ics_zones import CalendarZones
from newsletter.sources.report import Report
from newsletter.sources.stamps import Stamp, read_duration, read_stamp

_TEXTS = frozenset(
    {"UID", "SUMMARY", "DESCRIPTION", "LOCATION", "URL", "STATUS", "CLASS", "COMMENT", "SEQUENCE", "LAST-MODIFIED"}
    | {"DTSTAMP", "DURATION", "X-GOOGLE-CONFERENCE", "X-MICROSOFT-SKYPETEAMSMEETINGURL", "CONFERENCE", "X-ALT-DESC"}
)
_NAMES = _TEXTS | {"DTSTART", "DTEND", "RECURRENCE-ID", "RRULE", "RDATE", "EXDATE", "CATEGORIES", "ORGANIZER"}
#: More dates, rules and categories than these in one event are a flood and no calendar.
MAX_DATES = 2_000
MAX_RULES = 20
MAX_CATEGORIES = 100
_NO_LENGTH = re.compile(r"\s*[+-]?P(?:0[WDHMS]|T)+\s*", re.IGNORECASE)
_UNESCAPED_COMMA = re.compile(r"(?<!\\),")
_ESCAPE = re.compile(r"\\([\\;,:nN\"])")
#: Dates hold no colon, but the zone ids before them may: TZID=tzone://Microsoft/Utc:20260708T120000.
_DATED = re.compile(r"[^;:]+(;.*)?:([0-9TZ,/PDWHMS+\- ]*)", re.IGNORECASE)
_QUOTED = re.compile(r"""[^;:"]+((?:;(?:"[^"]*"|[^":])*)?):(.*)""", re.DOTALL)
_PARAMETER = re.compile(r""";([A-Za-z0-9-]+)=("[^"]*"|[^;"]*)""")
_DATES = frozenset({"DTSTART", "DTEND", "RECURRENCE-ID", "RDATE", "EXDATE"})
_NAME = re.compile(r"[A-Za-z0-9-]+")
_UTC = ZoneInfo("UTC")


@dataclass(frozen=True, slots=True)
class Moment:
    """A date or time as the calendar gives it; `zone` is None for a date, which belongs to none."""

    stamp: Stamp
    zone: ZoneInfo | None
    source: TzSource
    line: int
    is_utc: bool = False

    @property
    def is_date(self) -> bool:
        """Whether it names a day and no time."""
        return self.stamp.is_date

    def wall(self, zone: ZoneInfo) -> datetime:
        """The naive wall clock in `zone`; of a date its midnight, in every zone."""
        if self.zone is None or self.zone.key == zone.key:
            return self.stamp.wall
        try:
            return self.stamp.wall.replace(tzinfo=self.zone).astimezone(zone).replace(tzinfo=None)
        except OverflowError:
            return self.stamp.wall


@dataclass(slots=True)
class VEvent:
    """What one VEVENT says; `report` holds what is wrong with it."""

    line: int
    report: Report
    texts: dict[str, str] = field(default_factory=dict)
    categories: list[str] = field(default_factory=list)
    organizer: str = ""
    start: Moment | None = None
    end: Moment | None = None
    end_line: int | None = None
    recurrence_id: Moment | None = None
    following: bool = False
    rules: list[str] = field(default_factory=list)
    rdates: list[Moment] = field(default_factory=list)
    exdates: list[Moment] = field(default_factory=list)

    @property
    def uid(self) -> str:
        """The UID; empty where there is none."""
        return self.texts.get("UID", "").strip()

    @property
    def title(self) -> str:
        """The SUMMARY on one line."""
        return " ".join(self.texts.get("SUMMARY", "").split())

    @property
    def sequence(self) -> int:
        """The SEQUENCE; 0 where there is none."""
        text = self.texts.get("SEQUENCE", "").strip()
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0

    @property
    def is_cancelled(self) -> bool:
        """Whether its STATUS is CANCELLED."""
        return self.texts.get("STATUS", "").strip().upper() in ("CANCELLED", "CANCELED")

    @property
    def duration(self) -> timedelta | None:
        """The DURATION, where one is given."""
        return read_duration(self.texts.get("DURATION", "").strip().removeprefix("+"))


def read_vevent(component: Component, origin: Origin, zones: CalendarZones, source: SourceSettings) -> VEvent:
    """Read the properties that we have a use for, and those that the source maps."""
    event = VEvent(component.line, Report(Origin(origin.source, origin.path, component.line)))
    wanted = _NAMES | {path.upper() for path in source.field_map.values()}
    if component.is_cut:
        event.report.error("E-CAP", f"The event has more than {MAX_LINES:,} lines; the others are not read.")
    for line in component.lines:
        if line.name in wanted:
            _read_line(line, event, zones, source)
        elif not _NAME.fullmatch(line.name) or ":" not in line.text:
            event.report.warning(
                "W-ICS-LINE", f"This is no property and is left out: {line.text[:60]!r}.", line.number
            )
    return event


def _read_line(line: Line, event: VEvent, zones: CalendarZones, source: SourceSettings) -> None:
    plain, value = _content_line(line)
    name = line.name
    match name:
        case "DTSTART" | "DTEND" | "RECURRENCE-ID":
            _read_moment(name, plain, value, line, event, zones, source)
        case "RDATE" | "EXDATE":
            _read_dates(name, plain, value, line, event, zones, source)
        case "RRULE":
            _read_rule(value.strip().rstrip(";"), line, event)
        case "CATEGORIES":
            _read_categories(value, line, event)
        case "ORGANIZER":
            event.organizer = plain.get("CN", "").strip()
        case "DURATION" if read_duration(value.strip().removeprefix("+")) is None and not _NO_LENGTH.fullmatch(value):
            event.report.error("E-ICS-DATE", f"DURATION = {value.strip()[:60]!r} is no duration.", line.number)
        case _:
            event.texts.setdefault(name, _unescape(value))


def _read_rule(rule: str, line: Line, event: VEvent) -> None:
    if len(event.rules) < MAX_RULES:
        event.rules.append(rule)
    else:
        event.report.error("E-CAP", f"More than {MAX_RULES} rules in one event; the others are not read.")


def _read_categories(value: str, line: Line, event: VEvent) -> None:
    event.categories += [_unescape(part).strip() for part in _UNESCAPED_COMMA.split(value, MAX_CATEGORIES)]
    if len(event.categories) > MAX_CATEGORIES:
        del event.categories[MAX_CATEGORIES:]
        text = f"More than {MAX_CATEGORIES} categories in one event; the others are not read."
        event.report.error("E-CAP", text, line.number)


def _read_dates(
    name: str, parameters: Mapping[str, str], value: str, line: Line, event: VEvent, zones: CalendarZones,
    source: SourceSettings,
) -> None:  # fmt: skip
    target = event.rdates if name == "RDATE" else event.exdates
    target += islice(_moments(parameters, value, line, event, zones, source), MAX_DATES - len(target) + 1)
    if len(target) > MAX_DATES:
        del target[MAX_DATES:]
        text = f"More than {MAX_DATES:,} dates ({name}) in one event; the others are not read."
        event.report.error("E-CAP", text)
    elif parameters.get("VALUE", "").upper() == "PERIOD":
        text = "The instances that RDATE lists as periods are shown as long as the event itself."
        event.report.warning("W-ICS", text, line.number)


def _read_moment(
    name: str, parameters: Mapping[str, str], value: str, line: Line, event: VEvent, zones: CalendarZones,
    source: SourceSettings,
) -> None:  # fmt: skip
    found = list(_moments(parameters, value, line, event, zones, source))
    moment = found[0] if found else None
    if name == "DTSTART":
        if event.start is not None:
            event.report.warning("W-ICS", "There are several DTSTART; the last one counts.", line.number)
        event.start = moment
    elif name == "DTEND":
        event.end, event.end_line = moment, line.number
    else:
        event.recurrence_id = moment
        event.following = parameters.get("RANGE", "").upper() == "THISANDFUTURE"


def _moments(
    parameters: Mapping[str, str], value: str, line: Line, event: VEvent, zones: CalendarZones, source: SourceSettings
) -> Iterator[Moment]:
    """The moments of a comma-separated list; of a period its start."""
    for part in value.split(",", MAX_DATES + 1)[: MAX_DATES + 1]:
        stamp = read_stamp(part.partition("/")[0])
        if stamp is None:
            event.report.error("E-ICS-DATE", f"{line.name} = {part.strip()[:60]!r} is no date.", line.number)
        else:
            yield _moment(stamp, parameters.get("TZID", ""), line, event, zones, source)


def _moment(
    stamp: Stamp, tzid: str, line: Line, event: VEvent, zones: CalendarZones, source: SourceSettings
) -> Moment:
    if stamp.is_date:
        return Moment(stamp, None, "floating", line.number)
    if stamp.offset is not None and source.offset == "trust":
        utc = stamp.in_zone(_UTC) if stamp.offset else stamp.wall
        return Moment(Stamp(utc.date(), utc.time()), _UTC, "offset", line.number, is_utc=True)
    plain = Stamp(stamp.day, stamp.clock or time())
    if tzid:
        zone, how = zones.find(tzid, event.report, line.number)
        return Moment(plain, zone, how, line.number)
    return Moment(plain, zones.home, "floating" if not zones.named else "source_default", line.number)


def _unescape(value: str) -> str:
    """A TEXT value as meant (RFC 5545, 3.3.11)."""
    if "\\" not in value:
        return value
    return _ESCAPE.sub(lambda escaped: "\n" if escaped[1] in "nN" else escaped[1], value)


def _content_line(line: Line) -> tuple[dict[str, str], str]:
    """The parameters and the value of a line (RFC 5545, 3.1), quotes around parameters removed."""
    if line.text.startswith(":", len(line.name)):
        return {}, line.text[len(line.name) + 1 :]
    found = _DATED.fullmatch(line.text.strip()) if line.name in _DATES else None
    found = found or _QUOTED.fullmatch(line.text)
    if found is None:
        return {}, line.text.partition(":")[2]
    parameters = {name.upper(): value.strip('"') for name, value in _PARAMETER.findall(found[1] or "")}
    return parameters, found[2]
