"""The time fields of a record -> When: start and end as programs write them, dates and time as people do.

Order of trust: a recurrence, then start, then dates. Nothing is guessed or swapped; what cannot be read is said.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from newsletter.dates.human import read_clock, read_when
from newsletter.dates.zones import find_zone, localise
from newsletter.model.when import AllDay, Instant, Recurrence, Sessions, TzSource, Vague, WeeklyRange, When
from newsletter.model.workspace import SourceSettings, TermSettings
from newsletter.sources.document import as_list, as_text
from newsletter.sources.fields import Fields, Found
from newsletter.sources.recurrence_fields import is_recurrence, with_exceptions, with_recurrence
from newsletter.sources.report import Report
from newsletter.sources.split_times import across_days
from newsletter.sources.stamps import Stamp, offset_text, read_duration, read_offset_clock, read_stamp
from newsletter.sources.stated_days import check_other_field, imprecise

_DAY = timedelta(days=1)
#: `days: 7` counts days; a larger number is an id or a year in the wrong field.
_MOST_DAYS = 366


@dataclass(frozen=True, slots=True)
class TimeRules:
    """How a source's times are meant: the zone of those that name none, and its policies."""

    zone: ZoneInfo
    tz_source: TzSource
    source: SourceSettings
    terms: Mapping[str, TermSettings] = field(default_factory=dict)


def time_rules(
    fields: Fields, source: SourceSettings, default: str, report: Report, terms: Mapping[str, TermSettings]
) -> TimeRules:
    """The zone of a record: its own field, else the source's, else the community's; an unknown one is an error."""
    home = find_zone(source.naive or default) or ZoneInfo("UTC")
    found = fields.find("timezone")
    if found is None:
        return TimeRules(home, "source_default", source, terms)
    zone = find_zone(found.text)
    if zone is None:
        text = f"{found.key} = {found.text!r} is no time zone; write one such as {home.key!r}."
        report.error("E-TZ", text, found.line)
        return TimeRules(home, "source_default", source, terms)
    return TimeRules(zone, "iana" if "/" in found.text else "abbreviation", source, terms)


def read_when_fields(fields: Fields, rules: TimeRules, report: Report, *, date_is_event: bool) -> When | None:
    """When it happens, or None where no field says so; `date_is_event` tells what a bare `date` key means."""
    try:
        return imprecise(fields, report) or _read_when(fields, rules, report, date_is_event=date_is_event)
    except OverflowError:
        report.error("E-YEAR", "The time reaches beyond the year 9999; correct the year or the duration.")
        return None


def _read_when(fields: Fields, rules: TimeRules, report: Report, *, date_is_event: bool) -> When | None:
    when = _from_start(fields, rules, report)
    check_other_field(when, fields, rules.source, report)
    when = when or _from_dates(fields, rules, report, date_is_event=date_is_event)
    found = fields.find("recurrence")
    if found is not None:
        when = with_recurrence(found, when, rules.zone, report)
    elif when is None:
        return None
    if when is None:
        return None
    return with_exceptions(fields, when, report, source=rules.source)


def has_when(fields: Fields) -> bool:
    """Whether the record says when it happens, leaving aside a bare `date`."""
    recurrence = fields.find("recurrence")
    return bool(fields.find("start") or fields.find("dates") or (recurrence and is_recurrence(recurrence)))


def _from_start(fields: Fields, rules: TimeRules, report: Report) -> When | None:
    found = fields.find("start")
    if found is None:
        return None
    stamp = _stamp(found, fields, "start_time")
    if split := across_days(fields, rules.source):
        return _between(*split, found, fields, rules, report)
    if stamp is None:
        end = fields.text("end")
        dates = f"{found.text} - {end}" if end and not read_stamp(end) else found.text
        when = _read_human(dates, _clock_text(fields), found, rules, report)
        return _with_duration(when, fields, report)
    if stamp.is_date and (clock := _clock_text(fields)):
        return _day_with_clock(stamp, clock, found, fields, rules, report)
    return _between(stamp, _end_stamp(fields, stamp, report), found, fields, rules, report)


def _between(start: Stamp, end: Stamp | None, found: Found, fields: Fields, rules: TimeRules, report: Report) -> When:
    if _whole_days(start, end, rules.source):
        return _all_day(start, end, fields, rules, report)
    begin = _wall(start, rules, report, found)
    finish = _wall(end, rules, report, fields.find("end") or found) if end else None
    if end and end.is_date and finish:
        finish = datetime.combine(end.day, begin.time())
    if finish is None and (duration := _duration(fields, report)):
        finish = begin + duration
    if finish is not None and finish < begin:
        report.error("E-ORDER", _order_text(start, end), fields.line("end"))
        finish = None
    offset = start.offset is not None and rules.source.offset == "trust"
    return Instant(begin, finish, rules.zone.key, "offset" if offset else rules.tz_source)


