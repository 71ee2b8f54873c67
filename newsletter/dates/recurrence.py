"""When to occurrences: what overlaps a span of time, in order, and when it is for the last time."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import chain
from operator import itemgetter
from zoneinfo import ZoneInfo

from newsletter.dates.instances import DAY, LONGEST, before, end_of, instances, moments
from newsletter.dates.rules import RuleError, parse_rule, until_on_wall_clock
from newsletter.dates.zones import localise
from newsletter.model.when import (
    AllDay,
    Instant,
    Occurrence,
    Recurrence,
    Sessions,
    WeeklyRange,
    When,
)

__all__ = ["RuleError", "last_date", "moments", "occurrences", "rule_problem"]


def occurrences(
    when: When, start: datetime, end: datetime, *, home: ZoneInfo, limit: int = 1000
) -> tuple[Occurrence, ...]:
    """What overlaps the half-open, aware [start, end), in order; days without a clock are days in `home`.

    Cancelled instances stay, with their status; a moved one counts where it moved to. RuleError for a rule that
    cannot be expanded. At most `limit`, the earliest ones.
    """
    return _occurrences(when, start, end, home, limit)


def may_take_place(when: When | None, first: date, last: date) -> bool:
    """False only for what cannot take place on these days (both inclusive) in any zone: a cheap look beforehand."""
    if isinstance(when, Instant):
        return _may_touch(when.start.date(), (when.end or when.start).date(), first, last)
    if isinstance(when, AllDay | WeeklyRange):
        return _may_touch(when.first, when.last, first, last)
    if isinstance(when, Sessions):
        return any(may_take_place(one, first, last) for one in when.sessions)
    return isinstance(when, Recurrence)


def _may_touch(begin: date, finish: date, first: date, last: date) -> bool:
    return begin <= last + 2 * DAY and max(begin, finish) >= first - 2 * DAY


# Every edition of an issue asks the same of the same frozen values; the zones alone differ, and they come later.
@lru_cache(maxsize=16_384)
def _occurrences(when: When, start: datetime, end: datetime, home: ZoneInfo, limit: int) -> tuple[Occurrence, ...]:
    # Within one zone comparing is quick; between two, both are asked for their offsets each time.
    first, last = _comparable(start), _comparable(end)
    spans = [(_span(one, home), one) for one in _all(when, start, end)]
    found = sorted([(span, one) for span, one in spans if _overlaps(span, first, last)], key=itemgetter(0))
    return tuple(one for _, one in found[:limit])


def rule_problem(rule: str) -> str | None:
    """What is wrong with an RRULE value, in words; None where it can be expanded."""
    try:
        parse_rule(rule)
    except RuleError as error:
        return str(error)
    return None


def last_date(when: When) -> date | None:
    """The last local date on which it still takes place; None where it has no end or names no date."""
    if isinstance(when, Instant):
        return (when.end or when.start).date()
    if isinstance(when, Sessions):
        days = (last_date(one) for one in when.sessions)
        return max((day for day in days if day), default=None)
    if isinstance(when, WeeklyRange):
        return next(_range_days(when, when.first, when.last, backwards=True), None)
    if isinstance(when, Recurrence):
        return _last_of_series(when)
    return when.last


def _all(when: When, start: datetime, end: datetime) -> Iterator[Occurrence]:
    """A generous superset of what overlaps; the caller compares exact instants."""
    if isinstance(when, Instant):
        yield from _of_instant(when, start.date() - 2 * DAY, end.date() + 2 * DAY)
    elif isinstance(when, AllDay):
        yield Occurrence(when.first, when.last)
    elif isinstance(when, Sessions):
        yield from chain.from_iterable(_all(one, start, end) for one in when.sessions)
    elif isinstance(when, WeeklyRange):
        yield from _of_range(when, start.date() - 2 * DAY, end.date() + 2 * DAY)
    elif isinstance(when, Recurrence):
        zone = ZoneInfo(when.timezone)
        yield from instances(when, _wall(start, zone) - 2 * DAY, _wall(end, zone) + 2 * DAY)


def _of_instant(when: Instant, lower: date, upper: date) -> Iterator[Occurrence]:
    if when.start.date() <= upper and (when.end or when.start).date() >= lower:
        zone = ZoneInfo(when.timezone)
        yield Occurrence(localise(when.start, zone), localise(when.end, zone) if when.end else None)


def _of_range(when: WeeklyRange, lower: date, upper: date) -> Iterator[Occurrence]:
    zone = ZoneInfo(when.timezone)
    for day in _range_days(when, max(lower, when.first), min(upper, when.last)):
        if when.start is None:
            yield Occurrence(day, day)
            continue
        begin = datetime.combine(day, when.start)
        finish = _after(begin, when.end)
        yield Occurrence(localise(begin, zone), localise(finish, zone) if finish else None)


def _range_days(when: WeeklyRange, first: date, last: date, *, backwards: bool = False) -> Iterator[date]:
    weekday, length = first.weekday(), (last - first).days + 1
    for index in range(length - 1, -1, -1) if backwards else range(length):
        if (weekday + index) % 7 in when.weekdays and (day := first + timedelta(days=index)) not in when.excluded:
            yield day


def _after(begin: datetime, clock: time | None) -> datetime | None:
    """The end on the same evening, or after midnight."""
    if clock is None:
        return None
    finish = datetime.combine(begin.date(), clock)
    return finish if finish > begin else finish + DAY


@lru_cache(maxsize=4096)
def _last_of_series(when: Recurrence) -> date | None:
    zone = ZoneInfo(when.timezone)
    rules = [parse_rule(rule) for rule in when.rules]
    ends = [until_on_wall_clock(rule, zone) for rule in rules]
    if when.until is None and any(rule.count is None and rule.until is None for rule in rules):
        return None
    cap = end_of(when)
    # A date beyond the cap is never an instance: it must not draw the search away from where the rules end.
    listed = [one for one in (when.start, *when.rdates) if one <= cap]
    upper = max([*(min(end, cap) for end in ends), *listed], default=cap)
    # A counted rule counts from its start anyway; beside any other, the last months tell, as a rule.
    lowers = [] if all(rule.count for rule in rules) else [before(upper, 40 * DAY), before(upper, 3 * LONGEST)]
    for lower in (*lowers, when.start):
        found = instances(when, max(lower, when.start), upper)
        last = max((_day(one.end or one.start) for one in found if one.status != "cancelled"), default=None)
        # Whatever begins before `lower` ended before it too, or was found.
        if last is not None and last >= lower.date():
            return last
    return last


def _day(moment: date | datetime) -> date:
    return moment.date() if isinstance(moment, datetime) else moment


def _overlaps(span: tuple[datetime, datetime], start: datetime, end: datetime) -> bool:
    """A span without length counts where it begins."""
    begin, finish = span
    return begin < end and (finish > start or begin >= start)


def _span(one: Occurrence, home: ZoneInfo) -> tuple[datetime, datetime]:
    """In UTC, because aware times of one zone compare by wall clock and the autumn hour has two."""
    begin = _utc(one.start, home, 0)
    finish = _utc(one.end, home, 1) if one.end is not None else begin
    return begin, max(begin, finish)


def _utc(moment: date | datetime, home: ZoneInfo, days_after: int) -> datetime:
    if isinstance(moment, datetime):
        return moment.astimezone(UTC)
    return localise(datetime.combine(moment + timedelta(days=days_after), time()), home).astimezone(UTC)


def _comparable(moment: datetime) -> datetime:
    """In UTC; at the ends of the calendar, where there is no such instant, as it is."""
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        return moment


def _wall(moment: datetime, zone: ZoneInfo) -> datetime:
    return moment.astimezone(zone).replace(tzinfo=None)
