"""From a cadence to its dates: pure calendar arithmetic, without clocks and zones."""

from calendar import monthrange
from collections.abc import Iterator
from datetime import date, timedelta

from newsletter.dates.cadence.rules import Cadence
from newsletter.dates.terms import Terms

#: Slots end here: a cadence has no last day of its own, and an endless search for a date must have one.
HORIZON = timedelta(days=366 * 100)


def planned_days(cadence: Cadence, since: date, terms: Terms) -> Iterator[date]:
    """The planned dates from `since` on, ascending, each once; none for a manual cadence."""
    if cadence.kind == "weekly":
        yield from _weekly_days(cadence, since)
    elif cadence.kind == "term":
        planned = {term.first + cadence.offset for term in terms.values()}
        yield from sorted(day for day in planned if day >= since)
    elif cadence.kind == "quarter":
        early = since - abs(cadence.offset)
        starts = (first + cadence.offset for first in _month_starts(early, 3, cadence.year_from))
        yield from (day for day in starts if day >= since)
    elif cadence.kind != "manual":
        step = 3 if cadence.kind == "quarterly" else 1
        days = (_day_in_month(cadence, first) for first in _month_starts(since, step, cadence.year_from))
        yield from (day for day in days if day >= since)


def month_after(first: date, months: int = 1) -> date:
    """The first day of the month so many months after that of `first`."""
    number = first.year * 12 + first.month - 1 + months
    return date(number // 12, number % 12 + 1, 1)


def quarter_start(day: date, year_from: int) -> date:
    """The first day of the quarter that `day` lies in, where the year begins with the month `year_from`."""
    return month_after(day, -((day.month - year_from) % 3))


def _weekly_days(cadence: Cadence, since: date) -> Iterator[date]:
    first = cadence.anchor - timedelta(days=cadence.anchor.weekday() - cadence.weekday)
    step = timedelta(weeks=cadence.weeks)
    day = first + step * -((first - since) // step)
    while day - since < HORIZON:
        yield day
        day += step


def _month_starts(since: date, step: int, year_from: int) -> Iterator[date]:
    """First days of months or quarters, from the one that holds `since` on."""
    first = quarter_start(since, year_from) if step == 3 else since.replace(day=1)
    while first - since < HORIZON:
        yield first
        first = month_after(first, step)


def _day_in_month(cadence: Cadence, first: date) -> date:
    """The slot's day in the month of `first`; a day that the month has not is its last."""
    length = monthrange(first.year, first.month)[1]
    if cadence.day:
        return first.replace(day=min(cadence.day, length))
    if cadence.nth > 0:
        ahead = (cadence.weekday - first.weekday()) % 7
        return first + timedelta(days=ahead + 7 * (cadence.nth - 1))
    last = first.replace(day=length)
    return last - timedelta(days=(last.weekday() - cadence.weekday) % 7)
