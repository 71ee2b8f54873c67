"""Dates and times as a reader reads them, every part from one instant in the reader's own zone and clock.

English; the only place that prints a date for people, so that other languages (Babel) come in here.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from newsletter.model.issue import TimeText
from newsletter.model.when import Occurrence

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_NARROW = "\u202f"  # NARROW NO-BREAK SPACE keeps "12 PM" on one line
_DASH = "–"


def clock_text(moment: datetime, clock: int) -> str:
    """ "9 AM", "12:30 PM" (12) or "21:00" (24)."""
    return f"{_digits(moment, clock)}{_half(moment, clock)}"


def span_text(start: datetime, end: datetime | None, clock: int) -> str:
    """ "12–1:30 PM", "11 AM–2 PM", "21:00–22:30"; one time where the end is missing or the same."""
    if end is None or end == start:
        return clock_text(start, clock)
    same_half = _half(start, clock) == _half(end, clock) and (start.hour, start.minute) <= (end.hour, end.minute)
    first = _digits(start, clock) if same_half else clock_text(start, clock)
    return f"{first}{_DASH}{clock_text(end, clock)}"


def day_text(day: date) -> str:
    """ "Mon 7 Dec"."""
    return f"{_DAYS[day.weekday()][:3]} {day.day} {_MONTHS[day.month - 1][:3]}"


def full_day_text(day: date) -> str:
    """ "Mon 7 Dec 2026"."""
    return f"{day_text(day)} {day.year}"


def date_range_text(first: date, last: date) -> str:
    """ "7 to 13 December 2026", "30 November to 6 December 2026"; both days inclusive."""
    end = f"{last.day} {_MONTHS[last.month - 1]} {last.year}"
    if first == last:
        return end
    if first.year != last.year:
        return f"{first.day} {_MONTHS[first.month - 1]} {first.year} to {end}"
    if first.month != last.month:
        return f"{first.day} {_MONTHS[first.month - 1]} to {end}"
    return f"{first.day} to {end}"


def time_text(occ: Occurrence, *, zone: ZoneInfo, clock: int, home: ZoneInfo, home_city: str) -> TimeText:
    """Every printable part of one occurrence for a reader in `zone`; `elsewhere` only where home's clock differs."""
    if not isinstance(occ.start, datetime):
        return _days_text(occ.start, occ.end)
    start = occ.start.astimezone(zone)
    end = occ.end.astimezone(zone) if isinstance(occ.end, datetime) else None
    zone_name = zone_abbreviation(zone, start)
    return TimeText(
        **_day_parts(start.date()),
        clock=span_text(start, end, clock),
        zone=zone_name,
        elsewhere=_elsewhere(start, home, home_city, clock),
        date_text=day_text(start.date()),
        full=f"{_dated_span(start, end, clock)} {zone_name}",
        iso_start=start.isoformat(),
        iso_end=end.isoformat() if end else "",
    )


def pattern_text(
    occ: Occurrence, weekdays: Sequence[int] = (), *, zone: ZoneInfo, clock: int, approximate: bool = False
) -> str:
    """ "Mondays 12–1 PM" of a weekly series, in the reader's zone, where the weekday may be another one.

    `weekdays` (Monday 0) are the series' own, in the zone of `occ`; without them, the day of `occ` alone.
    """
    if not isinstance(occ.start, datetime):
        return weekdays_text(weekdays or (occ.start.weekday(),))
    start = occ.start.astimezone(zone)
    end = occ.end.astimezone(zone) if isinstance(occ.end, datetime) else None
    moved = (start.date() - occ.start.date()).days
    days = weekdays_text([(day + moved) % 7 for day in weekdays or (occ.start.weekday(),)])
    return f"{days}{', usually' if approximate else ''} {span_text(start, end, clock)}"


def weekdays_text(weekdays: Sequence[int]) -> str:
    """ "Mondays", "Tuesdays and Thursdays", "Weekdays", "Every day" (Monday 0)."""
    days = sorted(set(weekdays))
    if len(days) == 7:
        return "Every day"
    if days == [0, 1, 2, 3, 4]:
        return "Weekdays"
    names = [f"{_DAYS[day]}s" for day in days]
    return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else names[0]


def zone_text(zone: ZoneInfo, at: datetime, city: str) -> str:
    """ "Seattle time (PST)" as it stands at that instant; without a city, the zone's own name."""
    place = city or zone.key.rpartition("/")[2].replace("_", " ")
    short = zone_abbreviation(zone, at)
    return short if place in (short, "UTC") else f"{place} time ({short})"


def zone_abbreviation(zone: ZoneInfo, at: datetime) -> str:
    """ "PST"; zones without letters of their own show their offset ("UTC+3", "UTC+5:45")."""
    local = at.astimezone(zone)
    name = local.tzname() or ""
    if name.isalpha():
        return name
    minutes = (local.utcoffset() or timedelta()) // timedelta(minutes=1)
    hours, rest = divmod(abs(minutes), 60)
    if not minutes:
        return "UTC"
    return f"UTC{'+' if minutes > 0 else '−'}{hours}{f':{rest:02}' if rest else ''}"


def _digits(moment: datetime, clock: int) -> str:
    if clock == 24:
        return f"{moment.hour:02}:{moment.minute:02}"
    minutes = f":{moment.minute:02}" if moment.minute else ""
    return f"{moment.hour % 12 or 12}{minutes}"


def _half(moment: datetime, clock: int) -> str:
    return "" if clock == 24 else _NARROW + ("AM" if moment.hour < 12 else "PM")


def _dated_span(start: datetime, end: datetime | None, clock: int) -> str:
    """A span of a day or more names its last day; a night's end does not."""
    begin = day_text(start.date())
    if end is None or end - start < timedelta(hours=12) or end.date() == start.date():
        return f"{begin}, {span_text(start, end, clock)}"
    return f"{begin}, {clock_text(start, clock)} to {day_text(end.date())}, {clock_text(end, clock)}"


def _elsewhere(start: datetime, home: ZoneInfo, city: str, clock: int) -> str:
    there = start.astimezone(home)
    if there.utcoffset() == start.utcoffset():
        return ""
    place = city or home.key.rpartition("/")[2].replace("_", " ")
    other_day = f"{day_text(there.date())}, " if there.date() != start.date() else ""
    return f"{other_day}{clock_text(there, clock)} in {place}"


def _days_text(first: date, last: date | datetime | None) -> TimeText:
    final = last.date() if isinstance(last, datetime) else last or first
    text = day_text(first) if final == first else f"{day_text(first)} to {day_text(final)}"
    return TimeText(
        **_day_parts(first), date_text=text, full=text, iso_start=first.isoformat(), iso_end=final.isoformat()
    )


def _day_parts(day: date) -> dict[str, str]:
    return {
        "weekday": _DAYS[day.weekday()][:3],
        "weekday_long": _DAYS[day.weekday()],
        "day": str(day.day),
        "month": _MONTHS[day.month - 1][:3],
        "month_long": _MONTHS[day.month - 1],
        "year": str(day.year),
    }