def _whole_days(start: Stamp, end: Stamp | None, source: SourceSettings) -> bool:
    """Days without a clock; and where the source writes midnight for "no time", midnights at both ends."""
    if start.is_date:
        return end is None or end.is_midnight
    return source.midnight_is_date and start.is_midnight and (end is None or end.is_midnight)


def _all_day(start: Stamp, end: Stamp | None, fields: Fields, rules: TimeRules, report: Report) -> AllDay:
    last = end.day if end else start.day
    if end and rules.source.end == "exclusive" and last > start.day:
        last -= _DAY
    if end is None and (duration := _duration(fields, report)) and duration >= _DAY:
        last = start.day + duration - _DAY
    if end is None and (days := fields.text("days")).isdigit() and 1 < int(days) <= _MOST_DAYS:
        last = start.day + int(days) * _DAY - _DAY
    if last < start.day:
        report.error("E-ORDER", _order_text(start, end), fields.line("end"))
        last = start.day
    return AllDay(start.day, last)


def _wall(stamp: Stamp, rules: TimeRules, report: Report, found: Found) -> datetime:
    """The wall clock in the record's zone, by the source's policy on written offsets."""
    if stamp.offset is None or rules.source.offset == "wall_clock":
        return stamp.wall
    _check_season(stamp, rules, report, found)
    return stamp.in_zone(rules.zone)


def _check_season(stamp: Stamp, rules: TimeRules, report: Report, found: Found) -> None:
    """An offset that the zone has in the other half of the year is most often a template's constant."""
    right = localise(stamp.wall, rules.zone).utcoffset()
    seasons = {datetime(stamp.day.year, month, 15, tzinfo=rules.zone).utcoffset() for month in (1, 7)}
    if right is not None and stamp.offset != right and stamp.offset in seasons and stamp.offset:
        text = (
            f"{found.key} = {found.text!r} carries an offset that {rules.zone.key} does not have on that day, "
            f"when it is {offset_text(right)}; it was taken at its word, as {stamp.in_zone(rules.zone):%H:%M} there. "
            f'If the clock is right, write {offset_text(right)}, or set offset = "wall_clock" for the source.'
        )
        report.warning("W-OFFSET", text, found.line)


def _stamp(found: Found, fields: Fields, clock_name: str) -> Stamp | None:
    """The machine-written date or time, with the clock from its own field where only a day was written."""
    stamp = read_stamp(found.text)
    clock = read_offset_clock(fields.text(clock_name)) if stamp and stamp.is_date else None
    return Stamp(stamp.day, *clock) if stamp and clock else stamp


def _end_stamp(fields: Fields, start: Stamp, report: Report) -> Stamp | None:
    found = fields.find("end")
    if found is None:
        clock = _end_clock(fields, report)
        return Stamp(start.day, *clock) if clock else None
    stamp = _stamp(found, fields, "end_time")
    if stamp is None and (clock := read_offset_clock(found.text)):
        return Stamp(start.day, *clock)
    if stamp is None:
        text = f"{found.key} = {found.text!r} is no date or time, such as 2027-01-31 14:00."
        report.error("E-END", text, found.line)
    return stamp


def _end_clock(fields: Fields, report: Report) -> tuple[time, timedelta | None] | None:
    """The clock of `end_time` beside a start that has no end of its own; an error where it cannot be read."""
    found = fields.find("end_time")
    if found is None or not found.text:
        return None
    clock = read_offset_clock(found.text)
    if clock is None and (spoken := read_clock(found.text)):
        clock = spoken, None
    if clock is None:
        report.error("E-END", f"{found.key} = {found.text!r} is no time, such as 14:00.", found.line)
    return clock


def _clock_text(fields: Fields) -> str:
    """The time of day in people's words: the `time` field, or start and end times that are not ISO."""
    first, last = fields.text("start_time"), fields.text("end_time")
    return fields.text("time") or (f"{first} - {last}" if first and last else first)


def _day_with_clock(stamp: Stamp, clock: str, found: Found, fields: Fields, rules: TimeRules, report: Report) -> When:
    end = read_stamp(fields.text("end"))
    if end and end.is_date and end.day > stamp.day and _daily(span := f"{stamp.day} - {end.day}", clock, rules):
        return _read_human(span, clock, found, rules, report)
    if end and end.day != stamp.day:
        text = f"{found.key} and {clock!r} and an end on {end.day}: write start and end with their times."
        report.error("E-TIME", text, found.line)
        return AllDay(stamp.day, max(stamp.day, end.day))
    when = _read_human(stamp.day.isoformat(), clock, found, rules, report)
    return _with_duration(when, fields, report)


