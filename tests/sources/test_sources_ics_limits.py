"""Floods in calendars: refused or cut by name, within a second and a little memory, and the other events are read."""

import io
import tracemalloc
import zipfile
from datetime import datetime
from time import process_time
from zoneinfo import ZoneInfo

import pytest
from support_sources import calendar, codes, read
from support_time import at_most

from newsletter.dates.recurrence import last_date, occurrences
from newsletter.model.item import Reading

HOME = ZoneInfo("America/Los_Angeles")
GOOD = "UID:good\nSUMMARY:Good\nDTSTART:20261208T120000"
BAD = "UID:bad\nSUMMARY:Bad\nDTSTART:20260101T120000\n"
MEGABYTES = 1024 * 1024


def zipped() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("calendar.ics", calendar(GOOD))
    return packed.getvalue()


def lines(text: str, size: int = 4_500_000) -> str:
    return f"{text}\n" * (size // (len(text) + 2))


def listed(entry: str, size: int = 4_500_000) -> str:
    return ",".join([entry] * (size // (len(entry) + 1)))


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


WHOLE = [
    (zipped(), "E-FORMAT"),
    (b"BEGIN:VCALENDAR\r\n" + b"x" * 100 * MEGABYTES, "E-SIZE"),
    (calendar(GOOD) + b"\n" * 4_000_000, "E-CAP"),
    (b"X" * 4_000_000, "E-ICS"),
    (b"\n \n" * 190_000, "E-ICS"),
]


@pytest.mark.parametrize(("data", "code"), WHOLE, ids=["a zip", "100 MB", "empty lines", "one long line", "folds"])
def test_a_file_that_is_too_much_is_refused_by_name(data: bytes, code: str) -> None:
    reading = read_in_a_second(data)
    assert (reading.items, codes(reading)) == ((), [code])
    assert reading.problems[0].origin.path == "content/file.ics"


ENTRIES = {
    "a COUNT of a thousand million": ("RRULE:FREQ=DAILY;COUNT=1000000000", "E-RECURRENCE"),
    "a COUNT with more digits than a number has": (f"RRULE:FREQ=DAILY;COUNT={'9' * 5000}", "E-RECURRENCE"),
    "every second": ("RRULE:FREQ=SECONDLY", "E-RECURRENCE"),
    "each second of the day": (f"RRULE:FREQ=DAILY;BYSECOND={','.join(map(str, range(60)))}", "E-RECURRENCE"),
    "a flood of RDATE values": (f"RDATE:{listed('20261208T120000Z')}", "E-CAP"),
    "a flood of RDATE lines": (lines("RDATE:20261208T120000Z"), "E-CAP"),
    "a flood of RDATE days": (f"RDATE;VALUE=DATE:{listed('20261208')}", "E-CAP"),
    "a flood of EXDATE values": (f"RRULE:FREQ=DAILY\nEXDATE:{listed('20261208T120000Z')}", "E-CAP"),
    "a flood of nonsense dates": (f"RDATE:{listed('x')}", "E-ICS-DATE"),
    "a flood of rules": (lines("RRULE:FREQ=DAILY;BYHOUR=1,2,3,4,5,6,7,8,9"), "E-CAP"),
    "a flood of properties": (lines("COMMENT:again"), "E-CAP"),
    "a flood of commas": (f"CATEGORIES:{',' * 4_000_000}", "E-CAP"),
    "a duration of ages": ("DURATION:P9999999999W", "E-ICS-DATE"),
    "a year that no calendar has": ("RDATE:99999999T999999Z", "E-ICS-DATE"),
}


@pytest.mark.parametrize("name", ENTRIES)
def test_a_flood_in_one_event_is_cut_by_name_and_costs_no_other(name: str) -> None:
    text, code = ENTRIES[name]
    reading = read_in_a_second(calendar(BAD + text, GOOD))
    assert [item.title for item in reading.items] == ["Bad", "Good"]
    assert code in codes(reading)
    assert [item.held_back for item in reading.items] == [True, False]
    assert all(problem.origin.line for problem in reading.problems)


@pytest.mark.parametrize("name", ["a flood of RDATE values", "a flood of RDATE lines", "a flood of nonsense dates"])
def test_a_flood_takes_little_memory(name: str) -> None:
    data = calendar(BAD + ENTRIES[name][0], GOOD)
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
    (item,) = read(calendar(f"{BAD}RRULE:FREQ=DAILY", *changes), "ics").items
    assert process_time() - begun < at_most(3)
    assert len(item.when.overrides) == 2_000


def test_a_series_is_split_a_hundred_times_and_no_more() -> None:
    changed = "UID:bad\nSUMMARY:Bad\nRECURRENCE-ID;RANGE=THISANDFUTURE:{:%Y%m%dT120000}\nDTSTART:{:%Y%m%dT120000}"
    days = [datetime.fromordinal(datetime(2026, 1, 1).toordinal() + n) for n in range(1, 400)]
    reading = read_in_a_second(calendar(f"{BAD}RRULE:FREQ=DAILY;COUNT=500", *[changed.format(d, d) for d in days]))
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
