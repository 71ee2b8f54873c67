"""Single days and clocks in print: in English as this product writes them, elsewhere by the patterns of the CLDR."""

import re
from collections.abc import Mapping
from datetime import date, datetime, time
from functools import lru_cache

from babel import Locale
from babel.dates import format_date, format_interval, format_skeleton

from newsletter.language.languages import ENGLISH, Language

_NARROW = "\u202f"  # NARROW NO-BREAK SPACE keeps "12 PM" on one line
#: What English readers get: the day before its month, so that no reader anywhere takes one for the other.
_ENGLISH: Mapping[str, str] = {"MMMEd": "EEE d MMM", "yMMMEd": "EEE d MMM y", "MMMd": "d MMM", "MMMMd": "d MMMM"}
#: How the first of a month is written where it is no plain number.
_FIRST: Mapping[str, str] = {"fr": "1er"}


def clock_text(moment: datetime, clock: int, language: Language = ENGLISH) -> str:
    """ "9 AM", "12:30 PM" (12) or "21:00" (24)."""
    return span_text(moment, None, clock, language)


def span_text(start: datetime, end: datetime | None, clock: int, language: Language = ENGLISH) -> str:
    """ "12–1:30 PM", "11 AM–2 PM", "21:00–22:30"; one time where the end is missing or the same."""
    return _sentence_span(start.time(), None if end is None or end == start else end.time(), clock, language)


def table_span_text(start: datetime, end: datetime | None, clock: int, language: Language = ENGLISH) -> str:
    """The same for a column of times, without a word such as the German "Uhr"."""
    return _span(start.time(), None if end is None or end == start else end.time(), clock, language)


@lru_cache(maxsize=16384)
def day_text(day: date, language: Language = ENGLISH) -> str:
    """ "Mon 7 Dec"."""
    return _dated(day, "MMMEd", language)


@lru_cache(maxsize=4096)
def full_day_text(day: date, language: Language = ENGLISH) -> str:
    """ "Mon 7 Dec 2026"."""
    return _dated(day, "yMMMEd", language)


def short_date_text(day: date, language: Language = ENGLISH) -> str:
    """ "7 Dec"."""
    return _dated(day, "MMMd", language)


def month_day_text(day: date, language: Language = ENGLISH) -> str:
    """ "7 December"."""
    return _dated(day, "MMMMd", language)


def date_range_text(first: date, last: date, language: Language = ENGLISH) -> str:
    """ "7 to 13 December 2026", "30 November to 6 December 2026"; both days inclusive."""
    end = f"{month_day_text(last)} {last.year}"
    if first == last:
        return end if _is_english(language) else _long(last, language.locale)
    if not _is_english(language):
        return _interval(first, last, language.locale)
    if first.year != last.year:
        return f"{month_day_text(first)} {first.year} to {end}"
    return f"{month_day_text(first) if first.month != last.month else first.day} to {end}"


@lru_cache(maxsize=16384)
def with_clock(day: date, clock: str, language: Language = ENGLISH) -> str:
    """ "Tue 8 Dec, 12–1:30 PM": the day with what the clock says."""
    pattern = str(language.locale.datetime_formats["medium"])
    return pattern.replace("{1}", day_text(day, language)).replace("{0}", clock)


def day_parts(day: date, language: Language = ENGLISH) -> dict[str, str]:
    """A day's words one by one, as the fields of a TimeText; names of days as they stand alone."""
    return dict(_parts(day, language))


@lru_cache(maxsize=16384)
def _parts(day: date, language: Language) -> tuple[tuple[str, str], ...]:
    patterns = {"weekday_long": "cccc", "month": "MMM", "month_long": "MMMM"}
    named = tuple((name, format_date(day, pattern, language.locale)) for name, pattern in patterns.items())
    return (*named, ("weekday", _weekday(day, language.locale)), ("day", str(day.day)), ("year", str(day.year)))


def _weekday(day: date, locale: Locale) -> str:
    """As it stands alone; where the abbreviation is the whole name, as in Arabic, the shorter form."""
    names = locale.days["stand-alone"]
    width = "short" if names["abbreviated"][day.weekday()] == names["wide"][day.weekday()] else "abbreviated"
    return str(names[width][day.weekday()])


def _dated(day: date, skeleton: str, language: Language) -> str:
    if _is_english(language):
        return format_date(day, _ENGLISH[skeleton], language.locale)
    return _formatted(day, language.locale.datetime_skeletons[skeleton].pattern, language.locale)


def _formatted(day: date, pattern: str, locale: Locale) -> str:
    """The day by a pattern of the CLDR, which has no ordinals: the first of a month has one in some languages."""
    first = _FIRST.get(locale.language) if day.day == 1 else None
    return format_date(day, re.sub(r"(?<![a-z'])d(?![a-z'])", f"'{first}'", pattern) if first else pattern, locale)


@lru_cache(maxsize=16384)
def _sentence_span(start: time, end: time | None, clock: int, language: Language) -> str:
    text = _span(start, end, clock, language)
    return language.pgettext("24-hour clock", "{time}", time=text) if clock == 24 else text


@lru_cache(maxsize=16384)
def _span(start: time, end: time | None, clock: int, language: Language) -> str:
    if clock == 24:
        first = _clock24(start, language)
        if end is None:
            return first
        return language.pgettext("time span", "{start}–{end}", start=first, end=_clock24(end, language))
    if not _is_english(language):
        return _clock12(start, end, language.locale)
    same_half = end is not None and (start.hour < 12) == (end.hour < 12) and start <= end
    first = _digits(start) if same_half else _digits(start) + _half(start)
    return first if end is None else f"{first}–{_digits(end)}{_half(end)}"


def _clock24(clock: time, language: Language) -> str:
    if _is_english(language):
        return f"{clock.hour:02}:{clock.minute:02}"
    return format_skeleton("Hm", datetime.combine(date(2001, 1, 1), clock), locale=language.locale)


def _clock12(start: time, end: time | None, locale: Locale) -> str:
    if end is None:
        return format_skeleton("hm", datetime.combine(date(2001, 1, 1), start), locale=locale)
    return format_interval(start, end, "hm", locale=locale)


def _interval(first: date, last: date, locale: Locale) -> str:
    """Two days with their months in full; a pattern that has only the short form is lengthened (UTS 35)."""
    formats = locale.interval_formats
    differs = "y" if first.year != last.year else "M" if first.month != last.month else "d"
    pieces = formats.get("yMMMMd", {}).get(differs) or [
        piece.replace("MMM", "MMMM") for piece in formats["yMMMd"][differs]
    ]
    return "".join(_formatted(day, piece, locale) for day, piece in zip((first, last), pieces, strict=True))


def _long(day: date, locale: Locale) -> str:
    return _formatted(day, locale.date_formats["long"].pattern, locale)


def _digits(clock: time) -> str:
    minutes = f":{clock.minute:02}" if clock.minute else ""
    return f"{clock.hour % 12 or 12}{minutes}"


def _half(clock: time) -> str:
    return _NARROW + ("AM" if clock.hour < 12 else "PM")


def _is_english(language: Language) -> bool:
    return language.locale.language == ENGLISH.locale.language