def _daily(span: str, clock: str, rules: TimeRules) -> bool:
    """Whether the clock, with its own end, is that of each day of the span."""
    return isinstance(read_when(span, clock, zone=rules.zone.key, locale=rules.source.locale).when, WeeklyRange)


def _from_dates(fields: Fields, rules: TimeRules, report: Report, *, date_is_event: bool) -> When | None:
    found = fields.find("dates") or (fields.find("date") if date_is_event else None)
    if found is None:
        return None
    if not isinstance(found.value, str):
        return _from_list(found, fields, rules, report)
    stamp = _stamp(found, fields, "start_time")
    if stamp and not (stamp.is_date and _clock_text(fields)):
        return _between(stamp, _end_stamp(fields, stamp, report), found, fields, rules, report)
    end = fields.text("end")
    dates = f"{found.text} - {end}" if end and stamp is None and not read_stamp(end) else found.text
    return _with_duration(_read_human(dates, _clock_text(fields), found, rules, report), fields, report)


def _from_list(found: Found, fields: Fields, rules: TimeRules, report: Report) -> When | None:
    """A list of dates, each read alone, so that a bad one is named."""
    sessions: list[Instant | AllDay] = []
    entries = as_list(found.value, "\n")
    for entry in entries:
        stamp = read_stamp(entry)
        if stamp and not (stamp.is_date and _clock_text(fields)):
            when = _between(stamp, None, found, fields, rules, report)
        else:
            when = _with_duration(_read_human(entry, _clock_text(fields), found, rules, report), fields, report)
        if isinstance(when, Sessions):
            sessions += when.sessions
        elif isinstance(when, Instant | AllDay):
            sessions.append(when)
        elif len(entries) == 1:
            return when
        elif not isinstance(when, Vague):
            report.error("E-DATE", f"{entry!r} is no single date; give it a page of its own.", found.line)
    if not sessions:
        return Vague(as_text(found.value))
    return sessions[0] if len(sessions) == 1 else Sessions(tuple(sorted(sessions, key=_first_moment)))


def _first_moment(session: Instant | AllDay) -> datetime:
    return session.start if isinstance(session, Instant) else datetime.combine(session.first, time())


def _read_human(dates: str, clock: str, found: Found, rules: TimeRules, report: Report) -> When:
    source = rules.source
    parsed = read_when(
        dates, clock, zone=rules.zone.key, day_first=source.day_first, locale=source.locale, offset=source.offset,
        terms=rules.terms,
    )  # fmt: skip
    for finding in parsed.warnings:
        report.finding(finding.level, finding.code, f"{found.key}: {finding.text}", found.line)
    if isinstance(parsed.when, Instant) and parsed.when.tz_source == "source_default":
        when = parsed.when
        return Instant(when.start, when.end, when.timezone, rules.tz_source)
    return parsed.when


def _with_duration(when: When, fields: Fields, report: Report) -> When:
    if fields.find("duration") is None:
        return when
    if isinstance(when, Instant) and when.end is None and (duration := _duration(fields, report)):
        return Instant(when.start, when.start + duration, when.timezone, when.tz_source)
    if isinstance(when, WeeklyRange) and when.start and when.end is None and (duration := _duration(fields, report)):
        end = (datetime.combine(date(2000, 1, 1), when.start) + duration).time()
        return _ending(when, end)
    return when


def _ending(when: WeeklyRange, end: time) -> WeeklyRange:
    return WeeklyRange(
        when.weekdays, when.first, when.last, when.start, end, when.timezone, when.tz_source, when.excluded,
        when.stated_count, when.approximate,
    )  # fmt: skip


def _duration(fields: Fields, report: Report) -> timedelta | None:
    found = fields.find("duration")
    if found is None:
        return None
    if isinstance(found.value, dict):
        text = " ".join(f"{as_text(size)} {unit}" for unit, size in found.value.items())
    else:
        text = found.text
    duration = read_duration(text)
    if duration is None:
        report.warning("W-DURATION", f"{found.key} = {text!r} is no duration, such as `90 minutes`.", found.line)
    return duration


def _order_text(start: Stamp, end: Stamp | None) -> str:
    finish = end.wall if end and end.clock else (end.day if end else "?")
    return f"It ends ({finish}) before it starts ({start.wall if start.clock else start.day}); nothing was swapped."


def recurring(when: When | None) -> bool:
    """Whether it comes again by a rule."""
    return isinstance(when, Recurrence | WeeklyRange)
