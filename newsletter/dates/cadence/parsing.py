"""Cadences, leads and windows as a person writes them; what is not understood is refused with an example."""

import re
from datetime import date, time, timedelta

from newsletter.dates.cadence.rules import EPOCH, LAST, LAST_DAY, Cadence, CadenceError, Kind, WindowRule

_NUMBERS = (
    "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
)  # fmt: skip
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
_NTH = {"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": LAST, "last": LAST}
_DAY = "|".join(_WEEKDAYS)
_CLOCK = r"at (?P<clock>\d{1,2}:\d\d)"
_YEAR = rf"(?:,? year from (?P<month>{'|'.join(_MONTHS)}))?"
_NUMBER = re.compile(rf"\b(?:{'|'.join(_NUMBERS)})\b")
_WEEKLY = re.compile(
    rf"(?:weekly|every (?P<weeks>\d+) weeks) on (?P<day>{_DAY}) {_CLOCK}(?: from (?P<anchor>\d{{4}}-\d\d-\d\d))?"
)
_MONTHLY = re.compile(
    rf"(?P<unit>monthly|quarterly) on (?:the )?(?:(?P<nth>{'|'.join(_NTH)}) (?P<day>{_DAY})"
    rf"|(?P<date>\d{{1,2}})(?:st|nd|rd|th)?|(?P<end>last day)) {_CLOCK}{_YEAR}"
)
_FROM_START = re.compile(
    r"(?:quarterly )?(?:(?P<count>\d+) (?P<unit>day|week)s? (?P<side>before|after)|on (?:the )?first day of)"
    rf" (?:the |each )?(?P<of>term|quarter) {_CLOCK}{_YEAR}"
)
_LEAD = re.compile(r"(\d+) (minute|hour|day|week)s? before")
_WINDOW = re.compile(rf"(?P<count>\d+) (?P<unit>day|week)s?(?: from next (?P<day>{_DAY}))?")
_SINCE = re.compile(r"since last, (?P<count>\d+) (?P<unit>day|week)s? ahead")
_QUARTER = re.compile(rf"quarter{_YEAR}")

_CADENCES = (
    "write for example 'weekly on Friday at 09:00', 'every 2 weeks on Friday at 09:00', "
    "'monthly on first Monday at 09:00', 'monthly on the last day at 09:00', "
    "'quarterly on 1 at 09:00, year from July', 'quarterly 7 days before term at 09:00' or 'manual'"
)
_WINDOWS = (
    "write for example '7 days from next Monday', '2 weeks', 'month', 'quarter', 'term' or "
    "'since last, 4 weeks ahead'"
)


def parse_cadence(text: str) -> Cadence:
    """Read a cadence such as "every two weeks on Friday at 09:00"; CadenceError for anything else."""
    plain = _plain(text)
    if plain == "manual":
        return Cadence("manual")
    for pattern, build in ((_WEEKLY, _weekly), (_MONTHLY, _monthly), (_FROM_START, _from_start)):
        if found := pattern.fullmatch(plain):
            return build(found)
    raise CadenceError(f"{text!r} is not a cadence; {_CADENCES}")


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
    if quarter := _QUARTER.fullmatch(plain):
        return WindowRule("quarter", year_from=_month(quarter) if quarter["month"] else None)
    found = _WINDOW.fullmatch(plain) or _SINCE.fullmatch(plain)
    days = int(found["count"]) * (7 if found["unit"] == "week" else 1) if found else 0
    if found is None or not 1 <= days <= 400:
        raise CadenceError(f"{text!r} is not a window of 1 to 400 days; {_WINDOWS}")
    if found.re is _SINCE:
        return WindowRule("since", days)
    return WindowRule("days", days, _WEEKDAYS.index(found["day"]) if found["day"] else None)


def _plain(text: str) -> str:
    """Lower case, one space between words, and number words as figures."""
    plain = " ".join(text.casefold().split())
    return _NUMBER.sub(lambda found: str(_NUMBERS.index(found.group()) + 1), plain)


def _clock(found: re.Match[str]) -> time:
    hour, minute = (int(part) for part in found["clock"].split(":"))
    if hour > 23 or minute > 59:
        raise CadenceError(f"{found['clock']!r} is not a time of day; write 00:00 to 23:59")
    return time(hour, minute)


def _month(found: re.Match[str]) -> int:
    return _MONTHS.index(found["month"]) + 1 if found["month"] else 1


def _weekly(found: re.Match[str]) -> Cadence:
    weeks = int(found["weeks"] or 1)
    if not 1 <= weeks <= 52:
        raise CadenceError(f"'every {weeks} weeks' is not a cadence; write 1 to 52")
    try:
        anchor = date.fromisoformat(found["anchor"]) if found["anchor"] else EPOCH
    except ValueError:
        raise CadenceError(f"{found['anchor']!r} is not a date; write YYYY-MM-DD") from None
    return Cadence("weekly", at=_clock(found), weekday=_WEEKDAYS.index(found["day"]), weeks=weeks, anchor=anchor)


def _monthly(found: re.Match[str]) -> Cadence:
    kind: Kind = "monthly" if found["unit"] == "monthly" else "quarterly"
    if kind == "monthly" and found["month"]:
        raise CadenceError("a monthly cadence has no year to count from; leave 'year from ...' out")
    clock, year_from = _clock(found), _month(found)
    if found["nth"]:
        weekday = _WEEKDAYS.index(found["day"])
        return Cadence(kind, at=clock, weekday=weekday, nth=_NTH[found["nth"]], year_from=year_from)
    day = LAST_DAY if found["end"] else int(found["date"])
    if not 1 <= day <= LAST_DAY:
        raise CadenceError(f"no month has a day {day}; write 1 to 31, 'the last day' or 'last Friday'")
    return Cadence(kind, at=clock, day=day, year_from=year_from)


def _from_start(found: re.Match[str]) -> Cadence:
    kind: Kind = "term" if found["of"] == "term" else "quarter"
    if kind == "term" and found["month"]:
        raise CadenceError("terms have dates of their own; leave 'year from ...' out, or write 'quarter' for 'term'")
    count = int(found["count"] or 0)
    offset = timedelta(weeks=count) if found["unit"] == "week" else timedelta(days=count)
    if offset > timedelta(days=60):
        raise CadenceError(f"{offset.days} days from the start of a {kind} are too many; write at most 60 days")
    return Cadence(
        kind,
        at=_clock(found),
        offset=-offset if found["side"] == "before" else offset,
        year_from=_month(found),
    )
