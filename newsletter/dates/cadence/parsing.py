"""Cadences, leads and windows as a person writes them; what is not understood is refused with an example."""

import re
from datetime import date, time, timedelta
from typing import Literal

from newsletter.dates.cadence.rules import EPOCH, Cadence, CadenceError, WindowRule

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
        anchor = date.fromisoformat(found["anchor"]) if found["anchor"] else EPOCH
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
