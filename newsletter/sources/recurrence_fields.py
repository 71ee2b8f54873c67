"""Recurrence as a page states it: an RRULE, lines of RRULE, EXDATE, RDATE and DTSTART, or every so many weeks."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from newsletter.dates.human import read_date
from newsletter.dates.recurrence import rule_problem
from newsletter.dates.zones import find_zone
from newsletter.model.when import AllDay, Instant, Override, Recurrence, WeeklyRange, When
from newsletter.model.workspace import SourceSettings
from newsletter.sources.document import Value, as_list, as_text, squash
from newsletter.sources.fields import Fields, Found
from newsletter.sources.report import Report
from newsletter.sources.stamps import read_stamp

_LINE = re.compile(r"(RRULE|EXDATE|RDATE|DTSTART|DTEND)((?:;[^:]*)?):(.*)", re.IGNORECASE)
_FREQUENCIES = {"day": "DAILY", "week": "WEEKLY", "month": "MONTHLY", "year": "YEARLY"}
_DAYS = {
    name: name[:2].upper() for name in ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
}
_NEVER = frozenset({"false", "no", "never", "none", "once", "0"})
_ALWAYS = frozenset({"true", "yes"})
_DAY = timedelta(days=1)


@dataclass(slots=True)
class _Lines:
    """What the lines of a recurrence say; times are naive, in the record's zone."""

    rules: list[str]
    exdates: list[datetime]
    rdates: list[datetime]
    start: datetime | None = None
    zone: ZoneInfo | None = None


def is_recurrence(found: Found) -> bool:
    """Whether the field says more than that nothing is repeated."""
    return found.text.casefold() not in _NEVER


def with_recurrence(found: Found, when: When | None, zone: ZoneInfo, report: Report) -> When | None:
    """The series that begins with `when`; an error, and `when` alone, where the rule cannot be read."""
    if not is_recurrence(found):
        return when
    lines = _read_lines(found, zone, report)
    rules = tuple(rule for rule in lines.rules if _is_good(rule, found, report))
    if lines.start is not None:
        when = Instant(lines.start, None, (lines.zone or zone).key, "iana")
    if not rules and not lines.rdates:
        if not report.failed:
            report.error(
                "E-RECURRENCE", f"{found.key} = {found.text!r} holds no rule such as FREQ=WEEKLY.", found.line
            )
        return when
    series = _series(when, rules, zone)
    if series is None:
        report.error(
            "E-RECURRENCE", f"{found.key} needs a `start` with a date that the rule counts from.", found.line
        )
        return when
    return replace(series, exdates=_at_start(lines.exdates, series), rdates=_at_start(lines.rdates, series))


def with_exceptions(fields: Fields, when: When, report: Report, *, source: SourceSettings) -> When:
    """The series without its `exceptions`, which readers are told of, and ended by `until`."""
    if not isinstance(when, Recurrence | WeeklyRange):
        return when
    found = fields.find("exceptions")
    overrides = tuple(_overrides(found, when, report, source)) if found else ()
    until = _day_of("until", fields, report, source)
    if isinstance(when, Recurrence):
        when = replace(when, overrides=(*when.overrides, *overrides))
        return replace(when, until=until) if until else when
    excluded = tuple(override.original.date() for override in overrides)
    last = min(until, when.last) if until else when.last
    return replace(when, excluded=(*when.excluded, *excluded), last=last)


def _series(when: When | None, rules: tuple[str, ...], zone: ZoneInfo) -> Recurrence | None:
    if isinstance(when, Instant):
        return Recurrence(when.start, when.end, when.timezone, rules, when.tz_source)
    if isinstance(when, AllDay):
        first, after = (datetime.combine(day, time()) for day in (when.first, when.last + _DAY))
        return Recurrence(first, after, zone.key, rules, all_day=True)
    return None


def _is_good(rule: str, found: Found, report: Report) -> bool:
    trouble = rule_problem(rule)
    if trouble:
        report.error("E-RECURRENCE", f"{found.key}: {trouble}.", found.line)
    return trouble is None


def _read_lines(found: Found, zone: ZoneInfo, report: Report) -> _Lines:
    lines = _Lines([], [], [])
    if isinstance(found.value, dict):
        lines.rules.append(_rule_of(found.value))
        return lines
    entries = found.value if isinstance(found.value, list) else list(found.value.split("\n"))
    for entry in entries:
        if isinstance(entry, dict):
            lines.rules.append(_rule_of(entry))
        elif text := as_text(entry):
            _read_line(text, lines, zone, found, report)
    return lines


