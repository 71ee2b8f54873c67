"""When a digest is due and what it covers; slots are planned on the community's wall clock.

The local date of a slot is its key, so the hour that autumn repeats can make no second issue.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from newsletter.dates.terms import Terms, next_term
from newsletter.dates.zones import localise
from newsletter.model.issue import Slot, Window
from newsletter.model.workspace import DigestSettings

Unit = Literal["days", "month", "term", "since"]

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_DAY = "|".join(_WEEKDAYS)
_NTH = {"first": 1, "second": 2, "third": 3, "fourth": 4, "last": -1}
_CLOCK = r"at (?P<clock>\d{1,2}:\d\d)"
_WEEKLY = re.compile(
    rf"(?:weekly|every (?P<weeks>\d+) weeks) on (?P<day>{_DAY}) {_CLOCK}(?: from (?P<anchor>\d{{4}}-\d\d-\d\d))?"
)
_MONTHLY = re.compile(
    rf"(?P<unit>monthly|quarterly) on (?:the )?(?:(?P<nth>{'|'.join(_NTH)}) (?P<day>{_DAY})"
    rf"|(?P<date>\d{{1,2}})(?:st|nd|rd|th)?) {_CLOCK}"
)
_TERM = re.compile(
    rf"quarterly (?:(?P<days>\d+) days? (?P<side>before|after)|on the first day of) (?:the )?term {_CLOCK}"
)
_LEAD = re.compile(r"(\d+) (minute|hour|day|week)s? before")
_WINDOW = re.compile(rf"(?P<count>\d+) (?P<unit>day|week)s?(?: from next (?P<day>{_DAY}))?")
_SINCE = re.compile(r"since last, (?P<count>\d+) (?P<unit>day|week)s? ahead")

#: "every 2 weeks" without a "from" counts from this Monday.
_EPOCH = date(2024, 1, 1)
#: Slots end here: a cadence has no last day of its own, and an endless search for a date must have one.
_HORIZON = timedelta(days=366 * 100)


class CadenceError(ValueError):
    """A cadence, lead or window that cannot be read; says what may be written instead."""


@dataclass(frozen=True, slots=True)
class Cadence:
    """How often and when: `kind` says which of the other fields count."""

    kind: Literal["weekly", "monthly", "quarterly", "term", "manual"]
    at: time = time(9)
    weekday: int = 0
    weeks: int = 1
    anchor: date = _EPOCH
    nth: int = 0
    day: int = 0
    offset: timedelta = timedelta()


@dataclass(frozen=True, slots=True)
class WindowRule:
    """What an issue covers: `days` from the slot's date or the next `weekday`, a month, a term, or since the last."""

    unit: Unit
    days: int = 0
    weekday: int | None = None


def parse_cadence(text: str) -> Cadence:
    """Read a cadence such as "every 2 weeks on Friday at 09:00"; CadenceError for anything else."""
    plain = _plain(text)
    if plain == "manual":
        return Cadence("manual")
    if found := _WEEKLY.fullmatch(plain):
        return _weekly(found)
    if found := _MONTHLY.fullmatch(plain):
        return _monthly(found)
    if found := _TERM.fullmatch(plain):
        days = int(found["days"] or 0)
        return Cadence(
            "term", at=_clock(found["clock"]), offset=timedelta(days=-days if found["side"] == "before" else days)
        )
    raise CadenceError(
        f"{text!r} is not a cadence; write for example 'weekly on Friday at 09:00', "
        "'every 2 weeks on Friday at 09:00', 'monthly on first Monday at 09:00', "
        "'quarterly 7 days before term at 09:00' or 'manual'"
    )


def parse_lead(text: str) -> timedelta:
    """Read how long before the slot the draft is made: "3 days before"; CadenceError for anything else."""
    found = _LEAD.fullmatch(_plain(text))
    if found is None:
        raise CadenceError(f"{text!r} is not a lead time; write for example '3 days before' or '12 hours before'")
    return timedelta(**{f"{found[2]}s": int(found[1])})


def parse_window(text: str) -> WindowRule:
    """Read what an issue covers: "7 days from next Monday", "month", "term"; CadenceError for anything else."""
    plain = _plain(text)
    if plain == "month":
        return WindowRule("month")
    if plain == "term":
        return WindowRule("term")
    found = _WINDOW.fullmatch(plain) or _SINCE.fullmatch(plain)
    days = int(found["count"]) * (7 if found["unit"] == "week" else 1) if found else 0
    if found is None or not 1 <= days <= 400:
        raise CadenceError(
            f"{text!r} is not a window of 1 to 400 days; write for example '7 days from next Monday', '2 weeks', "
            "'month', 'term' or 'since last, 4 weeks ahead'"
        )
    if found.re is _SINCE:
        return WindowRule("since", days)
    return WindowRule("days", days, _WEEKDAYS.index(found["day"]) if found["day"] else None)


