"""Do an event's own times agree: order, repetition, year, length, expiry, deadlines?"""

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from newsletter.compose.facts.rule import Facts, Found, last_day
from newsletter.compose.matching import first_day, last_stated_day
from newsletter.dates.recurrence import rule_problem
from newsletter.dates.zones import localise
from newsletter.model.item import Deadline, Item
from newsletter.model.when import AllDay, Instant, Recurrence, Sessions, WeeklyRange, When

OLDEST_YEAR = 1990
YEARS_AHEAD = 5
PLACEHOLDER_YEAR = 2099
#: What lasts longer than this in one go most likely has a wrong year in it.
LONGEST = timedelta(days=366)

_REGISTRATION = re.compile(r"regist|sign|rsvp|apply|applic|book|enrol|ticket", re.IGNORECASE)


def end_before_start(item: Item, facts: Facts) -> Iterator[Found]:
    """E-ORDER: an end that lies before its start; which of the two is wrong only the author knows."""
    for start, end in _stated_spans(item.when):
        if end < start:
            text = f"{item.title!r} ends ({end}) before it starts ({start}); correct one of them"
            yield Found("error", "E-ORDER", text)


def bad_rule(item: Item, facts: Facts) -> Iterator[Found]:
    """E-RULE: a repetition that cannot be expanded."""
    for rule in item.when.rules if isinstance(item.when, Recurrence) else ():
        trouble = rule_problem(rule)
        if trouble:
            yield Found("error", "E-RULE", f"the repetition of {item.title!r} ({rule}) cannot be used: {trouble}")


def strange_year(item: Item, facts: Facts) -> Iterator[Found]:
    """E-PLACEHOLDER for the year 2099, E-YEAR for one that can hardly be meant."""
    days = dict.fromkeys(day for day in (first_day(item.when), last_stated_day(item.when)) if day)
    for day in days:
        if day.year >= PLACEHOLDER_YEAR:
            text = f"{item.title!r} is dated {day}, which looks like a placeholder; write the date, or say TBA"
            yield Found("error", "E-PLACEHOLDER", text)
        elif not OLDEST_YEAR <= day.year <= facts.year + YEARS_AHEAD:
            yield Found("error", "E-YEAR", f"{item.title!r} is dated {day}; is the year {day.year} meant?")


def too_long(item: Item, facts: Facts) -> Iterator[Found]:
    """W-LENGTH: one event that goes on for more than a year, as one with a wrong year does."""
    first, last = first_day(item.when), last_stated_day(item.when)
    if isinstance(item.when, Instant | AllDay) and first and last and last - first > LONGEST:
        text = f"{item.title!r} lasts from {first} to {last}; is the year of its end right?"
        yield Found("warning", "W-LENGTH", text)


def after_expiry(item: Item, facts: Facts) -> Iterator[Found]:
    """W-EXPIRES: an event that takes place after the day it expires, or news that expires before it is published."""
    day = first_day(item.when) if item.kind == "event" else item.publish
    if item.expires is not None and day is not None and day > item.expires:
        text = f"{item.title!r} expires on {item.expires}, before its date {day}; correct one of them"
        yield Found("warning", "W-EXPIRES", text)


def late_deadline(item: Item, facts: Facts) -> Iterator[Found]:
    """W-DEADLINE: registration that closes after the event is over, or more than a year before it."""
    for deadline in item.deadlines if item.kind == "event" else ():
        if not _REGISTRATION.search(deadline.label):
            continue
        at, first = _day_of(deadline), first_day(item.when)
        if _is_after(deadline, item.when):
            text = f"{deadline.label!r} of {item.title!r} is on {deadline.at}, after the event itself; correct one"
            yield Found("warning", "W-DEADLINE", text, deadline.origin)
        elif first is not None and first - at > LONGEST:
            text = f"{deadline.label!r} of {item.title!r} is on {at}, more than a year before the event ({first})"
            yield Found("warning", "W-DEADLINE", text, deadline.origin)


def _is_after(deadline: Deadline, when: When | None) -> bool:
    """Whether it lies after the event; on one day only where both name the hour."""
    last = last_day(when)
    if isinstance(deadline.at, datetime) and isinstance(when, Instant):
        closes = localise(deadline.at, ZoneInfo(deadline.timezone))
        return closes > localise(when.end or when.start, ZoneInfo(when.timezone))
    return last is not None and _day_of(deadline) > last


def _day_of(deadline: Deadline) -> date:
    return deadline.at.date() if isinstance(deadline.at, datetime) else deadline.at


def _stated_spans(when: When | None) -> Iterator[tuple[date, date]]:
    if isinstance(when, Instant | Recurrence) and when.end is not None:
        yield when.start, when.end
    elif isinstance(when, AllDay | WeeklyRange):
        yield when.first, when.last
    elif isinstance(when, Sessions):
        for one in when.sessions:
            yield from _stated_spans(one)