def _read_line(text: str, lines: _Lines, zone: ZoneInfo, found: Found, report: Report) -> None:
    line = _LINE.match(text)
    name, parameters, value = (line[1].upper(), line[2], line[3]) if line else ("RRULE", "", text)
    if name == "RRULE":
        if value.casefold() not in _ALWAYS:
            lines.rules.append(value.strip().rstrip(";"))
        return
    tzid = re.search(r"TZID=\"?([^;:\"]+)", parameters, re.IGNORECASE)
    own = find_zone(tzid[1]) if tzid else zone
    if own is None:
        report.error("E-TZ", f"{text!r} names no known time zone.", found.line)
        own = zone
    moments = list(_moments(value, own, text, found, report))
    if name == "DTSTART" and moments:
        lines.start, lines.zone = moments[0], own
    elif name == "EXDATE":
        lines.exdates += moments
    elif name == "RDATE":
        lines.rdates += moments


def _moments(value: str, zone: ZoneInfo, text: str, found: Found, report: Report) -> Iterator[datetime]:
    for part in value.split(","):
        stamp = read_stamp(part)
        if stamp is None:
            report.error("E-RECURRENCE", f"{part.strip()!r} in {text!r} is no date.", found.line)
        else:
            yield stamp.in_zone(zone)


def _at_start(moments: list[datetime], series: Recurrence) -> tuple[datetime, ...]:
    """A date alone means the instance of that day."""
    clock = series.start.time()
    return tuple(datetime.combine(one.date(), clock) if one.time() == time() else one for one in moments)


def _rule_of(table: dict[str, Value]) -> str:
    """`{interval = {weeks = 2}, until = ...}` and `{frequency = "monthly", by_day = [...]}` as an RRULE."""
    keys = {squash(key): value for key, value in table.items()}
    parts = [*_frequency(keys)]
    if days := ",".join(_by_day(keys.get("byday", ""))):
        parts.append(f"BYDAY={days}")
    stamp = read_stamp(as_text(keys.get("until", "")))
    if stamp:
        parts.append(f"UNTIL={stamp.day:%Y%m%d}")
    if count := as_text(keys.get("count", "")):
        parts.append(f"COUNT={count}")
    return ";".join(parts)


def _frequency(keys: dict[str, Value]) -> Iterator[str]:
    interval = keys.get("interval", "")
    if isinstance(interval, dict):
        for unit, size in interval.items():
            frequency = _FREQUENCIES.get(squash(unit).rstrip("s"), unit)
            yield f"FREQ={frequency};INTERVAL={as_text(size)}"
        return
    yield f"FREQ={as_text(keys.get('frequency', keys.get('freq', ''))).upper()}"
    if interval:
        yield f"INTERVAL={as_text(interval)}"


def _by_day(value: Value) -> Iterator[str]:
    for entry in value if isinstance(value, list) else as_list(value):
        if isinstance(entry, dict):
            day = as_text(entry.get("day", ""))
            yield as_text(entry.get("num", "")) + _DAYS.get(day.casefold(), day.upper())
        else:
            day = as_text(entry)
            yield _DAYS.get(day.casefold(), day.upper())


def _overrides(
    found: Found, when: Recurrence | WeeklyRange, report: Report, source: SourceSettings
) -> Iterator[Override]:
    clock = when.start.time() if isinstance(when, Recurrence) else time()
    for entry in _exception_entries(found.value):
        text, note = _exception(entry)
        stamp = read_stamp(text)
        day = stamp.day if stamp else read_date(text, source.day_first, source.locale)
        if day is None:
            report.error("E-EXCEPTION", f"{found.key}: {text!r} is no date, such as 2026-12-25.", found.line)
        else:
            yield Override(datetime.combine(day, clock), "cancelled", note=note)


def _exception_entries(value: Value) -> list[Value]:
    """Commas part dates that hold none themselves."""
    if not isinstance(value, str):
        return value if isinstance(value, list) else [{key: entry} for key, entry in value.items()]
    parts = as_list(value)
    return [*(parts if all(read_stamp(part) for part in parts) else as_list(value, ";\n"))]


def _exception(entry: Value) -> tuple[str, str]:
    """A date, and the words after it: `2026-12-25: building closed`, or a table of date and note."""
    if isinstance(entry, dict):
        keys = {squash(key): as_text(value) for key, value in entry.items()}
        if "date" in keys:
            return keys["date"], keys.get("note", "") or keys.get("reason", "")
        first = next(iter(entry), "")
        return first, as_text(entry.get(first, ""))
    text, _, note = as_text(entry).partition(": ")
    return text.strip(), note.strip()


def _day_of(name: str, fields: Fields, report: Report, source: SourceSettings) -> date | None:
    found = fields.find(name)
    if found is None:
        return None
    stamp = read_stamp(found.text)
    day = stamp.day if stamp else read_date(found.text, source.day_first, source.locale)
    if day is None:
        report.error("E-DATE", f"{found.key} = {found.text!r} is no date, such as 2027-03-19.", found.line)
    return day
