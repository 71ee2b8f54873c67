"""Weekdays between two dates, every other week, or at places of every month: from words to a range or a rule."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from newsletter.dates.clocks import Clock, zone_of
from newsletter.dates.days import Days, Span, contradiction
from newsletter.dates.findings import Finding, RefusalError, error, warning
from newsletter.dates.rules import expand, parse_rule
from newsletter.dates.tokens import WEEKDAYS, say
from newsletter.dates.zones import find_zone, localise
from newsletter.model.when import Recurrence, TzSource, WeeklyRange

_RULE_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


def weekdays_of(span: Span) -> tuple[int, ...]:
    """The weekdays that a span holds, at most all seven."""
    length = min(7, (span.last - span.first).days + 1)
    return tuple(sorted((span.first + timedelta(days=step)).weekday() for step in range(length)))


def names(weekdays: tuple[int, ...]) -> str:
    """ "Monday or Friday", for findings."""
    return " or ".join(WEEKDAYS[day].title() for day in sorted(weekdays))


def weekly(
    days: Days,
    weekdays: tuple[int, ...],
    clock: Clock | None,
    home: ZoneInfo,
    approximate: bool,
    findings: list[Finding],
) -> WeeklyRange:
    """Those weekdays of the one span that `days` holds."""
    span = days.spans[0]
    zone, source = _series_zone(clock, span, home, findings)
    inside = weekdays_of(span)
    if not set(weekdays) & set(inside):
        findings.append(error("E-WEEKDAY", f"there is no {names(weekdays)} in that range"))
    elif len(weekdays) == 1:
        findings += _ends_elsewhere(weekdays[0], span)
    if set(weekdays) == set(range(7)):
        weekdays = inside
    found = WeeklyRange(
        tuple(sorted(weekdays)), span.first, span.last,
        clock.start_time if clock else None, clock.end_time if clock else None,
        zone, source, days.excluded, days.stated_count, approximate,
    )  # fmt: skip
    findings += _count_findings(found)
    return found


def series(days: Days, clock: Clock | None, home: ZoneInfo, approximate: bool, findings: list[Finding]) -> Recurrence:
    """ "Every other Tuesday starting Jan 12, 2027", "first Friday of every month ...": a rule, maybe with an end."""
    if len(days.spans) != 1:
        raise RefusalError("it names a rhythm and several ranges; list the dates")
    span = days.spans[0]
    zone, source = _series_zone(clock, span, home, findings)
    has_end = span.last > span.first
    rule = _rule(days, counted=not has_end)
    until = span.last if has_end else None
    if days.for_weeks:
        if has_end:
            raise RefusalError("it names an end and a number of weeks; write one of them")
        until = span.first + timedelta(days=7 * days.for_weeks - 1)
    first = _first_day(days, rule, span, findings)
    start, end = clock.on(first) if clock else (datetime.combine(first, time()), None)
    excluded = tuple(datetime.combine(day, start.time()) for day in days.excluded)
    if has_end and days.stated_count:
        held = _held(rule, start, span.last, days.excluded)
        findings += _count_finding(days.stated_count, held)
    found = Recurrence(
        start, end if clock else start + timedelta(days=1), zone, (rule,), source, (), excluded, (), until,
        all_day=clock is None, approximate=approximate,
    )  # fmt: skip
    return replace(found, tz_source="source_default") if clock is None else found


def _rule(days: Days, *, counted: bool) -> str:
    if days.places and days.interval > 1:
        raise RefusalError("it names a rhythm of weeks and of months; list the dates")
    if days.places:
        by = ",".join(f"{place}{_RULE_DAYS[days.weekdays[0]]}" for place in days.places)
        rule = f"FREQ=MONTHLY;BYDAY={by}"
    else:
        by = ",".join(_RULE_DAYS[day] for day in sorted(days.weekdays))
        rule = f"FREQ=WEEKLY{f';INTERVAL={days.interval}' if days.interval > 1 else ''};BYDAY={by}"
    return f"{rule};COUNT={days.stated_count}" if counted and days.stated_count else rule


def _first_day(days: Days, rule: str, span: Span, findings: list[Finding]) -> date:
    """The first day that the rule means; every other week, it must be the date that is written."""
    if not days.places and days.interval > 1 and span.first.weekday() not in days.weekdays:
        findings.append(contradiction(min(days.weekdays), span.first))
        return span.first
    start = datetime.combine(span.first, time())
    year_on = start + timedelta(days=400)
    coming = islice(expand(parse_rule(rule), start, start, year_on, ZoneInfo("UTC")), 1)
    first = next((moment.date() for moment in coming), None)
    if first is None or (span.last > span.first and first > span.last):
        findings.append(error("E-WEEKDAY", f"there is no {names(days.weekdays)} in that range"))
        return span.first
    if first != span.first and not days.places:
        text = f"the first {names(days.weekdays)} after {say(span.first)} is {say(first)}; write that date"
        findings.append(warning("W-WEEKDAY", text))
    return first


def _series_zone(clock: Clock | None, span: Span, home: ZoneInfo, findings: list[Finding]) -> tuple[str, TzSource]:
    """A series with an offset is on the clock of home where home has it, else on a clock that never changes."""
    name = clock.zone if clock else None
    if clock is None or name is None or name.offset is None:
        return zone_of(clock, home)
    begin, finish = (localise(clock.on(day)[0], home).utcoffset() for day in (span.first, span.last))
    if name.offset == begin:
        if finish != begin:
            text = f"{name.text} is not in force on {say(span.last)}; read as the clock of {home.key}"
            findings.append(warning("W-OFFSET", text))
        return home.key, "offset"
    fixed = find_zone(name.text)
    if fixed is None:
        findings.append(error("E-TZ", f'a series cannot hang on "{name.text}"; name its zone, such as Asia/Kolkata'))
        return home.key, "offset"
    return fixed.key, "offset"


def _ends_elsewhere(weekday: int, span: Span) -> list[Finding]:
    name = WEEKDAYS[weekday].title()
    return [
        warning("W-WEEKDAY", f"the range of {name}s touches {say(day)}, which is a {WEEKDAYS[day.weekday()].title()}")
        for day in (span.first, span.last)
        if day.weekday() != weekday
    ]


def _held(rule: str, start: datetime, last: date, excluded: tuple[date, ...]) -> int:
    coming = expand(parse_rule(rule), start, start, datetime.combine(last, time.max), ZoneInfo("UTC"))
    return sum(moment.date() not in excluded for moment in coming)


def _count_findings(found: WeeklyRange) -> list[Finding]:
    length = (found.last - found.first).days + 1
    days = (found.first + timedelta(days=step) for step in range(length))
    held = [day for day in days if day.weekday() in found.weekdays and day not in found.excluded]
    return _count_finding(found.stated_count, len(held))


def _count_finding(stated: int | None, held: int) -> list[Finding]:
    if stated in (None, held):
        return []
    return [warning("W-COUNT", f"it speaks of {stated}, but the range holds {held}; list the dates")]
