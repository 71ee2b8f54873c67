"""Floods in calendars: refused or cut by name, within a second and a little memory, and the other events are read."""

import tracemalloc
from datetime import datetime
from time import process_time
from zoneinfo import ZoneInfo

import pytest
from bad_inputs import BAD_EVENT, ENTRIES, GOOD_EVENT, WHOLE, hundred_megabytes
from support_sources import calendar, codes, read
from support_time import at_most

from newsletter.dates.recurrence import last_date, occurrences
from newsletter.model.item import Reading

# Floods run the lines that one event runs, thousands of times; test_sources_ics.py tells what is covered.
pytestmark = pytest.mark.no_cover

HOME = ZoneInfo("America/Los_Angeles")
MEGABYTES = 1024 * 1024


def read_in_a_second(data: bytes) -> Reading:
    begun = process_time()
    reading = read(data, "ics")
    for item in reading.items:
        if item.when:
            window = (datetime(2026, 1, 1, tzinfo=HOME), datetime(2027, 1, 1, tzinfo=HOME))
            occurrences(item.when, *window, home=HOME)
            last_date(item.when)
    assert process_time() - begun < at_most(1)
    return reading


@pytest.mark.parametrize(("data", "code"), WHOLE, ids=["a zip", "empty lines", "one long line", "folds"])
def test_a_file_that_is_too_much_is_refused_by_name(data: bytes, code: str) -> None:
    reading = read_in_a_second(data)
    assert (reading.items, codes(reading)) == ((), [code])
    assert reading.problems[0].origin.path == "content/file.ics"


def test_a_hundred_megabytes_are_refused_by_name() -> None:
    assert codes(read_in_a_second(hundred_megabytes())) == ["E-SIZE"]


@pytest.mark.parametrize("name", ENTRIES)
def test_a_flood_in_one_event_is_cut_by_name_and_costs_no_other(name: str) -> None:
    text, code = ENTRIES[name]
    reading = read_in_a_second(calendar(BAD_EVENT + text, GOOD_EVENT))
    assert [item.title for item in reading.items] == ["Bad", "Good"]
    assert code in codes(reading)
    assert [item.held_back for item in reading.items] == [True, False]
    assert all(problem.origin.line for problem in reading.problems)


@pytest.mark.parametrize("name", ["a flood of RDATE values", "a flood of RDATE lines", "a flood of nonsense dates"])
def test_a_flood_takes_little_memory(name: str) -> None:
    data = calendar(BAD_EVENT + ENTRIES[name][0], GOOD_EVENT)
    tracemalloc.start()
    read(data, "ics")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 128 * MEGABYTES


EVENT = "UID:{uid}\nSUMMARY:{title}\nDTSTART:2026{month:02}{day:02}T120000"
MANY = 4_000


def test_thousands_of_different_events_with_one_uid_are_told_apart_in_a_moment() -> None:
    events = [EVENT.format(uid="same", title=f"Event {n}", month=1 + n % 12, day=1 + n % 28) for n in range(MANY)]
    begun = process_time()
    reading = read(calendar(*events), "ics")
    assert process_time() - begun < at_most(3)
    assert len({item.id for item in reading.items}) == MANY


def test_thousands_of_changes_of_one_series_are_read_in_a_moment() -> None:
    changed = "UID:bad\nSUMMARY:Bad\nRECURRENCE-ID;VALUE=DATE:{:%Y%m%d}\nDTSTART:20261208T{:02}{:02}00"
    days = [datetime.fromordinal(datetime(2026, 1, 1).toordinal() + n) for n in range(2_000)]
    changes = [changed.format(day, n % 24, n % 60) for n, day in enumerate(days)]
    begun = process_time()
    (item,) = read(calendar(f"{BAD_EVENT}RRULE:FREQ=DAILY", *changes), "ics").items
    assert process_time() - begun < at_most(3)
    assert len(item.when.overrides) == 2_000


def test_a_series_is_split_a_hundred_times_and_no_more() -> None:
    changed = "UID:bad\nSUMMARY:Bad\nRECURRENCE-ID;RANGE=THISANDFUTURE:{:%Y%m%dT120000}\nDTSTART:{:%Y%m%dT120000}"
    days = [datetime.fromordinal(datetime(2026, 1, 1).toordinal() + n) for n in range(1, 400)]
    reading = read_in_a_second(
        calendar(f"{BAD_EVENT}RRULE:FREQ=DAILY;COUNT=500", *[changed.format(d, d) for d in days])
    )
    assert (len(reading.items), codes(reading)) == (101, ["E-CAP"])


def test_thousands_of_described_zones_are_looked_at_for_a_moment() -> None:
    block = (
        "BEGIN:VTIMEZONE\nTZID:Zone {0}\nBEGIN:STANDARD\nDTSTART:16010101T020000\nTZOFFSETTO:-0412\n"
        "RRULE:FREQ=YEARLY;BYMONTH=8;BYDAY=1SU\nEND:STANDARD\nEND:VTIMEZONE"
    )
    zones = "\n".join(block.format(n) for n in range(3_000))
    events = [f"UID:{n}\nSUMMARY:a\nDTSTART;TZID=Zone {n}:20261208T120000" for n in range(3_000)]
    begun = process_time()
    reading = read(calendar(*events, head=zones), "ics")
    assert process_time() - begun < at_most(3)
    assert set(codes(reading)) == {"E-TZ"}
