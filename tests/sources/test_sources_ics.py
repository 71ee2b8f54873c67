"""Calendars as they are sent: every event stands or falls alone, and says which."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
import recurring_ical_events
from icalendar import Calendar
from support_sources import calendar, codes, lines, one, read

from newsletter.dates.recurrence import occurrences
from newsletter.model.when import AllDay, Instant, Override, Recurrence

GOOD = "UID:good\nSUMMARY:Good\nDTSTART;TZID=Europe/Berlin:20261208T120000\nDTEND;TZID=Europe/Berlin:20261208T130000"
WEEKLY = (
    "UID:w\nSUMMARY:Weekly\n"
    "DTSTART;TZID=America/Los_Angeles:20260930T090000\nDTEND;TZID=America/Los_Angeles:20260930T100000"
)


def test_an_event_with_everything_around_it() -> None:
    item = one(
        calendar(
            "UID:a@example.org\nSUMMARY:Tea\\, and talk\nDTSTART:20261208T200000Z\nDURATION:PT90M\n"
            "LOCATION:Hall 2\\; upstairs\n"
            "URL:https://lab.example.org/tea\nCATEGORIES:social,low\\, slow\nCATEGORIES:tea\n"
            "STATUS:TENTATIVE\nORGANIZER;CN=Ada:mailto:ada@example.org\n"
            'DESCRIPTION:<p>Come <b>in</b>.</p><a href="https://lab.example.org/x">More</a>\n'
            "BEGIN:VALARM\nTRIGGER:-PT10M\nDESCRIPTION:ring\nEND:VALARM"
        ),
        "ics",
    )
    assert item.when == Instant(
        datetime(2026, 12, 8, 12), datetime(2026, 12, 8, 13, 30), "America/Los_Angeles", "offset"
    )
    assert (item.id, item.title, item.status, item.hosts) == ("a@example.org", "Tea, and talk", "tentative", ("Ada",))
    assert (item.place.name, item.tags) == ("Hall 2; upstairs", ("social", "low, slow", "tea"))
    assert (item.summary, item.url) == ("Come in.", "https://lab.example.org/tea")
    assert "[More](https://lab.example.org/x)" in item.body


@pytest.mark.parametrize(
    ("event", "code"),
    [
        ("UID:bad\nSUMMARY:Bad\nDTSTART:20261332T990000", "E-ICS-DATE"),
        ("UID:bad\nSUMMARY:Bad", "E-ICS-DATE"),
        ("UID:bad\nSUMMARY:Bad\nDTSTART;VALUE=DATE:20260131\nDTEND;VALUE=DATE:20260132", "E-ICS-DATE"),
        ("UID:bad\nSUMMARY:Bad\nDTSTART:20261208T120000\nDTEND:20261208T110000", "E-ORDER"),
        ("UID:bad\nSUMMARY:Bad\nDTSTART:20261208T120000\nRRULE:FREQ=SECONDLY", "E-RECURRENCE"),
        ("UID:bad\nSUMMARY:Bad\nDTSTART;TZID=Nowhere/Land:20261208T120000", "E-TZ"),
    ],
)
def test_a_bad_event_costs_only_itself_and_is_named(event: str, code: str) -> None:
    reading = read(calendar(event, GOOD), "ics")
    assert [(item.title, item.held_back) for item in reading.items] == [("Bad", True), ("Good", False)]
    assert codes(reading) == [code]
    assert reading.problems[0].origin.line in range(4, 10)


def test_an_event_that_never_ends_is_named_and_the_next_is_read() -> None:
    data = (
        b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:Cut\nBEGIN:VEVENT\n"
        + GOOD.encode()
        + b"\nEND:VEVENT\nEND:VCALENDAR\n"
    )
    reading = read(data, "ics")
    assert [item.title for item in reading.items] == ["Good"]
    assert (codes(reading), lines(reading)) == (["E-ICS"], [2])
    assert "'Cut'" in reading.problems[0].text


def test_an_all_day_end_is_exclusive_missing_or_equal() -> None:
    def days(end: str) -> AllDay:
        when = one(calendar(f"UID:a\nSUMMARY:a\nDTSTART;VALUE=DATE:20270203\n{end}"), "ics").when
        assert isinstance(when, AllDay)
        return when

    assert days("DTEND;VALUE=DATE:20270205") == AllDay(date(2027, 2, 3), date(2027, 2, 4))
    assert days("DTEND;VALUE=DATE:20270203") == AllDay(date(2027, 2, 3), date(2027, 2, 3))
    assert days("SEQUENCE:0") == AllDay(date(2027, 2, 3), date(2027, 2, 3))
    assert days("DURATION:P2D") == AllDay(date(2027, 2, 3), date(2027, 2, 4))


@pytest.mark.parametrize(
    ("tzid", "zone"),
    [
        ("Pacific Standard Time", "America/Los_Angeles"),
        ('"(UTC-08:00) Pacific Time (US & Canada)"', "America/Los_Angeles"),
        ("GMT Standard Time 1", "Europe/London"),
        ("Europe/lisbon", "Europe/Lisbon"),
        ("EST", "America/New_York"),
        ("/vendor.example/20260101_1/America/Los_Angeles", "America/Los_Angeles"),
        ("tzone://Microsoft/Utc", "UTC"),
    ],
)
def test_zones_by_other_names_keep_their_wall_clock(tzid: str, zone: str) -> None:
    reading = read(calendar(f"UID:a\nSUMMARY:a\nDTSTART;TZID={tzid}:20260708T120000"), "ics")
    when = reading.items[0].when
    assert isinstance(when, Instant)
    assert (when.start, ZoneInfo(when.timezone).utcoffset(when.start)) == (
        datetime(2026, 7, 8, 12),
        ZoneInfo(zone).utcoffset(datetime(2026, 7, 8, 12)),
    )
    assert not reading.problems


def test_a_zone_that_only_the_file_describes_is_told_by_its_clock() -> None:
    zone = (
        "BEGIN:VTIMEZONE\nTZID:Customized Time Zone\nBEGIN:STANDARD\nDTSTART:16011104T020000\nTZOFFSETFROM:-0700\n"
        "TZOFFSETTO:-0800\nEND:STANDARD\nBEGIN:DAYLIGHT\nDTSTART:16010311T020000\nTZOFFSETFROM:-0800\nTZOFFSETTO:-0700\n"
        "END:DAYLIGHT\nEND:VTIMEZONE"
    )
    reading = read(calendar("UID:a\nSUMMARY:a\nDTSTART;TZID=Customized Time Zone:20261208T120000", head=zone), "ics")
    assert reading.items[0].when == Instant(datetime(2026, 12, 8, 12), None, "America/Los_Angeles", "iana")
    assert codes(reading) == ["I-TZ"]


def test_floating_times_are_on_the_calendar_s_clock_then_the_community_s() -> None:
    event = "UID:a\nSUMMARY:a\nDTSTART:20261208T120000"
    assert one(calendar(event), "ics").timezone == "America/Los_Angeles"
    assert one(calendar(event, head="X-WR-TIMEZONE:Europe/Berlin"), "ics").timezone == "Europe/Berlin"
    assert (
        one(calendar(event, head="X-WR-TIMEZONE:Europe/Berlin"), "ics", naive="Asia/Tokyo").timezone == "Asia/Tokyo"
    )


def test_moved_and_cancelled_instances_are_kept_with_their_notes() -> None:
    changed = (
        "UID:w\nSUMMARY:Weekly\nRECURRENCE-ID;TZID=America/Los_Angeles:{original}\n"
        "DTSTART;TZID=America/Los_Angeles:{start}\nDTEND;TZID=America/Los_Angeles:{end}\n"
    )
    item = one(
        calendar(
            f"{WEEKLY}\nRRULE:FREQ=WEEKLY;UNTIL=20261231T000000Z\nEXDATE:20261125T170000Z\nLOCATION:Room 1",
            changed.format(original="20261209T090000", start="20261209T090000", end="20261209T100000")
            + "STATUS:CANCELLED\nCOMMENT:Back soon.",
            changed.format(original="20261216T090000", start="20261217T110000", end="20261217T120000")
            + "LOCATION:Room 2",
        ),
        "ics",
    )
    assert isinstance(item.when, Recurrence)
    assert item.when.exdates == (datetime(2026, 11, 25, 9),)
    assert item.when.overrides == (
        Override(datetime(2026, 12, 9, 9), "cancelled", note="Back soon."),
        Override(
            datetime(2026, 12, 16, 9), "moved", datetime(2026, 12, 17, 11), datetime(2026, 12, 17, 12), "Room 2"
        ),
    )


def test_a_change_of_all_that_follows_splits_the_series() -> None:
    reading = read(
        calendar(
            f"{WEEKLY}\nRRULE:FREQ=WEEKLY",
            "UID:w\nSUMMARY:Weekly, later\n"
            "RECURRENCE-ID;RANGE=THISANDFUTURE;TZID=America/Los_Angeles:20261028T090000\n"
            "DTSTART;TZID=America/Los_Angeles:20261028T140000\nDTEND;TZID=America/Los_Angeles:20261028T150000",
        ),
        "ics",
    )
    before, after = sorted(reading.items, key=lambda item: item.id)
    assert (before.id, after.id, after.title) == ("w", "w#2026-10-28", "Weekly, later")
    assert before.when.until == date(2026, 10, 27)
    assert (after.when.start, after.when.end) == (datetime(2026, 10, 28, 14), datetime(2026, 10, 28, 15))


def test_different_events_that_share_a_uid_are_both_kept() -> None:
    reading = read(
        calendar(
            "UID:same\nSUMMARY:One\nDTSTART:20261208T120000", "UID:same\nSUMMARY:Other\nDTSTART:20261209T120000"
        ),
        "ics",
    )
    assert [(item.id, item.title) for item in reading.items] == [("same", "One"), ("same#other", "Other")]
    assert codes(reading) == ["W-UID", "W-UID"]


def test_of_two_versions_the_later_counts_and_the_other_is_told() -> None:
    reading = read(
        calendar(
            "UID:a\nSEQUENCE:0\nSUMMARY:Tea\nDTSTART:20261208T120000",
            "UID:a\nSEQUENCE:2\nSUMMARY:Tea\nDTSTART:20261209T120000",
        ),
        "ics",
    )
    assert [item.when.start for item in reading.items] == [datetime(2026, 12, 9, 12)]
    assert codes(reading) == ["I-SUPERSEDED"]


def test_events_without_a_uid_are_all_kept() -> None:
    reading = read(calendar("SUMMARY:a\nDTSTART:20261208T120000", "SUMMARY:a\nDTSTART:20261209T120000"), "ics")
    assert len({item.id for item in reading.items}) == 2


def test_a_private_event_stays_among_members() -> None:
    assert one(calendar(f"{GOOD}\nCLASS:PRIVATE"), "ics").visibility == "members"


def test_to_dos_and_broken_lines_are_told() -> None:
    reading = read(
        calendar(f"{GOOD}\nDESCRIPTION:one\nsecond line, never folded", head="BEGIN:VTODO\nEND:VTODO"), "ics"
    )
    assert sorted(codes(reading)) == ["I-ICS", "W-ICS-LINE"]
    assert len(reading.items) == 1


def test_a_letter_folded_in_the_middle_is_whole_again() -> None:
    data = calendar(GOOD).replace(
        b"SUMMARY:Good", "SUMMARY:Caf\u00e9".encode()[:-1] + b"\r\n " + "\u00e9".encode()[1:]
    )
    assert one(data, "ics").title == "Café"


def test_windows_letters_are_read_and_told() -> None:
    reading = read(calendar(GOOD).replace(b"SUMMARY:Good", b"SUMMARY:Caf\xe9"), "ics")
    assert (reading.items[0].title, codes(reading), lines(reading)) == ("Café", ["W-ENCODING"], [6])


def test_more_events_than_the_cap_are_told() -> None:
    event = "BEGIN:VEVENT\nUID:{n}\nSUMMARY:x\nDTSTART:20261208T120000\nEND:VEVENT\n"
    data = "BEGIN:VCALENDAR\n" + "".join(event.format(n=n) for n in range(10_003)) + "END:VCALENDAR\n"
    reading = read(data.encode(), "ics")
    assert (len(reading.items), codes(reading)) == (10_000, ["E-CAP"])
    assert "last 3" in reading.problems[0].text


RULES = [
    "FREQ=WEEKLY;BYDAY=MO,WE",
    "FREQ=WEEKLY;INTERVAL=2;COUNT=7",
    "FREQ=MONTHLY;BYDAY=2TU",
    "FREQ=MONTHLY;BYDAY=-1FR;UNTIL=20270401T000000Z",
    "FREQ=DAILY;INTERVAL=10",
    "FREQ=MONTHLY;BYMONTHDAY=31",
    "FREQ=YEARLY;BYMONTH=3;BYDAY=2SU",
]


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize(
    "start",
    ["DTSTART;TZID=America/Los_Angeles:20260929T093000", "DTSTART:20260929T163000Z", "DTSTART;VALUE=DATE:20260929"],
)
def test_series_fall_where_another_program_puts_them(rule: str, start: str) -> None:
    data = calendar(f"UID:a\nSUMMARY:a\n{start}\nRRULE:{rule}\nEXDATE;TZID=America/Los_Angeles:20261005T093000")
    home = ZoneInfo("America/Los_Angeles")
    first, last = datetime(2026, 9, 1, tzinfo=home), datetime(2027, 6, 1, tzinfo=home)
    ours = [found.start for found in occurrences(one(data, "ics").when, first, last, home=home)]
    theirs = [
        event["DTSTART"].dt for event in recurring_ical_events.of(Calendar.from_ical(data)).between(first, last)
    ]
    assert sorted(ours) == sorted(theirs)


def test_links_and_backslashes_arrive_as_they_were_meant() -> None:
    item = one(calendar(f"{GOOD}\nURL:https://lab.example.org/a%2Cb\nDESCRIPTION:C:\\\\new\\nnext"), "ics")
    assert item.url == "https://lab.example.org/a%2Cb"
    assert item.body == "C:\\new  \nnext"
