"""Generated recurrence rules: what calendars write mostly, and every part of RFC 5545 from DAILY to YEARLY."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

NAMES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
ZONES = ("America/Los_Angeles", "Europe/Berlin", "Australia/Sydney", "UTC", "a day")


@dataclass(frozen=True)
class Series:
    """A rule with its start on a wall clock; `zone` is IANA, or "a day" for an all-day series."""

    rule: str
    start: datetime
    zone: str

    @property
    def all_day(self) -> bool:
        return self.zone == "a day"


def series(number: int) -> Series:
    """The same series for the same number, always."""
    chance = Random(number)
    day = datetime(2015, 1, 1) + timedelta(days=chance.randrange(4_000))
    zone = chance.choice(ZONES)
    start = day if zone == "a day" else day.replace(hour=chance.randrange(24), minute=chance.choice((0, 15, 30)))
    return Series(_rule(chance, start, zone), start, zone)


def _rule(chance: Random, start: datetime, zone: str) -> str:
    freq = chance.choice(("DAILY", "WEEKLY", "WEEKLY", "MONTHLY", "MONTHLY", "YEARLY"))
    parts = {"FREQ": freq, **_by(chance, freq)}
    if chance.random() < 0.5:
        parts["INTERVAL"] = str(chance.randrange(1, 6))
    if chance.random() < 0.2:
        parts["WKST"] = chance.choice(NAMES)
    if freq in ("MONTHLY", "YEARLY") and ("BYDAY" in parts or "BYMONTHDAY" in parts) and chance.random() < 0.3:
        parts["BYSETPOS"] = _some(chance, (1, 2, 3, -1, -2))
    if zone != "a day" and chance.random() < 0.1:
        parts["BYHOUR"] = _some(chance, range(24))
    ending = chance.choice(("", "COUNT", "UNTIL"))
    if ending == "COUNT":
        parts["COUNT"] = str(chance.randrange(1, 60))
    if ending == "UNTIL":
        parts["UNTIL"] = _until(chance, start, zone)
    return ";".join(f"{name}={value}" for name, value in parts.items())


def _by(chance: Random, freq: str) -> dict[str, str]:
    """At most two parts: more of them mostly match nothing, which dateutil takes seconds to find out."""
    days = _some(chance, NAMES)
    month_days = _some(chance, (*range(1, 32), *range(-31, 0)))
    months = _some(chance, range(1, 13))
    nth_days = ",".join({f"{chance.choice((1, 2, 3, 4, 5, -1, -2))}{chance.choice(NAMES)}" for _ in range(2)})
    choices = {
        "DAILY": {"BYMONTH": months, "BYDAY": days, "BYMONTHDAY": month_days},
        "WEEKLY": {"BYMONTH": months, "BYDAY": days},
        "MONTHLY": {"BYMONTH": months, "BYDAY": chance.choice((days, nth_days)), "BYMONTHDAY": month_days},
        "YEARLY": {
            "BYMONTH": months,
            "BYDAY": chance.choice((days, nth_days)),
            "BYMONTHDAY": month_days,
            "BYYEARDAY": _some(chance, (*range(1, 367), *range(-366, 0))),
            "BYWEEKNO": _some(chance, (*range(1, 54), *range(-53, 0))),
        },
    }[freq]
    names = chance.sample(sorted(choices), chance.choice((0, 1, 1, 2)))
    if "BYWEEKNO" in names and choices["BYDAY"] == nth_days:
        choices["BYDAY"] = days  # RFC 5545 forbids a numbered weekday beside a week number
    return {name: choices[name] for name in names}


def _some(chance: Random, values: tuple[object, ...] | range) -> str:
    return ",".join(map(str, chance.sample(list(values), chance.choice((1, 1, 2, 3)))))


def _until(chance: Random, start: datetime, zone: str) -> str:
    """As a date, as a local time, or in UTC; the walker knows no zones, so UTC only where the series is in UTC."""
    last = start + timedelta(days=chance.randrange(1, 1500))
    if zone == "a day" or chance.random() < 0.3:
        return f"{last:%Y%m%d}"
    return f"{last:%Y%m%dT%H%M%S}{'Z' if zone == 'UTC' and chance.random() < 0.7 else ''}"
