"""Recurrence rules by brute force: every day is asked in turn. Slow, plain, and sharing no code with the product."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from functools import cache
from itertools import groupby

NAMES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
DAY = timedelta(days=1)


def walk(rule: str, start: datetime, end: datetime) -> list[datetime]:
    """The instances of the rule on the naive wall clock, from `start` up to and not including `end`."""
    parts = dict(part.split("=") for part in rule.split(";"))
    until = parts.get("UNTIL", "99991231")
    last = f"{until}T235959" if "T" not in until else until.rstrip("Z")
    found = []
    for moment in _moments(parts, start, end):
        if moment < start:
            continue
        if moment >= end or f"{moment:%Y%m%dT%H%M%S}" > last or len(found) == int(parts.get("COUNT", 10**9)):
            break
        found.append(moment)
    return found


def _moments(parts: dict[str, str], start: datetime, end: datetime) -> Iterator[datetime]:
    first = date(start.year, 1, 1) - 14 * DAY
    size = (end.date() - first).days + 400
    every = (first + number * DAY for number in range(size))
    for number, days in groupby(every, key=lambda day: _period(parts, day) - _period(parts, start.date())):
        if number < 0 or number % int(parts.get("INTERVAL", 1)):
            continue
        chosen = [
            datetime.combine(day, at)
            for day in days
            if _is_asked_for(parts, start, day)
            for at in _clocks(parts, start)
        ]
        yield from _positions(parts, chosen)


def _period(parts: dict[str, str], day: date) -> int:
    freq = parts["FREQ"]
    if freq == "WEEKLY":
        return (_week_start(day, NAMES.index(parts.get("WKST", "MO"))) - date(1999, 12, 27)).days // 7
    return {"DAILY": (day - date(2000, 1, 1)).days, "MONTHLY": day.year * 12 + day.month, "YEARLY": day.year}[freq]


def _clocks(parts: dict[str, str], start: datetime) -> list[time]:
    hours = sorted(int(hour) for hour in parts.get("BYHOUR", str(start.hour)).split(","))
    return [time(hour, start.minute) for hour in hours]


def _positions(parts: dict[str, str], chosen: list[datetime]) -> list[datetime]:
    if "BYSETPOS" not in parts:
        return chosen
    wanted = [int(text) for text in parts["BYSETPOS"].split(",")]
    return [one for place, one in enumerate(chosen, 1) if place in wanted or place - len(chosen) - 1 in wanted]


def _is_asked_for(parts: dict[str, str], start: datetime, day: date) -> bool:
    parts = {**_implied(parts, start), **parts}
    return all(
        (
            "BYMONTH" not in parts or str(day.month) in parts["BYMONTH"].split(","),
            "BYMONTHDAY" not in parts or _is_nth(parts["BYMONTHDAY"], *_place_in_month(day)),
            "BYYEARDAY" not in parts or _is_nth(parts["BYYEARDAY"], *_place_in_year(day)),
            "BYWEEKNO" not in parts or _is_nth(parts["BYWEEKNO"], *_week(day, NAMES.index(parts.get("WKST", "MO")))),
            "BYDAY" not in parts or any(_is_weekday(text, parts, day) for text in parts["BYDAY"].split(",")),
        )
    )


def _implied(parts: dict[str, str], start: datetime) -> dict[str, str]:
    if any(name in parts for name in ("BYDAY", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO")):
        return {}
    return {
        "DAILY": {},
        "WEEKLY": {"BYDAY": NAMES[start.weekday()]},
        "MONTHLY": {"BYMONTHDAY": str(start.day)},
        "YEARLY": {"BYMONTHDAY": str(start.day), "BYMONTH": str(start.month)},
    }[parts["FREQ"]]


def _is_nth(wanted: str, place: int, size: int) -> bool:
    """Whether the place is listed, from the front or from the back."""
    return bool({str(place), f"+{place}", str(place - size - 1)} & set(wanted.split(",")))


def _is_weekday(text: str, parts: dict[str, str], day: date) -> bool:
    if text[-2:] != NAMES[day.weekday()]:
        return False
    if len(text) == 2:
        return True
    whole_year = parts["FREQ"] == "YEARLY" and "BYMONTH" not in parts
    same = [one for one in _days_around(day, whole_year) if one.weekday() == day.weekday()]
    return _is_nth(text[:-2], same.index(day) + 1, len(same))


@cache
def _days_around(day: date, whole_year: bool) -> tuple[date, ...]:
    near = (day + step * DAY for step in (range(-366, 367) if whole_year else range(-31, 32)))
    return tuple(one for one in near if one.year == day.year and (whole_year or one.month == day.month))


def _place_in_month(day: date) -> tuple[int, int]:
    return day.day, len(_days_around(day.replace(day=1), False))


def _place_in_year(day: date) -> tuple[int, int]:
    days = _days_around(day.replace(month=1, day=1), True)
    return days.index(day) + 1, len(days)


def _week_start(day: date, first: int) -> date:
    while day.weekday() != first:
        day -= DAY
    return day


@cache
def _week(day: date, first: int) -> tuple[int, int]:
    """The number of its week and how many that year has; a week is of the year that holds its fourth day."""
    start = _week_start(day, first)
    year = (start + 3 * DAY).year
    before, after = start, start
    while (before - 4 * DAY).year == year:
        before -= 7 * DAY
    while (after + 10 * DAY).year == year:
        after += 7 * DAY
    return (start - before).days // 7 + 1, (after - before).days // 7 + 1
