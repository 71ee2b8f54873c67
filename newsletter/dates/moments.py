"""A time with two days, "Sat 5 Dec 2026, 6 AM to Sun 6 Dec, noon", and several entries divided by semicolons."""

from dataclasses import replace
from datetime import date, timedelta

from newsletter.dates.clocks import Clock, find_clock, placed, starts_clock
from newsletter.dates.days import Days, read_days
from newsletter.dates.findings import Finding, RefusalError
from newsletter.dates.meaning import clock_findings
from newsletter.dates.reading import Rules
from newsletter.dates.tokens import Token
from newsletter.model.when import Instant

_Moment = tuple[Days, Clock]
_DATES = {"date", "numeric", "month"}
_HALF_YEAR = timedelta(days=183)
_YEARS = {"date", "numeric", "year"}


def read_moments(found: list[Token], rules: Rules, findings: list[Finding]) -> Instant | None:
    """From a day and a time to another; None where the text has no such form."""
    middle = _middle(found)
    if middle is None:
        return None
    (first, first_clock), (last, last_clock) = _ends(found[:middle], found[middle + 1 :], rules, findings)
    if last_clock.zone and first_clock.zone is None:
        first_clock = replace(first_clock, zone=last_clock.zone)
    if first_clock.zone and last_clock.zone is None:
        last_clock = replace(last_clock, zone=first_clock.zone)
    begin, finish = (
        placed(clock, days.spans[0].first, rules.home) for clock, days in ((first_clock, first), (last_clock, last))
    )
    if begin.timezone != finish.timezone:
        raise RefusalError("it begins in one time zone and ends in another", "E-TIME")
    if finish.start <= begin.start:
        raise RefusalError("it ends before it begins", "E-ORDER")
    findings += clock_findings(first_clock, first, rules.home) or clock_findings(last_clock, last, rules.home)
    return Instant(begin.start, finish.start, begin.timezone, begin.tz_source)


def entries_of(text: str) -> list[str]:
    """What stands between semicolons, where every piece is an entry with a time of its own."""
    return [piece.strip() for piece in text.split(";") if piece.strip()] if ";" in text else []


def _middle(found: list[Token]) -> int | None:
    """The dash that has a date and a time on either side."""
    for index, token in enumerate(found):
        if token.kind == "dash" and _is_moment(found[:index]) and _is_moment(found[index + 1 :]):
            return index
    return None


def _is_moment(part: list[Token]) -> bool:
    dated = any(token.kind in _DATES for token in part)
    return dated and any(starts_clock(part, index) for index in range(len(part)))


def _ends(begin: list[Token], finish: list[Token], rules: Rules, findings: list[Finding]) -> tuple[_Moment, _Moment]:
    """Both moments; a year that stands with one of them is the other's too, but for New Year between them."""
    years = [any(token.kind in _YEARS for token in part) for part in (begin, finish)]
    if years == [True, False]:
        first = _moment(begin, rules, None, findings)
        return first, _moment(finish, rules, _day(first), findings)
    last = _moment(finish, rules, None, findings)
    return _moment(begin, rules, None if years[0] else _day(last), findings), last


def _day(moment: _Moment) -> date:
    return moment[0].spans[0].first


def _moment(part: list[Token], rules: Rules, near: date | None, findings: list[Finding]) -> _Moment:
    clock, rest = find_clock(part, rules.home)
    if clock is None or clock.end is not None or clock.others:
        raise RefusalError("it names several times; list them as separate events", "E-TIME")
    days = read_days(rest, day_first=rules.day_first, year=near.year if near else None)
    if near and days.spans and abs(days.spans[0].first - near) > _HALF_YEAR:
        step = 1 if days.spans[0].first < near else -1
        days = read_days(rest, day_first=rules.day_first, year=near.year + step)
    spans = days.spans
    if len(spans) != 1 or spans[0].first != spans[0].last or days.weekdays or days.excluded or days.stated_count:
        raise RefusalError("it names several times; list them as separate events", "E-TIME")
    findings += days.findings
    return days, clock
