"""One RRULE (RFC 5545, 3.3.10): read strictly, expanded day by day on a naive wall clock.

Our own expander and not dateutil's: that one searches on to the year 9999 when a rule matches nothing, which
costs seconds. This one looks at no period outside the asked span, so old starts and impossible rules cost nothing.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import product
from typing import Literal
from zoneinfo import ZoneInfo

Freq = Literal["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_RANGES = {
    "BYMONTH": (1, 12),
    "BYMONTHDAY": (-31, 31),
    "BYYEARDAY": (-366, 366),
    "BYWEEKNO": (-53, 53),
    "BYSETPOS": (-366, 366),
    "BYHOUR": (0, 23),
    "BYMINUTE": (0, 59),
    "BYSECOND": (0, 59),
}
_KNOWN = {"FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST", "BYDAY", *_RANGES}
#: A rule with a COUNT is counted from its start; a daily one of so many takes a century.
MAX_COUNT = 40_000
#: Nothing is expanded beyond this wall clock.
END_OF_TIME = datetime.combine(date(2200, 1, 1), time())

_UNTIL = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)(Z?))?")


class RuleError(ValueError):
    """A recurrence rule that cannot or must not be expanded; says why."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A read rule; `until` is a date, a naive wall clock or an aware UTC time, always inclusive."""

    freq: Freq
    interval: int = 1
    count: int | None = None
    until: date | datetime | None = None
    week_start: int = 0
    days: tuple[tuple[int, int], ...] = ()
    by: dict[str, tuple[int, ...]] = field(default_factory=dict)

    def values(self, name: str) -> tuple[int, ...]:
        """The numbers of one BY part; empty where the rule has none."""
        return self.by.get(name, ())


@lru_cache(maxsize=1024)
def parse_rule(text: str) -> Rule:
    """Read the value of an RRULE; RuleError for what is malformed, unknown, or repeats within a day."""
    parts = _parts(text)
    freq = parts.get("FREQ", "")
    if freq in ("SECONDLY", "MINUTELY", "HOURLY"):
        raise RuleError(f"the rule repeats {freq.lower()}; write DAILY, WEEKLY, MONTHLY or YEARLY")
    if freq not in ("DAILY", "WEEKLY", "MONTHLY", "YEARLY"):
        raise RuleError(f"the rule {text!r} has no FREQ of DAILY, WEEKLY, MONTHLY or YEARLY")
    by = {name: _numbers(name, parts[name]) for name in _RANGES if name in parts}
    if max(len(by.get("BYMINUTE", ())), len(by.get("BYSECOND", ()))) > 1:
        raise RuleError("the rule repeats within the hour; write it as separate events")
    return Rule(
        freq=freq,  # type: ignore[arg-type]  # narrowed by the tuple above, which mypy does not follow
        interval=_positive("INTERVAL", parts.get("INTERVAL", "1")),
        count=_count(parts["COUNT"]) if "COUNT" in parts else None,
        until=_until(parts["UNTIL"]) if "UNTIL" in parts else None,
        week_start=_weekday(parts.get("WKST", "MO"))[1],
        days=tuple(_weekday(value) for value in parts["BYDAY"].split(",")) if "BYDAY" in parts else (),
        by=by,
    )


def expand(rule: Rule, start: datetime, lower: datetime, upper: datetime, zone: ZoneInfo) -> Iterator[datetime]:
    """The rule's wall clocks in [lower, upper], ascending, none before `start`; `zone` is for an UNTIL in UTC."""
    rule = _with_defaults(rule, start)
    last = min(upper, until_on_wall_clock(rule, zone))
    counted = 0
    for moment in _moments(rule, start, start if rule.count else lower, last):
        if moment < start:
            continue
        counted += 1
        if moment > last or (rule.count and counted > rule.count):
            return
        if moment >= lower:
            yield moment


