"""Zone names as calendars, spreadsheets and people write them."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from newsletter.dates.zones import abbreviation_zone, find_zone, localise, wrong_season

SEATTLE = ZoneInfo("America/Los_Angeles")


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("America/Los_Angeles", "America/Los_Angeles"),
        ("Europe/lisbon", "Europe/Lisbon"),
        ("america/new york", "America/New_York"),
        ("PT", "America/Los_Angeles"),
        ("PST", "America/Los_Angeles"),
        ("EST", "America/New_York"),
        ("MST", "America/Denver"),
        ("cest", "Europe/Berlin"),
        ("UTC", "UTC"),
        ("Z", "UTC"),
        ("GMT", "UTC"),
        ("Pacific Standard Time", "America/Los_Angeles"),
        ("Eastern Daylight Time", "America/New_York"),
        ("W. Europe Standard Time", "Europe/Berlin"),
        ("GMT Standard Time 1", "Europe/London"),
        ("(UTC-08:00) Pacific Time (US & Canada)", "America/Los_Angeles"),
        ("(UTC-05:00) Eastern Time (US & Canada)", "America/New_York"),
        ("Central European Time", "Europe/Berlin"),
        ("Melbourne", "Australia/Melbourne"),
        (" Seattle time ", "America/Los_Angeles"),
        ("tzone://Microsoft/Utc", "UTC"),
        ("/vendor.example/Tzfile/America/Argentina/Buenos_Aires", "America/Argentina/Buenos_Aires"),
        ("UTC+2", "Etc/GMT-2"),
        ("-0500", "Etc/GMT+5"),
        ("UTC+00:00", "UTC"),
        ('"Europe/Berlin"', "Europe/Berlin"),
    ],
)
def test_known_names(name: str, key: str) -> None:
    zone = find_zone(name)
    assert zone is not None
    assert zone.key == key


@pytest.mark.parametrize(
    "name",
    [
        *("", "Customized Time Zone", "Mars/Olympus", "IST", "+05:30", "+25", "../../etc/passwd", "local", "x" * 999),
        *("localtime", "Localtime", "Factory", "posixrules"),
    ],
)
def test_what_is_not_known_is_none(name: str) -> None:
    assert find_zone(name) is None


def test_home_wins_where_it_uses_the_abbreviation_itself() -> None:
    assert abbreviation_zone("MST", ZoneInfo("America/Phoenix")) == "America/Phoenix"
    assert abbreviation_zone("PT", ZoneInfo("America/Vancouver")) == "America/Vancouver"
    assert abbreviation_zone("IST", ZoneInfo("Asia/Kolkata")) == "Asia/Kolkata"
    assert abbreviation_zone("ET", ZoneInfo("America/Vancouver")) == "America/New_York"


@pytest.mark.parametrize(
    ("abbr", "month", "right"),
    [("PST", 7, "PDT"), ("PDT", 12, "PST"), ("PST", 12, None), ("PT", 7, None), ("CET", 7, None)],
)
def test_abbreviations_of_the_other_season(abbr: str, month: int, right: str | None) -> None:
    assert wrong_season(abbr, datetime(2026, month, 9, 12), SEATTLE) == right


def test_a_gap_moves_forward_and_a_fold_is_its_first_hour() -> None:
    assert localise(datetime(2026, 3, 8, 2, 30), SEATTLE).isoformat() == "2026-03-08T03:30:00-07:00"
    assert localise(datetime(2026, 11, 1, 1, 30), SEATTLE).isoformat() == "2026-11-01T01:30:00-07:00"
    assert localise(datetime(2026, 7, 1, 12), SEATTLE).isoformat() == "2026-07-01T12:00:00-07:00"


def test_the_ends_of_time_do_not_break_it() -> None:
    assert localise(datetime(1, 1, 1), ZoneInfo("Europe/Berlin")).year == 1
