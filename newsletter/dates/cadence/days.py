"""From a cadence to its dates: pure calendar arithmetic, without clocks and zones."""

from collections.abc import Iterator
from datetime import date, timedelta

from newsletter.dates.cadence.rules import Cadence
from newsletter.dates.terms import Terms

#: Slots end here: a cadence has no last day of its own, and an endless search for a date must have one.
HORIZON = timedelta(days=366 * 100)


def planned_days(cadence: Cadence, since: date, terms: Terms) -> Iterator[date]:
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
    while day - since < HORIZON:
        yield day
        day += step


def _monthly_days(cadence: Cadence, since: date) -> Iterator[date]:
    """A quarter is three calendar months from January, and its day lies in the first of them."""
    step = 3 if cadence.kind == "quarterly" else 1
    number = (since.year * 12 + since.month - 1) // step * step
    while date(number // 12, 1, 1) - since < HORIZON:
        yield _day_in_month(cadence, date(number // 12, number % 12 + 1, 1))
        number += step


def _day_in_month(cadence: Cadence, first: date) -> date:
    if cadence.day:
        return first.replace(day=cadence.day)
    if cadence.nth > 0:
        ahead = (cadence.weekday - first.weekday()) % 7
        return first + timedelta(days=ahead + 7 * (cadence.nth - 1))
    last = month_after(first) - timedelta(days=1)
    return last - timedelta(days=(last.weekday() - cadence.weekday) % 7)


def month_after(first: date) -> date:
    return (first.replace(day=1) + timedelta(days=31)).replace(day=1)
