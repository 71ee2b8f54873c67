"""What an issue covers: half-open, from local midnight to local midnight."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from newsletter.dates.cadence.days import month_after, quarter_start
from newsletter.dates.cadence.parsing import parse_cadence, parse_window
from newsletter.dates.cadence.rules import Cadence, CadenceError, WindowRule
from newsletter.dates.terms import Terms, next_term
from newsletter.dates.zones import localise
from newsletter.model.issue import Window
from newsletter.model.workspace import DigestSettings

#: A slot after this day of a month is about the next month (or quarter, in its last month).
LATE_IN_MONTH = 20


def window_of(
    digest: DigestSettings, send_at: datetime, zone: ZoneInfo, terms: Terms, last: datetime | None
) -> Window:
    """What an issue sent at `send_at` covers, from local midnight to local midnight.

    "month" is the slot's calendar month, or the next one where the cadence lies after the 20th; "quarter" likewise in
    its last month. "term" is the first term that begins on or after the slot's date (CadenceError where none is set).
    A cadence that counts from a term or quarter covers that one. "since last" begins on the date of `last`, the last
    issue sent, or on the slot's own.
    """
    rule, cadence = parse_window(digest.window), parse_cadence(digest.cadence)
    day = send_at.astimezone(zone).date()
    if rule.unit == "month":
        return _midnights(*_month(day, cadence), zone)
    if rule.unit == "quarter":
        return _midnights(*_quarter(day, rule, cadence), zone)
    if rule.unit == "term":
        return _midnights(*_term(day, cadence, terms), zone)
    first = day if rule.weekday is None else _next_weekday(day, rule.weekday)
    end = first + timedelta(days=rule.days)
    if rule.unit == "since" and last is not None:
        first = min(day, last.astimezone(zone).date())
    return _midnights(first, end, zone)


def _next_weekday(day: date, weekday: int) -> date:
    return day + timedelta(days=(weekday - day.weekday() - 1) % 7 + 1)


def _month(day: date, cadence: Cadence) -> tuple[date, date]:
    # Third Fridays lie from the 15th to the 21st: the rule is asked and not the date, or one month would get two
    # issues and another none.
    earliest = cadence.earliest_day if cadence.kind == "monthly" else day.day
    first = month_after(day) if earliest > LATE_IN_MONTH else day.replace(day=1)
    return first, month_after(first)


def _quarter(day: date, rule: WindowRule, cadence: Cadence) -> tuple[date, date]:
    year_from = rule.year_from or cadence.year_from
    if cadence.kind == "quarter":
        first = quarter_start(day - cadence.offset, year_from)
    else:
        first = quarter_start(day, year_from)
        first = month_after(first, 3) if _late(day, first) else first
    return first, month_after(first, 3)


def _late(day: date, first: date) -> bool:
    return month_after(first, 2) <= day and day.day > LATE_IN_MONTH


def _term(day: date, cadence: Cadence, terms: Terms) -> tuple[date, date]:
    found = next_term(day - cadence.offset if cadence.kind == "term" else day, terms)
    if found is None:
        raise CadenceError(f"no term begins on or after {day}; add the next one to [terms]")
    return found[1].first, found[1].last + timedelta(days=1)


def _midnights(first: date, end: date, zone: ZoneInfo) -> Window:
    return Window(localise(datetime.combine(first, time()), zone), localise(datetime.combine(end, time()), zone))
