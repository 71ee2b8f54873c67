"""What the reader of human dates tells the author, word for word where the words carry days and numbers."""

from datetime import date, datetime, time

import pytest

from newsletter.dates.human import read_date, read_when
from newsletter.model.when import Instant, Recurrence, Sessions, Vague, WeeklyRange
from newsletter.model.workspace import TermSettings

HOME = "America/Los_Angeles"
TERMS = {
    "Autumn Quarter 2026": TermSettings(first=date(2026, 9, 28), last=date(2026, 12, 11)),
    "Winter Quarter 2027": TermSettings(first=date(2027, 1, 4), last=date(2027, 3, 19)),
    "Capstone": TermSettings(first=date(2027, 6, 21), last=date(2027, 8, 20)),
}


@pytest.mark.parametrize(
    ("dates", "clock", "words"),
    [
        ("Mondays Sept 22 - Nov 2, 2026", "", "the range of Mondays touches 22 September 2026, which is a Tuesday"),
        ("Mondays Sept 21 - Nov 3, 2026", "", "the range of Mondays touches 3 November 2026, which is a Tuesday"),
        (
            "Tuesdays starting Jan 11, 2027",
            "",
            "the first Tuesday after 11 January 2027 is 12 January 2027; write that date",
        ),
        ("Mondays Sept 21 - Nov 2, 2026 (6 weeks)", "", "it speaks of 6, but the range holds 7; list the dates"),
        ("Mondays Sept 21 - Nov 2, 2026, no class Oct 12 (7 weeks)", "", "it speaks of 7, but the range holds 6"),
        ("every other Tuesday, Jan 12 - Mar 9, 2027, except Feb 9 (5 weeks)", "", "of 5, but the range holds 4"),
        ("Sept 21 & 28, 2026 (3 sessions)", "", "it speaks of 3, but lists 2 dates"),
        ("Dec 28, Jan 4, 2027", "", "read as 28 December 2026 and 4 January 2027; write both years"),
        ("Fall 2026: Jan 4, 2027", "", "4 January 2027 does not lie in autumn 2026, which stands before it"),
        ("Feburary 9, 2026", "", '"Feburary" is read as February; correct the spelling'),
        ("Dec 7, 2026", "9am CEST", "CEST is not in force on 7 December 2026; read as CET, the clock there"),
        (
            "Sept 21 - Nov 2, 2026, Mondays",
            "4pm UTC-7",
            "UTC-7 is not in force on 2 November 2026; read as the clock of",
        ),
        ("June 12-13, 2026", "9am-5pm", "read as this time on each of its days; write 'daily' to say so"),
        ("Dec 7, 2026", "TBA", 'the time is "TBA"; the day is shown without one'),
        ("Sept 28, 2026, Sept 21, 2026", "", "the dates are not in order, or one stands twice"),
        ("Dec 7, 2026, around 3pm", "", "the time is only approximate, but it is shown as written"),
    ],
)
def test_a_doubt_is_one_warning_that_names_its_days(dates: str, clock: str, words: str) -> None:
    (finding,) = read_when(dates, clock, zone=HOME).warnings
    assert finding.level in ("warning", "info")
    assert words in finding.text


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("Winter Quarter 2027", date(2027, 1, 4), date(2027, 3, 19)),
        ("Winter 2027", date(2027, 1, 4), date(2027, 3, 19)),
        ("late winter quarter 2027", date(2027, 1, 4), date(2027, 3, 19)),
        ("Fall 2026, Winter 2027", date(2026, 9, 28), date(2027, 3, 19)),
        ("last Friday of Winter Quarter 2027", date(2027, 3, 19), date(2027, 3, 19)),
        ("last Monday of Fall 2026", date(2026, 12, 7), date(2026, 12, 7)),
        ("first Monday of Winter Quarter 2027", date(2027, 1, 4), date(2027, 3, 19)),
        ("early in Capstone", date(2027, 6, 21), date(2027, 8, 20)),
        ("Mondays in Winter 2027, TBA", date(2027, 1, 4), date(2027, 3, 19)),
        ("Mondays and Wednesdays in Winter 2027", date(2027, 1, 4), date(2027, 3, 19)),
        ("end of the quarter", None, None),
        ("Spring 2027", None, None),
        ("last Friday of the quarter", None, None),
    ],
)
def test_a_term_that_is_named_bounds_the_words(text: str, first: date | None, last: date | None) -> None:
    parsed = read_when(text, zone=HOME, terms=TERMS)
    assert parsed.when == Vague(text, first, last)
    assert [finding.code for finding in parsed.warnings] == ["I-VAGUE"]