def slots(name: str, digest: DigestSettings, *, zone: ZoneInfo, terms: Terms, after: datetime) -> Iterator[Slot]:
    """The digest's slots at or after the aware `after`, ascending; none where manual or no term is left."""
    cadence, lead = parse_cadence(digest.cadence), parse_lead(digest.draft)
    for day in _days(cadence, after.astimezone(zone).date(), terms):
        planned = datetime.combine(day, cadence.at)
        send_at = localise(planned, zone)
        if send_at.astimezone(UTC) >= after.astimezone(UTC):
            window = window_of(digest, send_at, zone, terms, None)
            yield Slot(name, f"{name}-{day}", send_at, localise(planned - lead, zone), window)


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


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())


def _clock(text: str) -> time:
    hour, minute = (int(part) for part in text.split(":"))
    if hour > 23 or minute > 59:
        raise CadenceError(f"{text!r} is not a time of day; write 00:00 to 23:59")
    return time(hour, minute)


def _weekly(found: re.Match[str]) -> Cadence:
    weeks = int(found["weeks"] or 1)
    if not 1 <= weeks <= 52:
        raise CadenceError(f"'every {weeks} weeks' is not a cadence; write 1 to 52")
    try:
        anchor = date.fromisoformat(found["anchor"]) if found["anchor"] else _EPOCH
    except ValueError:
        raise CadenceError(f"{found['anchor']!r} is not a date; write YYYY-MM-DD") from None
    return Cadence(
        "weekly", at=_clock(found["clock"]), weekday=_WEEKDAYS.index(found["day"]), weeks=weeks, anchor=anchor
    )


def _monthly(found: re.Match[str]) -> Cadence:
    kind: Literal["monthly", "quarterly"] = "monthly" if found["unit"] == "monthly" else "quarterly"
    clock = _clock(found["clock"])
    if found["nth"]:
        return Cadence(kind, at=clock, weekday=_WEEKDAYS.index(found["day"]), nth=_NTH[found["nth"]])
    if not 1 <= int(found["date"]) <= 28:
        raise CadenceError(f"day {found['date']} is not in every month; write 1 to 28, or 'last Friday'")
    return Cadence(kind, at=clock, day=int(found["date"]))


def _days(cadence: Cadence, since: date, terms: Terms) -> Iterator[date]:
    """The planned dates from `since` on, ascending."""
    if cadence.kind == "weekly":
        yield from _weekly_days(cadence, since)
    elif cadence.kind == "term":
        planned = {term.first + cadence.offset for term in terms.values()}
        yield from sorted(day for day in planned if day >= since)
    elif cadence.kind != "manual":
        yield from (day for day in _monthly_days(cadence, since) if day >= since)


def _weekly_days(cadence: Cadence, since: date) -> Iterator[date]:
    first = cadence.anchor - timedelta(days=cadence.anchor.weekday() - cadence.weekday)
    step = timedelta(weeks=cadence.weeks)
    day = first + step * -((first - since) // step)
    while day - since < _HORIZON:
        yield day
        day += step


def _monthly_days(cadence: Cadence, since: date) -> Iterator[date]:
    """A quarter is three calendar months from January, and its day lies in the first of them."""
    step = 3 if cadence.kind == "quarterly" else 1
    number = (since.year * 12 + since.month - 1) // step * step
    while date(number // 12, 1, 1) - since < _HORIZON:
        yield _day_in_month(cadence, date(number // 12, number % 12 + 1, 1))
        number += step


def _day_in_month(cadence: Cadence, first: date) -> date:
    if cadence.day:
        return first.replace(day=cadence.day)
    if cadence.nth > 0:
        ahead = (cadence.weekday - first.weekday()) % 7
        return first + timedelta(days=ahead + 7 * (cadence.nth - 1))
    last = _month_after(first) - timedelta(days=1)
    return last - timedelta(days=(last.weekday() - cadence.weekday) % 7)


def _month_after(first: date) -> date:
    return (first.replace(day=1) + timedelta(days=31)).replace(day=1)


def _next_weekday(day: date, weekday: int) -> date:
    return day + timedelta(days=(weekday - day.weekday() - 1) % 7 + 1)


def _month(day: date) -> tuple[date, date]:
    first = _month_after(day) if day.day > 20 else day.replace(day=1)
    return first, _month_after(first)


def _term(day: date, terms: Terms) -> tuple[date, date]:
    found = next_term(day, terms)
    if found is None:
        raise CadenceError(f"no term begins on or after {day}; add the next one to [terms]")
    return found[1].first, found[1].last + timedelta(days=1)


def _midnights(first: date, end: date, zone: ZoneInfo) -> Window:
    return Window(localise(datetime.combine(first, time()), zone), localise(datetime.combine(end, time()), zone))
