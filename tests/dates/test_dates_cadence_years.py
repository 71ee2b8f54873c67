"""Every kind of cadence over every change of clocks from 2024 to 2035, in six zones: one issue for each slot."""

from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import pairwise, takewhile
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.dates.cadence.slots import slots
from newsletter.model.issue import Slot
from newsletter.model.workspace import DigestSettings, TermSettings

# Twelve years run the lines that one year runs; test_dates_cadence.py tells what is covered.
pytestmark = pytest.mark.no_cover

#: Half an hour of summer time; changes at midnight; a summer time that pauses for Ramadan; none at all, off the hour.
ZONES = (
    "America/Los_Angeles",
    "Europe/Berlin",
    "Asia/Tokyo",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "America/Santiago",
    "Africa/Casablanca",
)
FIRST, END = date(2024, 1, 1), date(2036, 1, 1)
TERMS = {
    f"Term {number} of {year}": TermSettings(first=date(year, month, 3), last=date(year, month + 2, 20))
    for year in range(2023, 2038)
    for number, month in enumerate((1, 4, 9), start=1)
}
#: Cadence, window, how many slots twelve years have, and whether each window begins where the last one ended.
KINDS = (
    ("weekly on {day} at {clock}", "7 days from next Monday", (626, 627), True),
    ("weekly on {day} at {clock}", "since last, six weeks ahead", (626, 627), False),
    ("every two weeks on {day} at {clock}", "2 weeks", (313, 314), True),
    ("every 3 weeks on {day} at {clock}", "7 days", (208, 210), False),
    ("monthly on 31 at {clock}", "month", (144, 144), True),
    ("monthly on the last day at {clock}", "month", (144, 144), True),
    ("monthly on 5 at {clock}", "month", (144, 144), True),
    ("monthly on first {day} at {clock}", "month", (144, 144), True),
    ("monthly on third {day} at {clock}", "month", (144, 144), True),
    ("monthly on fifth {day} at {clock}", "month", (144, 144), True),
    ("monthly on last {day} at {clock}", "month", (144, 144), True),
    ("quarterly on last {day} at {clock}", "quarter", (48, 48), True),
    ("quarterly on 29 at {clock}, year from February", "quarter", (48, 48), True),
    ("quarterly 10 days before quarter at {clock}", "quarter", (48, 48), True),
    ("quarterly 7 days before term at {clock}", "term", (36, 36), False),
    ("on the first day of term at {clock}", "term", (36, 36), False),
)
CLOCKS = ("00:00", "00:30", "02:30", "09:00")


@cache
def years(cadence: str, window: str, zone_name: str) -> tuple[Slot, ...]:
    zone = ZoneInfo(zone_name)
    rule = DigestSettings(title="", list="community", cadence=cadence, window=window, draft="3 days before")
    begin, end = (datetime(day.year, day.month, day.day, tzinfo=zone) for day in (FIRST, END))
    found = slots("d", rule, zone=zone, terms=TERMS, after=begin)
    return tuple(takewhile(lambda slot: slot.send_at < end, found))


@pytest.mark.parametrize("zone_name", ZONES)
@pytest.mark.parametrize("clock", CLOCKS)
@pytest.mark.parametrize(("cadence", "window", "count", "contiguous"), KINDS)
def test_twelve_years_of_slots(zone_name, clock, cadence, window, count, contiguous):
    found = years(cadence.format(day="Sunday", clock=clock), window, zone_name)
    assert count[0] <= len(found) <= count[1]
    keys = [slot.key for slot in found]
    assert keys == sorted(set(keys))
    assert all(slot.key == f"d-{slot.send_at.date()}" for slot in found)
    instants = [slot.send_at.astimezone(UTC) for slot in found]
    assert all(earlier < later for earlier, later in pairwise(instants))
    assert all(slot.draft_at.astimezone(UTC) < slot.send_at.astimezone(UTC) for slot in found)
    assert all(slot.window.start < slot.window.end for slot in found)
    assert all(edge.hour <= 1 for slot in found for edge in (slot.window.start, slot.window.end))
    if contiguous:
        assert all(one.window.end == other.window.start for one, other in pairwise(found))
    assert [slot.until for slot in found[:-1]] == [_gap(*pair) for pair in pairwise(found)]


def _gap(slot: Slot, coming: Slot) -> datetime | None:
    return coming.window.start if coming.window.start > slot.window.end else None


@pytest.mark.parametrize("zone_name", ZONES)
def test_a_wall_clock_that_exists_is_kept_and_one_that_does_not_moves_forward_on_its_day(zone_name):
    for slot in years("weekly on Sunday at 02:30", "7 days", zone_name):
        shown = slot.send_at.replace(tzinfo=None)
        back = shown.replace(tzinfo=ZoneInfo(zone_name)).astimezone(UTC).astimezone(ZoneInfo(zone_name))
        assert back.replace(tzinfo=None) == shown
        assert timedelta(0) <= shown - datetime(shown.year, shown.month, shown.day, 2, 30) <= timedelta(hours=1)


@given(
    zone_name=st.sampled_from(ZONES),
    kind=st.sampled_from(KINDS),
    clock=st.sampled_from(CLOCKS),
    moment=st.datetimes(datetime(2024, 1, 1), datetime(2035, 1, 1)),
    minutes=st.integers(5, 60),
)
def test_a_waker_that_looks_every_few_minutes_meets_each_slot_once(zone_name, kind, clock, moment, minutes):
    """Each look asks for what came after the look before it, up to now."""
    cadence, window, *_ = kind
    zone, instant = ZoneInfo(zone_name), timedelta(microseconds=1)
    rule = DigestSettings(
        title="", list="community", window=window, cadence=cadence.format(day="Sunday", clock=clock)
    )
    slot = next(slots("d", rule, zone=zone, terms=TERMS, after=moment.replace(tzinfo=UTC)))
    looks = [slot.send_at.astimezone(UTC) + timedelta(minutes=minutes * step - 2) for step in range(-9, 9)]
    met = [
        one.key
        for early, late in pairwise(looks)
        for one in takewhile(
            lambda slot, late=late: slot.send_at.astimezone(UTC) <= late,
            slots("d", rule, zone=zone, terms=TERMS, after=early + instant),
        )
    ]
    assert met == [slot.key]