def test_a_series_keeps_its_clock_its_end_and_where_its_zone_came_from() -> None:
    parsed = read_when("every other Tuesday, Jan 12 - Mar 9, 2027, usually", "3-4pm ET", zone=HOME)
    assert parsed.when == Recurrence(
        datetime(2027, 1, 12, 15),
        datetime(2027, 1, 12, 16),
        "America/New_York",
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU",),
        "abbreviation",
        until=date(2027, 3, 9),
        approximate=True,
    )


def test_a_series_without_a_clock_is_of_whole_days() -> None:
    when = read_when("Tuesdays starting Jan 12, 2027", zone=HOME).when
    assert when == Recurrence(
        datetime(2027, 1, 12), datetime(2027, 1, 13), HOME, ("FREQ=WEEKLY;BYDAY=TU",), all_day=True
    )


def test_a_weekly_range_keeps_what_was_said_of_it() -> None:
    parsed = read_when("Mon/Thu, Sept 21 - Nov 2, 2026 (13 sessions)", "usually 10pm-1am", zone=HOME)
    assert parsed.when == WeeklyRange(
        (0, 3), date(2026, 9, 21), date(2026, 11, 2), time(22), time(1), HOME, stated_count=13, approximate=True
    )
    assert parsed.warnings == ()


@pytest.mark.parametrize(
    ("zone", "clock", "expected", "source"),
    [
        ("Europe/Berlin", "16:00+02:00", "Europe/Berlin", "offset"),
        ("Asia/Kolkata", "16:00+05:30", "Asia/Kolkata", "offset"),
        ("America/Los_Angeles", "16:00 UTC+2", "Etc/GMT-2", "offset"),
        ("America/Los_Angeles", "16:00 UTC", "UTC", "abbreviation"),
    ],
)
def test_a_series_with_an_offset_hangs_on_a_clock_that_has_it(
    zone: str, clock: str, expected: str, source: str
) -> None:
    when = read_when("Mondays, Sept 21 - Oct 19, 2026", clock, zone=zone).when
    assert isinstance(when, WeeklyRange)
    assert (when.timezone, when.tz_source, when.start) == (expected, source, time(16))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("16:00+05:30", datetime(2026, 12, 7, 11, 30)),
        ("16:00-03:00", None),
        ("16:00 UTC-3:30", datetime(2026, 12, 7, 20, 30)),
        ("16:00+14:00", datetime(2026, 12, 7, 3, 0)),
    ],
)
def test_an_offset_is_put_on_the_clock_of_home(text: str, expected: datetime | None) -> None:
    when = read_when("Dec 7, 2026", text, zone="Europe/Berlin").when
    if expected is None:
        assert isinstance(when, Vague)
    else:
        assert isinstance(when, Instant)
        assert (when.start, when.tz_source) == (expected, "offset")


def test_an_offset_at_the_end_of_the_calendar_is_refused() -> None:
    parsed = read_when("0001-01-01", "01:00+05:30", zone="UTC")
    assert [finding.level for finding in parsed.warnings] == ["error"]


