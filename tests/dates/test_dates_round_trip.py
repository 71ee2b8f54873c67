"""Whatever the program prints as a date reads back to the same thing; no order of known words breaks the reader."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from newsletter.compose.when_words import when_words
from newsletter.dates.human import read_when
from newsletter.dates.phrases import PHRASES, SMALL_WORDS
from newsletter.dates.wording import pattern_text, time_text
from newsletter.dates.zones import localise
from newsletter.model.when import AllDay, Instant, Occurrence, Recurrence, Sessions, Vague, WeeklyRange
from newsletter.model.workspace import TermSettings

SEATTLE = ZoneInfo("America/Los_Angeles")
ZONES = ("America/Los_Angeles", "Europe/Berlin", "Asia/Kathmandu", "America/Sao_Paulo", "Asia/Shanghai", "UTC")
TERMS = {"Winter Quarter 2027": TermSettings(first=date(2027, 1, 4), last=date(2027, 3, 19))}

days = st.dates(date(1970, 1, 1), date(2090, 12, 31))
#: A zone's letters are known as they are now: in 1991 Shanghai's CDT was not Chicago's.
recent_days = st.dates(date(1995, 1, 1), date(2090, 12, 31))
minutes = st.integers(0, 24 * 60 - 1)
lengths = st.none() | st.integers(1, 5 * 24 * 60)
zones = st.sampled_from(ZONES)


@st.composite
def instants(draw: st.DrawFn) -> Instant:
    start = datetime.combine(draw(days), time()) + timedelta(minutes=draw(minutes))
    length = draw(lengths)
    return Instant(start, start + timedelta(minutes=length) if length else None, "UTC")


@st.composite
def whole_days(draw: st.DrawFn) -> AllDay:
    first = draw(days)
    return AllDay(first, first + timedelta(days=draw(st.integers(0, 100))))


@st.composite
def sessions(draw: st.DrawFn) -> Sessions:
    first = draw(instants())
    gaps = draw(st.lists(st.integers(1, 400), min_size=1, max_size=4))
    listed = [first]
    for gap in gaps:
        start = datetime.combine(listed[-1].start.date() + timedelta(days=gap), time(draw(st.integers(0, 23))))
        listed.append(Instant(start, start + timedelta(hours=1), "UTC"))
    return Sessions(tuple(listed))


@st.composite
def weekly_ranges(draw: st.DrawFn) -> WeeklyRange:
    first = draw(days)
    last = first + timedelta(days=draw(st.integers(7, 180)))
    start = draw(st.none() | st.times().map(lambda at: at.replace(second=0, microsecond=0)))
    end = None
    if start is not None and draw(st.booleans()):
        length = timedelta(minutes=draw(st.integers(1, 12 * 60)))
        end = (datetime.combine(first, start) + length).time()
    weekdays = tuple(sorted(draw(st.sets(st.integers(0, 6), min_size=1))))
    held = [day for gap in range((last - first).days) if (day := first + timedelta(days=gap)).weekday() in weekdays]
    left_out = (draw(st.sampled_from(held)),) if held and draw(st.booleans()) else ()
    approximate = start is not None and draw(st.booleans())
    return WeeklyRange(weekdays, first, last, start, end, "UTC", excluded=left_out, approximate=approximate)


@given(instants() | whole_days())
def test_the_words_for_one_time_read_back(when: Instant | AllDay) -> None:
    parsed = read_when(when_words(when), zone="UTC")
    assert (parsed.when, parsed.warnings) == (when, ())


@given(sessions())
def test_the_words_for_sessions_read_back(when: Sessions) -> None:
    parsed = read_when(when_words(when), zone="UTC")
    assert (parsed.when, parsed.warnings) == (when, ())


@given(weekly_ranges())
def test_the_words_for_a_weekly_range_read_back(when: WeeklyRange) -> None:
    parsed = read_when(when_words(when), zone="UTC")
    assert parsed.when == when
    assert {finding.code for finding in parsed.warnings} <= {"W-WEEKDAY"}


@given(days, st.sampled_from(["FREQ=MONTHLY;BYDAY=1TU", "FREQ=DAILY", "FREQ=YEARLY;COUNT=3"]))
def test_the_words_for_a_rule_are_refused_and_not_taken_for_its_first_day(first: date, rule: str) -> None:
    start = datetime.combine(first, time(9))
    words = when_words(Recurrence(start, start + timedelta(hours=1), "UTC", (rule,)))
    parsed = read_when(words, zone="UTC")
    assert isinstance(parsed.when, Vague)
    assert not parsed.ok


@given(recent_days, minutes, st.integers(1, 3 * 24 * 60), zones, st.sampled_from([12, 24]))
def test_what_a_reader_sees_is_the_same_instant(day: date, begin: int, length: int, name: str, clock: int) -> None:
    zone = ZoneInfo(name)
    start = localise(datetime.combine(day, time()) + timedelta(minutes=begin), zone)
    end = localise(start.replace(tzinfo=None) + timedelta(minutes=length), zone)
    assume(_lasts(start, end) and _wall_lasts(start, end) and not (start.fold or end.fold))
    assume(timedelta(hours=12) > end - start or end - start > timedelta(hours=24))
    assume(start.tzname() == end.tzname())
    text = time_text(Occurrence(start, end), zone=zone, clock=clock, home=SEATTLE, home_city="Seattle").full
    dated = text.replace(f"{start.day} {start:%b}", f"{start.day} {start:%b} {start.year}", 1)
    dated = dated.replace(f" to {end:%a} {end.day} {end:%b}", f" to {end:%a} {end.day} {end:%b} {end.year}")
    when = read_when(dated, zone=name).when
    assert isinstance(when, Instant)
    assert (when.start, when.end) == (start.replace(tzinfo=None), end.replace(tzinfo=None))
    assert localise(when.start, ZoneInfo(when.timezone)) == start


def _lasts(start: datetime, end: datetime) -> bool:
    return end.timestamp() > start.timestamp()


def _wall_lasts(start: datetime, end: datetime) -> bool:
    return end.replace(tzinfo=None) > start.replace(tzinfo=None)


@given(days, minutes, zones)
def test_the_times_of_tables_and_attributes_read_back(day: date, begin: int, name: str) -> None:
    start = localise(datetime.combine(day, time()) + timedelta(minutes=begin), ZoneInfo(name))
    iso, table = (read_when(text, zone=name).when for text in (start.isoformat(), f"{start:%a %d %b %Y, %H:%M}"))
    assert isinstance(iso, Instant)
    assert isinstance(table, Instant)
    assert iso.start == table.start == start.replace(tzinfo=None)


@given(st.integers(0, 6), minutes)
def test_a_pattern_without_dates_stays_words(weekday: int, begin: int) -> None:
    start = datetime(2026, 12, 7 + weekday, begin // 60, begin % 60, tzinfo=SEATTLE)
    text = pattern_text(Occurrence(start, start + timedelta(hours=1)), zone=SEATTLE, clock=12)
    parsed = read_when(text, zone="UTC")
    assert isinstance(parsed.when, Vague)
    assert [finding.code for finding in parsed.warnings] == ["I-VAGUE"]


GRAMMAR = """
Mon Tuesdays Montag lundi 火曜日 Dec décembre Dezember 12月 7 7. 11 2026 '26 2026年 9 9am 9.10 14h30 9h
Uhr uur hrs 1430 12:30 24:00 - – to bis au al till , ; and und et y & ( ) | / = : noon midnight PT
CET UTC +05:30 -03:00 the of in every other second biweekly starting from until for 6 weeks sessions
first last third month quarter except without 8/5/26 7.12. 7.12.2026 2026-12-07 2026-W50 T Z Fall
Winter 2027: 21st 1er TBA week between or all day usually ~ around daily weekdays Feburary 午後 時 から
kl. ore alle dalle @
"""
words = st.sampled_from([*GRAMMAR.split(), "\u00a0", "\u202f", "\u200b"])
locales = st.sampled_from(["en", "en-GB", "de", "es", "fr", "ja", "it", "nl", "sv", "pt", "fi", "ar", "zh"])


@given(st.lists(words, max_size=12).map(" ".join), st.lists(words, max_size=5).map(" ".join), locales)
def test_no_order_of_known_words_breaks_the_reader(text: str, clock: str, locale: str) -> None:
    parsed = read_when(text, clock, zone="Europe/Berlin", locale=locale, terms=TERMS)
    assert parsed.when is not None
    assert not isinstance(parsed.when, Vague) or parsed.warnings


@given(st.text(max_size=60), st.text(max_size=30), locales)
def test_no_text_breaks_the_reader_in_any_language(text: str, clock: str, locale: str) -> None:
    read_when(text, clock, zone="Asia/Kathmandu", locale=locale, day_first=True, offset="wall_clock")


@pytest.mark.parametrize("locale", [*SMALL_WORDS, *PHRASES, "fi", "pl", "tr", "cs"])
def test_every_month_and_weekday_of_a_language_is_known(locale: str) -> None:
    from babel.dates import format_date

    pattern = "y年M月d日" if locale == "ja" else "d MMMM y"
    for month in range(1, 13):
        day = date(2027, month, 4 + month)
        text = format_date(day, pattern, locale=locale)
        weekday = format_date(day, "EEEE", locale=locale)
        dated = f"{text} ({weekday})" if locale == "ja" else f"{weekday} {text}"
        parsed = read_when(dated, zone="UTC", locale=locale)
        assert (parsed.when, parsed.warnings) == (AllDay(day, day), ())
