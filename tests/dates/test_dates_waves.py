"""The moment at which each reader gets an issue that leaves by their own clock."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.dates.waves import longest_lead, wave_time

SEATTLE = ZoneInfo("America/Los_Angeles")
FRIDAY = datetime(2026, 12, 4, 9, tzinfo=SEATTLE)
ZONES = sorted(name for name in available_timezones() if "/" in name)
LIMIT = timedelta(hours=18)


@pytest.mark.parametrize(
    ("zone", "shown"),
    [
        ("Pacific/Kiritimati", "2026-12-04 09:00 +14"),
        ("Asia/Tokyo", "2026-12-04 09:00 JST"),
        ("Asia/Kathmandu", "2026-12-04 09:00 +0545"),
        ("Europe/Berlin", "2026-12-04 09:00 CET"),
        ("America/Los_Angeles", "2026-12-04 09:00 PST"),
        ("Pacific/Honolulu", "2026-12-04 09:00 HST"),
    ],
)
def test_everybody_gets_it_at_nine_by_their_own_clock(zone: str, shown: str) -> None:
    assert f"{wave_time(FRIDAY, ZoneInfo(zone), LIMIT):%Y-%m-%d %H:%M %Z}" == shown


def test_nobody_gets_it_later_than_the_limit() -> None:
    auckland = datetime(2026, 12, 4, 9, tzinfo=ZoneInfo("Pacific/Auckland"))
    late = wave_time(auckland, ZoneInfo("Pacific/Honolulu"), LIMIT)
    assert late == auckland + LIMIT
    assert f"{late:%d %H:%M %Z}" == "04 04:00 HST"
    assert wave_time(FRIDAY, ZoneInfo("Pacific/Honolulu"), timedelta()) == FRIDAY


def test_an_hour_that_spring_leaves_out_moves_forward_and_of_a_repeated_one_the_first_counts() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    spring = datetime(2027, 3, 28, 2, 30, tzinfo=SEATTLE)
    assert f"{wave_time(spring, berlin, LIMIT):%H:%M %Z}" == "03:30 CEST"
    autumn = datetime(2026, 10, 25, 2, 30, tzinfo=SEATTLE)
    assert f"{wave_time(autumn, berlin, LIMIT):%H:%M %Z}" == "02:30 CEST"


@given(
    zone=st.sampled_from(ZONES),
    home=st.sampled_from(ZONES),
    planned=st.datetimes(datetime(2024, 1, 1), datetime(2035, 12, 31)),
    hours=st.integers(0, 26),
)
def test_a_wave_is_at_the_wall_clock_or_at_the_limit_and_within_the_longest_lead(zone, home, planned, hours):
    sent = planned.replace(tzinfo=ZoneInfo(home)).astimezone(UTC).astimezone(ZoneInfo(home))
    found = wave_time(sent, ZoneInfo(zone), timedelta(hours=hours))
    assert found.astimezone(UTC) <= sent.astimezone(UTC) + timedelta(hours=hours)
    assert found.astimezone(UTC) >= sent.astimezone(UTC) - longest_lead(ZoneInfo(home)) - timedelta(hours=1)
    ahead = found.replace(tzinfo=None) - sent.replace(tzinfo=None)
    at_the_limit = found.astimezone(UTC) == sent.astimezone(UTC) + timedelta(hours=hours)
    assert at_the_limit or timedelta(0) <= ahead <= timedelta(hours=1)
