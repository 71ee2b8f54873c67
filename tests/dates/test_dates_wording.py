"""What readers see, and that it reads back as what was meant."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.dates.human import read_date, read_when
from newsletter.dates.wording import (
    clock_text,
    date_range_text,
    day_text,
    full_day_text,
    pattern_text,
    span_text,
    time_text,
    weekdays_text,
    zone_text,
)
from newsletter.model.when import AllDay, Instant, Occurrence

SEATTLE = ZoneInfo("America/Los_Angeles")
BERLIN = ZoneInfo("Europe/Berlin")
TOKYO = ZoneInfo("Asia/Tokyo")


def at(hour: int, minute: int = 0, day: int = 8, zone: ZoneInfo = SEATTLE) -> datetime:
    return datetime(2026, 12, day, hour, minute, tzinfo=zone)


def plain(text: str) -> str:
    return text.replace("\u202f", " ")


@pytest.mark.parametrize(
    ("start", "end", "clock", "expected"),
    [
        (at(12), at(13, 30), 12, "12–1:30 PM"),
        (at(11), at(14), 12, "11 AM–2 PM"),
        (at(9), at(10), 12, "9–10 AM"),
        (at(0), at(1), 12, "12–1 AM"),
        (at(22), at(1, day=9), 12, "10 PM–1 AM"),
        (at(22), at(0, day=9), 12, "10 PM–12 AM"),
        (at(12), None, 12, "12 PM"),
        (at(12), at(12), 12, "12 PM"),
        (at(21), at(22, 30), 24, "21:00–22:30"),
        (at(9), None, 24, "09:00"),
    ],
)
def test_spans(start: datetime, end: datetime | None, clock: int, expected: str) -> None:
    assert plain(span_text(start, end, clock)) == expected


def test_the_half_of_the_day_stays_on_the_line_of_its_hour() -> None:
    assert span_text(at(12), at(13), 12) == "12–1\u202fPM"


def test_days_and_ranges() -> None:
    assert day_text(date(2026, 12, 7)) == "Mon 7 Dec"
    assert full_day_text(date(2026, 12, 7)) == "Mon 7 Dec 2026"
    assert date_range_text(date(2026, 12, 7), date(2026, 12, 13)) == "7 to 13 December 2026"
    assert date_range_text(date(2026, 11, 30), date(2026, 12, 6)) == "30 November to 6 December 2026"
    assert date_range_text(date(2026, 12, 28), date(2027, 1, 3)) == "28 December 2026 to 3 January 2027"
    assert date_range_text(date(2026, 12, 7), date(2026, 12, 7)) == "7 December 2026"


def test_a_time_at_home_has_no_elsewhere() -> None:
    text = time_text(Occurrence(at(12), at(13, 30)), zone=SEATTLE, clock=12, home=SEATTLE, home_city="Seattle")
    assert plain(text.full) == "Tue 8 Dec, 12–1:30 PM PST"
    assert text.elsewhere == ""
    assert (text.weekday, text.weekday_long, text.day, text.month, text.month_long, text.year) == (
        "Tue",
        "Tuesday",
        "8",
        "Dec",
        "December",
        "2026",
    )
    assert text.iso_start == "2026-12-08T12:00:00-08:00"


def test_date_and_time_come_from_one_instant_in_the_readers_zone() -> None:
    text = time_text(Occurrence(at(15), at(16)), zone=BERLIN, clock=24, home=SEATTLE, home_city="Seattle")
    assert text.full == "Wed 9 Dec, 00:00–01:00 CET"
    assert text.date_text == "Wed 9 Dec"
    assert text.elsewhere == "Tue 8 Dec, 15:00 in Seattle"


def test_elsewhere_is_said_only_where_clocks_differ_at_that_instant() -> None:
    same_clock = ZoneInfo("America/Vancouver")
    occ = Occurrence(at(12), None)
    assert time_text(occ, zone=same_clock, clock=12, home=SEATTLE, home_city="Seattle").elsewhere == ""
    phoenix = ZoneInfo("America/Phoenix")
    july = Occurrence(datetime(2026, 7, 8, 12, tzinfo=SEATTLE), None)
    assert time_text(july, zone=phoenix, clock=12, home=SEATTLE, home_city="Seattle").elsewhere == ""
    assert (
        plain(time_text(occ, zone=phoenix, clock=12, home=SEATTLE, home_city="").elsewhere) == "12 PM in Los Angeles"
    )


def test_days_without_a_clock_are_nobodys_zone() -> None:
    camp = Occurrence(date(2026, 12, 7), date(2026, 12, 11))
    text = time_text(camp, zone=TOKYO, clock=12, home=SEATTLE, home_city="Seattle")
    assert (text.full, text.clock, text.zone, text.elsewhere) == ("Mon 7 Dec to Fri 11 Dec", "", "", "")


def test_a_long_span_names_its_last_day() -> None:
    rest = Occurrence(at(6, day=5), at(12, day=6))
    text = time_text(rest, zone=SEATTLE, clock=12, home=SEATTLE, home_city="Seattle")
    assert plain(text.full) == "Sat 5 Dec, 6 AM to Sun 6 Dec, 12 PM PST"


def test_a_pattern_has_the_readers_weekday() -> None:
    occ = Occurrence(at(15, day=10), at(16, day=10))
    assert plain(pattern_text(occ, zone=SEATTLE, clock=12)) == "Thursdays 3–4 PM"
    assert pattern_text(occ, zone=BERLIN, clock=24) == "Fridays 00:00–01:00"
    assert pattern_text(occ, (1, 3), zone=TOKYO, clock=24) == "Wednesdays and Fridays 08:00–09:00"
    assert plain(pattern_text(occ, zone=SEATTLE, clock=12, approximate=True)) == "Thursdays, usually 3–4 PM"
    assert pattern_text(Occurrence(date(2026, 12, 7), None), zone=TOKYO, clock=12) == "Mondays"


def test_weekdays_in_words() -> None:
    assert weekdays_text([0]) == "Mondays"
    assert weekdays_text([4, 0, 2]) == "Mondays, Wednesdays and Fridays"
    assert weekdays_text(range(5)) == "Weekdays"
    assert weekdays_text(range(7)) == "Every day"


@pytest.mark.parametrize(
    ("zone", "city", "expected"),
    [
        ("America/Los_Angeles", "Seattle", "Seattle time (PST)"),
        ("Europe/Berlin", "", "Berlin time (CET)"),
        ("Europe/Istanbul", "", "Istanbul time (UTC+3)"),
        ("Asia/Kathmandu", "", "Kathmandu time (UTC+5:45)"),
        ("America/Sao_Paulo", "", "Sao Paulo time (UTC−3)"),
        ("UTC", "", "UTC"),
    ],
)
def test_zone_lines(zone: str, city: str, expected: str) -> None:
    assert zone_text(ZoneInfo(zone), at(12), city) == expected


dates = st.dates(date(1970, 1, 1), date(2098, 12, 31))
clocks = st.integers(0, 24 * 60 - 1)


@given(dates)
def test_a_printed_day_reads_back(day: date) -> None:
    assert read_date(full_day_text(day)) == day
    assert read_date(date_range_text(day, day)) == day


@given(dates, st.integers(1, 180))
def test_a_printed_range_reads_back(first: date, length: int) -> None:
    last = first + timedelta(days=length)
    parsed = read_when(date_range_text(first, last), zone="UTC")
    assert parsed.when == AllDay(first, last)
    assert parsed.warnings == ()


@given(dates, clocks, st.integers(1, 12 * 60), st.sampled_from([12, 24]))
def test_a_printed_time_reads_back(day: date, begin: int, minutes: int, clock: int) -> None:
    start = datetime(day.year, day.month, day.day) + timedelta(minutes=begin)
    end = start + timedelta(minutes=minutes)
    parsed = read_when(f"{full_day_text(day)}, {span_text(start, end, clock)}", zone="UTC")
    assert parsed.when == Instant(start, end, "UTC")
    alone = read_when(full_day_text(day), clock_text(start, clock), zone="UTC")
    assert alone.when == Instant(start, None, "UTC")


@given(st.text(max_size=60), st.text(max_size=30))
def test_no_text_breaks_the_reader(text: str, clock: str) -> None:
    assert read_when(text, clock, zone="Europe/Berlin").when is not None


WORDS = """
Mon Tuesdays Dec 7 11 2026 9 9am 12:30 - – to , and & ( ) noon midnight PT CET the of every except 8/5/26
2026-12-07 Fall: 21st TBA UTC+2 / 25:00 @ Feburary T Z
"""
words = st.sampled_from(WORDS.split())


@given(st.lists(words, max_size=9).map(" ".join), st.lists(words, max_size=4).map(" ".join))
def test_no_order_of_known_words_breaks_the_reader(text: str, clock: str) -> None:
    read_when(text, clock, zone="Europe/Berlin")


def test_aware_times_print_the_same_from_any_zone() -> None:
    local, universal = Occurrence(at(12), at(13)), Occurrence(at(12).astimezone(UTC), at(13).astimezone(UTC))
    options = {"zone": BERLIN, "clock": 24, "home": SEATTLE, "home_city": "Seattle"}
    assert time_text(local, **options) == time_text(universal, **options)