def test_a_language_nobody_knows_is_an_error_and_no_crash() -> None:
    parsed = read_when("Dec 7, 2026", zone=HOME, locale="xx-Nowhere")
    assert [finding.code for finding in parsed.warnings] == ["E-LOCALE"]
    assert parsed.when == Vague("Dec 7, 2026")


@pytest.mark.parametrize(
    ("number", "word"),
    list(enumerate(["two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"], 2)),
)
def test_numbers_may_be_words(number: int, word: str) -> None:
    when = read_when(f"Tuesdays, Jan 12, 2027, for {word} sessions", zone=HOME).when
    assert isinstance(when, Recurrence)
    assert when.rules == (f"FREQ=WEEKLY;BYDAY=TU;COUNT={number}",)


@pytest.mark.parametrize(
    ("place", "day"), [("first", 1), ("second", 8), ("third", 15), ("fourth", 22), ("fifth", 29), ("last", 29)]
)
def test_places_of_a_month(place: str, day: int) -> None:
    assert read_date(f"{place} Friday of January 2027") == date(2027, 1, day)


@pytest.mark.parametrize(
    ("forms", "weekday"),
    [
        ("Mon Mon. Monday", 4), ("Tu Tue Tues Tuesday", 5), ("Wed Weds Wednesday", 6), ("Th Thu Thur Thurs", 7),
        ("Fri Friday", 8), ("Sat Saturday", 9), ("Sun Sunday", 10),
    ],
)  # fmt: skip
def test_the_short_forms_of_a_weekday(forms: str, weekday: int) -> None:
    for form in forms.split():
        assert read_date(f"{form} Jan {weekday}, 2027") == date(2027, 1, weekday)


@pytest.mark.parametrize("month", range(1, 13))
def test_the_short_forms_of_a_month(month: int) -> None:
    day = date(2027, month, 9)
    for form in (f"{day:%b}", f"{day:%b}.", f"{day:%B}"):
        assert read_date(f"{form} 9, 2027") == day


@pytest.mark.parametrize(
    ("season", "months"),
    [
        ("winter", {1, 2, 3, 12}),
        ("spring", {3, 4, 5, 6}),
        ("summer", {6, 7, 8, 9}),
        ("autumn", {8, 9, 10, 11, 12}),
        ("fall", {8, 9, 10, 11, 12}),
    ],
)
def test_a_season_holds_its_months_and_no_others(season: str, months: set[int]) -> None:
    for month in range(1, 13):
        parsed = read_when(f"{season} 2027: {date(2027, month, 9):%B} 9, 2027", zone=HOME)
        assert [finding.code for finding in parsed.warnings] == ([] if month in months else ["W-SEASON"])


def test_a_winter_may_begin_in_the_december_before_and_no_other_season() -> None:
    assert read_when("Winter 2027: December 9, 2026", zone=HOME).ok
    assert read_when("Winter 2027: December 9, 2026", zone=HOME).warnings == ()
    for label, day in (("Fall 2027", "December 9, 2026"), ("Winter 2027", "January 9, 2026")):
        (finding,) = read_when(f"{label}: {day}", zone=HOME).warnings
        assert finding.code == "W-SEASON"


def test_a_book_in_the_place_of_a_date_is_refused_at_once() -> None:
    parsed = read_when("Mondag " * 100_000, zone=HOME)
    (finding,) = parsed.warnings
    assert (finding.code, finding.level) == ("E-DATE", "error")
    assert "too long for a date: 699999 characters" in finding.text
    assert isinstance(parsed.when, Vague)
    assert len(parsed.when.text) < 100
    assert read_when("Jan 1, 2027" + " " * 5000, zone=HOME).ok


def test_a_list_of_a_year_of_sessions_is_no_book() -> None:
    listed = "; ".join(f"Jan {day}, 2027, {hour}-{hour + 1}pm" for day in range(1, 21) for hour in (1, 3))
    assert len(listed) <= 1000
    when = read_when(listed, zone=HOME).when
    assert isinstance(when, Sessions)
    assert len(when.sessions) == 40
