"""What an issue covers: half-open, from local midnight to local midnight."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from newsletter.dates.cadence.days import month_after
from newsletter.dates.cadence.parsing import parse_window
from newsletter.dates.cadence.rules import CadenceError
from newsletter.dates.terms import Terms, next_term
from newsletter.dates.zones import localise
from newsletter.model.issue import Window
from newsletter.model.workspace import DigestSettings


def window_of(
    digest: DigestSettings, send_at: datetime, zone: ZoneInfo, terms: Terms, last: datetime | None
) -> Window:
    """What an issue sent at `send_at` covers, from local midnight to local midnight.

    "month" is the slot's calendar month, or the next one where the slot lies after the 20th; "term" is the first
    term that begins on or after the slot's date (CadenceError where none is set); "since last" begins on the date
    of `last`, the last issue sent, or on the slot's own.
    """
    rule, day = parse_window(digest.window), send_at.astimezone(zone).date()
    if rule.unit == "month":
        return _midnights(*_month(day), zone)
    if rule.unit == "term":
        return _midnights(*_term(day, terms), zone)
    first = day if rule.weekday is None else _next_weekday(day, rule.weekday)
    end = first + timedelta(days=rule.days)
    if rule.unit == "since" and last is not None:
        first = min(day, last.astimezone(zone).date())
    return _midnights(first, end, zone)


def _next_weekday(day: date, weekday: int) -> date:
    return day + timedelta(days=(weekday - day.weekday() - 1) % 7 + 1)


def _month(day: date) -> tuple[date, date]:
    first = month_after(day) if day.day > 20 else day.replace(day=1)
    return first, month_after(first)


def _term(day: date, terms: Terms) -> tuple[date, date]:
    found = next_term(day, terms)
    if found is None:
        raise CadenceError(f"no term begins on or after {day}; add the next one to [terms]")
    return found[1].first, found[1].last + timedelta(days=1)


def _midnights(first: date, end: date, zone: ZoneInfo) -> Window:
    return Window(localise(datetime.combine(first, time()), zone), localise(datetime.combine(end, time()), zone))