def until_on_wall_clock(rule: Rule, zone: ZoneInfo) -> datetime:
    """The last wall clock that UNTIL allows: a date means the whole of that day; without UNTIL, END_OF_TIME."""
    until = rule.until
    if until is None:
        return END_OF_TIME
    if not isinstance(until, datetime):
        return datetime.combine(until, time.max)
    return until.astimezone(zone).replace(tzinfo=None) if until.tzinfo else until


def _parts(text: str) -> dict[str, str]:
    parts: dict[str, str] = {}
    for part in text.strip().upper().removeprefix("RRULE:").strip(";").split(";"):
        name, _, value = (piece.strip() for piece in part.partition("="))
        if name not in _KNOWN or not value or name in parts:
            raise RuleError(f"the rule {text!r} cannot be read at {part!r}")
        parts[name] = value
    return parts


def _numbers(name: str, text: str) -> tuple[int, ...]:
    low, high = _RANGES[name]
    try:
        numbers = tuple(int(value) for value in text.split(","))
    except ValueError:
        raise RuleError(f"{name}={text} is not a list of numbers") from None
    if any(not low <= number <= high or (number == 0 and low != 0) for number in numbers):
        raise RuleError(f"{name}={text} is outside {low} to {high}")
    return tuple(sorted(set(numbers)))


def _positive(name: str, text: str) -> int:
    if not re.fullmatch(r"\d{1,9}", text) or int(text) == 0:
        raise RuleError(f"{name}={text} is not a positive number")
    return int(text)


def _count(text: str) -> int:
    count = _positive("COUNT", text)
    if count > MAX_COUNT:
        raise RuleError(f"COUNT={text} is more than {MAX_COUNT:,}; leave it out of a series that has no end")
    return count


def _until(text: str) -> date | datetime:
    found = _UNTIL.fullmatch(text)
    try:
        if found is None:
            raise ValueError
        year, month, day = (int(found[index]) for index in (1, 2, 3))
        if found[4] is None:
            return date(year, month, day)
        return datetime(
            year, month, day, int(found[4]), int(found[5]), int(found[6]), tzinfo=UTC if found[7] else None
        )
    except ValueError:
        raise RuleError(f"UNTIL={text} is not a date or time") from None


def _weekday(text: str) -> tuple[int, int]:
    found = re.fullmatch(r"([+-]?\d{1,2})?(MO|TU|WE|TH|FR|SA|SU)", text.strip())
    if found is None:
        raise RuleError(f"{text!r} is not a weekday such as MO or 1TU")
    return int(found[1] or 0), WEEKDAYS.index(found[2])


def _with_defaults(rule: Rule, start: datetime) -> Rule:
    """What the rule leaves open comes from its start (RFC 5545: "information missing is derived from DTSTART")."""
    by = {
        "BYHOUR": (start.hour,),
        "BYMINUTE": (start.minute,),
        "BYSECOND": (start.second,),
        **rule.by,
    }
    days = rule.days
    if not (days or rule.values("BYMONTHDAY") or rule.values("BYYEARDAY") or rule.values("BYWEEKNO")):
        if rule.freq == "WEEKLY":
            days = ((0, start.weekday()),)
        if rule.freq in ("MONTHLY", "YEARLY"):
            by["BYMONTHDAY"] = (start.day,)
        if rule.freq == "YEARLY":
            by.setdefault("BYMONTH", (start.month,))
    return Rule(rule.freq, rule.interval, rule.count, rule.until, rule.week_start, days, by)


def _moments(rule: Rule, start: datetime, lower: datetime, last: datetime) -> Iterator[datetime]:
    clocks = [
        time(*clock) for clock in product(rule.values("BYHOUR"), rule.values("BYMINUTE"), rule.values("BYSECOND"))
    ]
    positions = rule.values("BYSETPOS")
    for days in _periods(rule, start.date(), max(lower, start).date(), last.date()):
        found = [datetime.combine(day, clock) for day in days if _matches(rule, day) for clock in clocks]
        if positions:
            size = len(found)
            chosen = sorted({p - 1 if p > 0 else size + p for p in positions})
            found = [found[index] for index in chosen if 0 <= index < size]
        yield from found


