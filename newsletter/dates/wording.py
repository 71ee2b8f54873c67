"""Dates and times as a reader reads them, every part from one instant in the reader's own zone, clock and language.

The only place that prints a date for people. English has this product's own style; every other language goes by the
patterns of the Unicode CLDR.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from newsletter.dates.patterns import (
    clock_text,
    date_range_text,
    day_parts,
    day_text,
    full_day_text,
    month_day_text,
    short_date_text,
    span_text,
    table_span_text,
    with_clock,
)
from newsletter.language.filling import N_
from newsletter.language.languages import ENGLISH, Language
from newsletter.model.issue import TimeText
from newsletter.model.when import Occurrence

_WEEKLY = (
    N_("Mondays"),
    N_("Tuesdays"),
    N_("Wednesdays"),
    N_("Thursdays"),
    N_("Fridays"),
    N_("Saturdays"),
    N_("Sundays"),
)


def time_text(
    occ: Occurrence, *, zone: ZoneInfo, clock: int, home: ZoneInfo, home_city: str, language: Language = ENGLISH
) -> TimeText:
    """Every printable part of one occurrence for a reader in `zone`; `elsewhere` only where home's clock differs."""
    if not isinstance(occ.start, datetime):
        return _days_text(occ.start, occ.end, language)
    start = occ.start.astimezone(zone)
    end = occ.end.astimezone(zone) if isinstance(occ.end, datetime) else None
    zone_name = zone_abbreviation(zone, start)
    return TimeText(
        **day_parts(start.date(), language),
        clock=table_span_text(start, end, clock, language),
        zone=zone_name,
        elsewhere=_elsewhere(start, home, home_city, clock, language),
        date_text=day_text(start.date(), language),
        full=f"{_dated_span(start, end, clock, language)} {zone_name}",
        iso_start=start.isoformat(),
        iso_end=end.isoformat() if end else "",
    )


def pattern_text(
    occ: Occurrence,
    weekdays: Sequence[int] = (),
    *,
    zone: ZoneInfo,
    clock: int,
    approximate: bool = False,
    language: Language = ENGLISH,
) -> str:
    """ "Mondays 12–1 PM" of a weekly series, in the reader's zone, where the weekday may be another one.

    `weekdays` (Monday 0) are the series' own, in the zone of `occ`; without them, the day of `occ` alone.
    """
    if not isinstance(occ.start, datetime):
        return weekdays_text(weekdays or (occ.start.weekday(),), language)
    start = occ.start.astimezone(zone)
    end = occ.end.astimezone(zone) if isinstance(occ.end, datetime) else None
    moved = (start.date() - occ.start.date()).days
    days = weekdays_text([(day + moved) % 7 for day in weekdays or (occ.start.weekday(),)], language)
    span = span_text(start, end, clock, language)
    if approximate:
        return language.gettext("{days}, usually {time}", days=days, time=span)
    return language.pgettext("every week", "{days} {time}", days=days, time=span)


def weekdays_text(weekdays: Sequence[int], language: Language = ENGLISH) -> str:
    """ "Mondays", "Tuesdays and Thursdays", "Weekdays", "Every day" (Monday 0); as it stands inside a sentence."""
    days = sorted(set(weekdays))
    if len(days) == 7:
        return language.gettext("Every day")
    if days == [0, 1, 2, 3, 4]:
        return language.gettext("Weekdays")
    return language.listing([language.gettext(_WEEKLY[day]) for day in days])


def zone_text(zone: ZoneInfo, at: datetime, city: str, language: Language = ENGLISH) -> str:
    """ "Seattle time (PST)" as it stands at that instant; without a city, the zone's own name."""
    place = city or zone.key.rpartition("/")[2].replace("_", " ")
    short = zone_abbreviation(zone, at)
    return short if place in (short, "UTC") else language.gettext("{city} time ({zone})", city=place, zone=short)


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


def _dated_span(start: datetime, end: datetime | None, clock: int, language: Language) -> str:
    """A span of a day or more names its last day; a night's end does not."""
    if end is None or end - start < timedelta(hours=12) or end.date() == start.date():
        return with_clock(start.date(), span_text(start, end, clock, language), language)
    first = with_clock(start.date(), clock_text(start, clock, language), language)
    return _from_to(first, with_clock(end.date(), clock_text(end, clock, language), language), language)


def _elsewhere(start: datetime, home: ZoneInfo, city: str, clock: int, language: Language) -> str:
    there = start.astimezone(home)
    if there.utcoffset() == start.utcoffset():
        return ""
    place = city or home.key.rpartition("/")[2].replace("_", " ")
    time = clock_text(there, clock, language)
    if there.date() != start.date():
        time = with_clock(there.date(), time, language)
    return _in_place(time, place, language)


@lru_cache(maxsize=8192)
def _in_place(time: str, place: str, language: Language) -> str:
    return language.gettext("{time} in {place}", time=time, place=place)


@lru_cache(maxsize=2048)
def _days_text(first: date, last: date | datetime | None, language: Language) -> TimeText:
    final = last.date() if isinstance(last, datetime) else last or first
    text = day_text(first, language)
    if final != first:
        text = _from_to(text, day_text(final, language), language)
    parts = day_parts(first, language)
    return TimeText(**parts, date_text=text, full=text, iso_start=first.isoformat(), iso_end=final.isoformat())


def _from_to(start: str, end: str, language: Language) -> str:
    return language.gettext("{start} to {end}", start=start, end=end)


__all__ = [
    "clock_text",
    "date_range_text",
    "day_parts",
    "day_text",
    "full_day_text",
    "month_day_text",
    "pattern_text",
    "short_date_text",
    "span_text",
    "time_text",
    "weekdays_text",
    "with_clock",
    "zone_abbreviation",
    "zone_text",
]
