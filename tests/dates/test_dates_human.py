"""What the reader of human dates promises beyond the table of texts: policies, zones, what is read alone."""

from datetime import date, datetime, time

import pytest

from newsletter.dates.human import read_clock, read_date, read_datetime, read_when
from newsletter.dates.zones import find_zone
from newsletter.model.when import Instant

HOME = "America/Los_Angeles"


def test_the_season_behind_an_abbreviation_is_named() -> None:
    (finding,) = read_when("July 9, 2026, 12pm EST", zone=HOME).warnings
    assert "EST is not in force on 9 July 2026; read as EDT" in finding.text


def test_day_first_turns_slashes_round() -> None:
    assert read_date("5/8/2026", day_first=True) == date(2026, 8, 5)
    assert read_date("5/8/2026") == date(2026, 5, 8)
    assert read_date("5.8.2026") == date(2026, 8, 5)


def test_an_offset_may_be_trusted_or_taken_for_decoration() -> None:
    trusted = read_when("2026-07-09T14:00:00-05:00", zone="America/New_York").when
    literal = read_when("2026-07-09T14:00:00-05:00", zone="America/New_York", offset="wall_clock").when
    assert isinstance(trusted, Instant)
    assert isinstance(literal, Instant)
    assert (trusted.start.hour, literal.start.hour) == (15, 14)
    assert (trusted.tz_source, literal.tz_source) == ("offset", "source_default")


@pytest.mark.parametrize(
    ("text", "source"),
    [("3pm PT", "abbreviation"), ("3pm Europe/Berlin", "iana"), ("3pm", "source_default"), ("16:00+02:00", "offset")],
)
def test_where_the_zone_came_from_is_kept(text: str, source: str) -> None:
    when = read_when("Dec 7, 2026", text, zone=HOME).when
    assert isinstance(when, Instant)
    assert when.tz_source == source


def test_an_unknown_home_zone_is_a_finding_and_no_crash() -> None:
    parsed = read_when("Dec 7, 2026", zone="Mars/Olympus")
    assert [finding.code for finding in parsed.warnings] == ["E-TZ"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [("9am", time(9)), ("Noon", time(12)), ("21:30", time(21, 30)), ("9", None), ("9-10am", None), ("9am PT", None)],
)
def test_a_clock_alone(text: str, expected: time | None) -> None:
    assert read_clock(text) == expected


@pytest.mark.parametrize("text", ["", "TBA", "Dec 7-8, 2026", "Dec 7, 2026 3pm", "Tuesday Dec 7, 2026"])
def test_a_date_alone_is_one_date_that_holds(text: str) -> None:
    assert read_date(text) is None


def test_a_date_and_time_comes_back_in_the_zone_asked_for() -> None:
    berlin = find_zone("Europe/Berlin")
    assert berlin is not None
    assert read_datetime("Dec 7, 2026 9am PT", berlin) == datetime(2026, 12, 7, 18, tzinfo=berlin)
    assert read_datetime("2026-12-07", berlin) is None
    assert read_datetime("2026-12-07T09:00", berlin) == datetime(2026, 12, 7, 9, tzinfo=berlin)