def _periods(rule: Rule, start: date, lower: date, last: date) -> Iterator[list[date]]:
    """The days of every period the interval hits, from the one holding `lower` to the one holding `last`."""
    number = _period_number(rule, start)
    skipped = max(0, (_period_number(rule, lower) - number) // rule.interval)
    number += skipped * rule.interval
    end = _period_number(rule, last)
    while number <= end:
        yield _period_days(rule, number)
        number += rule.interval


def _period_number(rule: Rule, day: date) -> int:
    if rule.freq == "YEARLY":
        return day.year
    if rule.freq == "MONTHLY":
        return day.year * 12 + day.month - 1
    if rule.freq == "WEEKLY":
        return (day.toordinal() - 1 - rule.week_start) // 7
    return day.toordinal()


def _period_days(rule: Rule, number: int) -> list[date]:
    """The days of one period, those of a weekday that the rule does not name left out."""
    if rule.freq == "YEARLY":
        first, size = date(number, 1, 1).toordinal(), 366 if _is_leap(number) else 365
    elif rule.freq == "MONTHLY":
        month = date(number // 12, number % 12 + 1, 1)
        first, size = month.toordinal(), _month_length(month)
    elif rule.freq == "WEEKLY":
        first, size = max(1, number * 7 + 1 + rule.week_start), 7
    else:
        first, size = number, 1
    wanted = {weekday for _, weekday in rule.days} or range(7)
    return [date.fromordinal(day) for day in range(first, first + size) if (day - 1) % 7 in wanted]


def _matches(rule: Rule, day: date) -> bool:
    by = rule.by
    return (
        ("BYMONTH" not in by or day.month in by["BYMONTH"])
        and ("BYMONTHDAY" not in by or _month_day_in(day, by["BYMONTHDAY"]))
        and ("BYYEARDAY" not in by or _year_day_in(day, by["BYYEARDAY"]))
        and (not rule.days or any(_weekday_matches(rule, day, *wanted) for wanted in rule.days))
        and ("BYWEEKNO" not in by or _week_in(day, rule.week_start, by["BYWEEKNO"]))
    )


def _month_day_in(day: date, wanted: tuple[int, ...]) -> bool:
    return day.day in wanted or day.day - _month_length(day) - 1 in wanted


def _weekday_matches(rule: Rule, day: date, nth: int, weekday: int) -> bool:
    """An ordinal counts within the month, or within the year in a yearly rule without BYMONTH."""
    if day.weekday() != weekday:
        return False
    if nth == 0 or rule.freq in ("DAILY", "WEEKLY"):
        return True
    if rule.freq == "YEARLY" and not rule.values("BYMONTH"):
        position, size = day.timetuple().tm_yday, 366 if _is_leap(day.year) else 365
    else:
        position, size = day.day, _month_length(day)
    return nth in ((position - 1) // 7 + 1, -((size - position) // 7 + 1))


def _year_day_in(day: date, wanted: tuple[int, ...]) -> bool:
    position, size = day.timetuple().tm_yday, 366 if _is_leap(day.year) else 365
    return position in wanted or position - size - 1 in wanted


def _week_in(day: date, week_start: int, wanted: tuple[int, ...]) -> bool:
    """Week 1 is the first with four days in the year (ISO 8601 for weeks that start on Monday)."""
    year = next(y for y in (day.year + 1, day.year, day.year - 1) if day >= _first_week(y, week_start))
    week = (day - _first_week(year, week_start)).days // 7 + 1
    weeks = (_first_week(year + 1, week_start) - _first_week(year, week_start)).days // 7
    return week in wanted or week - weeks - 1 in wanted


def _first_week(year: int, week_start: int) -> date:
    fourth = date(year, 1, 4)
    return fourth - timedelta(days=(fourth.weekday() - week_start) % 7)


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def _month_length(day: date) -> int:
    if day.month == 2:
        return 29 if _is_leap(day.year) else 28
    return 30 if day.month in (4, 6, 9, 11) else 31
