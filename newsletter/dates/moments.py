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

_DATES = {"date", "numeric", "month"}
_HALF_YEAR = timedelta(days=183)


def read_moments(found: list[Token], rules: Rules, findings: list[Finding]) -> Instant | None:
    """From a day and a time to another; None where the text has no such form."""
    middle = _middle(found)
    if middle is None:
        return None
    last, last_clock = _moment(found[middle + 1 :], rules, None, findings)
    first, first_clock = _moment(found[:middle], rules, last.spans[0].first, findings)
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


def _moment(part: list[Token], rules: Rules, before: date | None, findings: list[Finding]) -> tuple[Days, Clock]:
    clock, rest = find_clock(part, rules.home)
    if clock is None or clock.end is not None or clock.others:
        raise RefusalError("it names several times; list them as separate events", "E-TIME")
    days = read_days(rest, day_first=rules.day_first, year=before.year if before else None)
    if before and days.spans and days.spans[0].first - before > _HALF_YEAR:
        days = read_days(rest, day_first=rules.day_first, year=before.year - 1)
    spans = days.spans
    if len(spans) != 1 or spans[0].first != spans[0].last or days.weekdays or days.excluded or days.stated_count:
        raise RefusalError("it names several times; list them as separate events", "E-TIME")
    findings += days.findings
    return days, clock
