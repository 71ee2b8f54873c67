"""What calendar programs really write, one test for each habit; each says what is read and what is said of it."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import recurring_ical_events
from icalendar import Calendar
from support_sources import calendar, codes, one, read

from newsletter.compose.facts import check_facts
from newsletter.dates.recurrence import occurrences
from newsletter.model.item import Item
from newsletter.model.when import AllDay, Instant, Occurrence, Recurrence

HOME = ZoneInfo("America/Los_Angeles")
NOON = "UID:a\nSUMMARY:Tea\nDTSTART;TZID={}:20260708T120000"
WEEKLY = "UID:w\nSUMMARY:Weekly\nDTSTART;TZID=America/Los_Angeles:20260930T090000\nDURATION:PT1H\nRRULE:FREQ=WEEKLY"
YEAR = (datetime(2026, 9, 1, tzinfo=HOME), datetime(2027, 9, 1, tzinfo=HOME))


def happens(*items: Item) -> list[Occurrence]:
    """Every occurrence of a year, in order."""
    found = [each for item in items if item.when for each in occurrences(item.when, *YEAR, home=HOME)]
    return sorted(found, key=lambda each: str(each.start))


def starts(*items: Item) -> list[datetime | date]:
    return [each.start for each in happens(*items) if each.status != "cancelled"]


def days(*items: Item) -> list[str]:
    return [f"{start:%m-%d}" for start in starts(*items)]


def theirs(data: bytes) -> list[datetime | date]:
    """The same by recurring_ical_events."""
    found = recurring_ical_events.of(Calendar.from_ical(data)).between(*YEAR)
    return sorted((event["DTSTART"].dt for event in found), key=str)


def in_zone(tzid: str, head: str = "") -> tuple[str, list[str]]:
    """The zone of a time at noon, whose clock must have stayed, and the codes of what is said of it."""
    reading = read(calendar(NOON.format(tzid), head=head), "ics")
    when = reading.items[0].when
    assert isinstance(when, Instant)
    assert when.start == datetime(2026, 7, 8, 12)
    return when.timezone, codes(reading)


def vtimezone(tzid: str, standard: str, daylight: str, autumn: str = "BYMONTH=11;BYDAY=1SU", *more: str) -> str:
    spring = more[0] if more else "BYMONTH=3;BYDAY=2SU"
    return (
        f"BEGIN:VTIMEZONE\nTZID:{tzid}\nBEGIN:STANDARD\nDTSTART:16010101T020000\nTZOFFSETFROM:{daylight}\n"
        f"TZOFFSETTO:{standard}\nRRULE:FREQ=YEARLY;{autumn}\nEND:STANDARD\n"
        f"BEGIN:DAYLIGHT\nDTSTART:16010101T020000\nTZOFFSETFROM:{standard}\nTZOFFSETTO:{daylight}\n"
        f"RRULE:FREQ=YEARLY;{spring}\nEND:DAYLIGHT\nEND:VTIMEZONE"
    )


WINDOWS = [
    ("Pacific Standard Time", "America/Los_Angeles"),
    ("Eastern Standard Time", "America/New_York"),
    ("GMT Standard Time", "Europe/London"),
    ("W. Europe Standard Time", "Europe/Berlin"),
]


# Zones by other names


@pytest.mark.parametrize(("tzid", "zone"), WINDOWS)
def test_a_windows_zone_without_a_vtimezone(tzid: str, zone: str) -> None:
    assert in_zone(tzid) == (zone, [])


@pytest.mark.parametrize(("tzid", "zone"), WINDOWS)
def test_a_windows_zone_means_the_same_beside_a_vtimezone(tzid: str, zone: str) -> None:
    assert in_zone(tzid, vtimezone(tzid, "-0800", "-0700")) == (zone, [])


@pytest.mark.parametrize("quote", ["", '"'])
@pytest.mark.parametrize(
    ("tzid", "zone"),
    [
        ("(UTC-08:00) Pacific Time (US & Canada)", "America/Los_Angeles"),
        ("(UTC-05:00) Eastern Time (US & Canada)", "America/New_York"),
        ("(GMT-06.00) Central Time (US & Canada)", "America/Chicago"),
    ],
)
def test_the_display_name_of_a_zone(tzid: str, zone: str, quote: str) -> None:
    assert in_zone(f"{quote}{tzid}{quote}") == (zone, [])


@pytest.mark.parametrize(
    ("standard", "daylight", "rules", "zone"),
    [
        ("-0800", "-0700", (), "America/Los_Angeles"),
        ("-0500", "-0400", (), "America/New_York"),
        ("+0100", "+0200", ("BYMONTH=10;BYDAY=-1SU", "BYMONTH=3;BYDAY=-1SU"), "Europe/Berlin"),
        ("+1000", "+1100", ("BYMONTH=4;BYDAY=1SU", "BYMONTH=10;BYDAY=1SU"), "Australia/Sydney"),
    ],
)
def test_a_customized_time_zone_is_recognised_by_its_own_rules(
    standard: str, daylight: str, rules: tuple[str, ...], zone: str
) -> None:
    block = vtimezone("Customized Time Zone", standard, daylight, *rules)
    assert in_zone("Customized Time Zone", block) == (zone, ["I-TZ"])


def test_a_customized_time_zone_of_one_offset() -> None:
    block = (
        "BEGIN:VTIMEZONE\nTZID:Customized Time Zone\nBEGIN:STANDARD\nDTSTART:16010101T000000\nTZOFFSETFROM:+0530\n"
        "TZOFFSETTO:+0530\nEND:STANDARD\nEND:VTIMEZONE"
    )
    assert in_zone("Customized Time Zone", block) == ("Asia/Kolkata", ["I-TZ"])


def test_a_customized_time_zone_that_no_place_has_is_flagged() -> None:
    block = vtimezone("Customized Time Zone", "-0800", "-0700", "BYMONTH=8;BYDAY=1SU")
    assert in_zone("Customized Time Zone", block)[1] == ["E-TZ"]


def test_a_customized_time_zone_that_is_not_described_is_flagged() -> None:
    assert in_zone("Customized Time Zone")[1] == ["E-TZ"]


@pytest.mark.parametrize("number", ["1", "12"])
def test_the_number_that_exchange_adds_to_a_zone(number: str) -> None:
    assert in_zone(f"GMT Standard Time {number}") == ("Europe/London", [])


@pytest.mark.parametrize(
    ("tzid", "zone"),
    [
        ("Eastern Daylight Time", "America/New_York"),
        ("Pacific Daylight Time", "America/Los_Angeles"),
        ("PST", "America/Los_Angeles"),
        ("PDT", "America/Los_Angeles"),
        ("Europe/lisbon", "Europe/Lisbon"),
        ("america/LOS_ANGELES", "America/Los_Angeles"),
        ("US/Pacific", "US/Pacific"),
        ("tzone://Microsoft/Utc", "UTC"),
        ("/freeassociation.sourceforge.net/America/Los_Angeles", "America/Los_Angeles"),
        ("/freeassociation.sourceforge.net/Tzfile/America/Argentina/Buenos_Aires", "America/Argentina/Buenos_Aires"),
    ],
)
def test_a_season_an_abbreviation_another_case_or_a_path_for_a_zone(tzid: str, zone: str) -> None:
    assert in_zone(tzid) == (zone, [])


def test_est_is_the_clock_of_new_york_in_summer_too() -> None:
    item = one(calendar(NOON.format("EST")), "ics")
    assert isinstance(item.when, Instant)
    summer = item.when.start.replace(tzinfo=ZoneInfo(item.when.timezone))
    assert summer.astimezone(UTC) == datetime(2026, 7, 8, 16, tzinfo=UTC)


def test_a_zone_nobody_knows_is_flagged_and_never_silently_floating() -> None:
    reading = read(calendar(NOON.format("Somewhere/Else")), "ics")
    assert codes(reading) == ["E-TZ"]
    assert "'Somewhere/Else'" in reading.problems[0].text
    assert reading.items[0].held_back


def test_floating_times_under_the_calendar_s_zone() -> None:
    head = "X-WR-TIMEZONE:America/New_York"
    item = one(calendar("UID:a\nSUMMARY:a\nDTSTART:20261208T120000", head=head), "ics")
    assert item.when == Instant(datetime(2026, 12, 8, 12), None, "America/New_York", "source_default")


def test_a_weekly_utc_time_under_the_calendar_s_zone_stays_at_one_hour_of_the_day() -> None:
    data = calendar(
        "UID:a\nSUMMARY:a\nDTSTART:20261020T190000Z\nRRULE:FREQ=WEEKLY;COUNT=4",
        head="X-WR-TIMEZONE:America/Los_Angeles",
    )
    reading = read(data, "ics")
    assert [f"{start:%m-%d %H:%M}" for start in starts(*reading.items)] == [
        "10-20 12:00",
        "10-27 12:00",
        "11-03 12:00",
        "11-10 12:00",
    ]
    assert codes(reading) == ["I-UTC"]


def test_a_calendar_s_zone_nobody_knows_is_told() -> None:
    reading = read(calendar("UID:a\nSUMMARY:a\nDTSTART:20261208T120000", head="X-WR-TIMEZONE:Nowhere"), "ics")
    assert codes(reading) == ["W-TZ"]


# Days and spans


@pytest.mark.parametrize(
    ("end", "last"),
    [
        ("DTEND;VALUE=DATE:20270206", 5),
        ("TRANSP:OPAQUE", 3),
        ("DTEND;VALUE=DATE:20270203", 3),
        ("DTEND:20270205T000000", 4),
        ("DURATION:P3D", 5),
    ],
    ids=["exclusive", "missing", "equal to the start", "a midnight", "a duration"],
)
def test_the_end_of_an_all_day_event(end: str, last: int) -> None:
    item = one(calendar(f"UID:a\nSUMMARY:a\nDTSTART;VALUE=DATE:20270203\n{end}"), "ics")
    assert item.when == AllDay(date(2027, 2, 3), date(2027, 2, last))


def test_a_date_that_holds_a_time_keeps_it() -> None:
    data = calendar("SUMMARY:Stage 1\nDTSTART;VALUE=DATE:20261204T120000\nDTEND;VALUE=DATE:20261204T133000")
    assert one(data, "ics").when == Instant(
        datetime(2026, 12, 4, 12), datetime(2026, 12, 4, 13, 30), "America/Los_Angeles", "floating"
    )


def test_an_end_before_the_start_is_told_and_not_swapped() -> None:
    reading = read(calendar("UID:a\nSUMMARY:a\nDTSTART:20261208T120000\nDTEND:20261208T110000"), "ics")
    (item,) = reading.items
    assert (item.when.start, item.when.end) == (datetime(2026, 12, 8, 12), None)
    assert (codes(reading), item.held_back) == (["E-ORDER"], True)


def test_a_bad_start_costs_one_event_and_no_other() -> None:
    data = calendar(
        "UID:a\nSUMMARY:Bad\nDTSTART:2026-13-45",
        "UID:b\nSUMMARY:Undated",
        "UID:c\nSUMMARY:Good\nDTSTART:20261208T120000",
    )
    reading = read(data, "ics")
    assert [(item.title, item.held_back) for item in reading.items] == [
        ("Bad", True),
        ("Undated", True),
        ("Good", False),
    ]
    assert [problem.origin.line for problem in reading.problems] == [7, 9]


def test_an_end_on_the_32nd_is_told_and_the_start_kept() -> None:
    reading = read(calendar("UID:a\nSUMMARY:Conf\nDTSTART;VALUE=DATE:20260131\nDTEND;VALUE=DATE:20260132"), "ics")
    assert reading.items[0].when == AllDay(date(2026, 1, 31), date(2026, 1, 31))
    assert "'20260132'" in reading.problems[0].text
    assert (codes(reading), reading.items[0].held_back) == (["E-ICS-DATE"], True)


def test_a_duration_that_is_none_is_told_and_one_of_nothing_is_not() -> None:
    def of(duration: str) -> list[str]:
        return codes(read(calendar(f"UID:a\nSUMMARY:a\nDTSTART:20261208T120000\nDURATION:{duration}"), "ics"))

    assert (of("PT-90M"), of("one hour or so")) == (["E-ICS-DATE"], ["E-ICS-DATE"])
    assert (of("PT0S"), of("P0D"), of("+PT1H30M")) == ([], [], [])


def test_a_placeholder_in_2099_is_held_back() -> None:
    reading = read(calendar("UID:a\nSUMMARY:Stay Informed\nDTSTART:20991231T225800Z"), "ics")
    checked = check_facts(reading, terms={}, timezone=HOME.key, as_of=datetime(2026, 12, 4, 9, tzinfo=HOME))
    assert [(problem.code, problem.level) for problem in checked.problems] == [("E-PLACEHOLDER", "error")]
    assert checked.items[0].held_back


def test_a_span_of_several_days_is_one_span() -> None:
    item = one(calendar("UID:a\nSUMMARY:Workshop\nDTSTART:20261207T160000Z\nDTEND:20261212T001500Z"), "ics")
    (found,) = happens(item)
    assert (found.start, found.end) == (
        datetime(2026, 12, 7, 8, tzinfo=HOME),
        datetime(2026, 12, 11, 16, 15, tzinfo=HOME),
    )


# Exceptions of a series


@pytest.mark.parametrize(
    "excluded",
    ["EXDATE:20261014T160000Z", "EXDATE;VALUE=DATE:20261014", "EXDATE;TZID=America/New_York:20261014T120000"],
    ids=["in UTC", "as a date", "in another zone"],
)
def test_an_excluded_instance(excluded: str) -> None:
    reading = read(calendar(f"{WEEKLY};COUNT=4\n{excluded}"), "ics")
    assert (days(*reading.items), codes(reading)) == (["09-30", "10-07", "10-21"], [])


MOVED = "UID:w\nSUMMARY:Weekly\nRECURRENCE-ID{}\nDTSTART;TZID=America/Los_Angeles:20261015T110000\nDURATION:PT1H"


@pytest.mark.parametrize(
    "name", [":20261014T160000Z", ";TZID=America/Los_Angeles:20261014T090000", ";VALUE=DATE:20261014"]
)
def test_a_moved_instance_named_in_utc_in_its_zone_or_by_its_day(name: str) -> None:
    item = one(calendar(f"{WEEKLY};COUNT=4", MOVED.format(name)), "ics")
    assert days(item) == ["09-30", "10-07", "10-15", "10-21"]
    assert [each.status for each in happens(item)] == ["confirmed", "confirmed", "moved", "confirmed"]


def test_one_change_told_in_utc_and_in_its_zone_is_one_change() -> None:
    twice = [MOVED.format(name) for name in (":20261014T160000Z", ";TZID=America/Los_Angeles:20261014T090000")]
    reading = read(calendar(f"{WEEKLY};COUNT=4", *twice), "ics")
    assert days(*reading.items) == ["09-30", "10-07", "10-15", "10-21"]
    assert codes(reading) == ["I-SUPERSEDED"]


def test_a_change_comes_before_the_series_it_changes() -> None:
    item = one(calendar(MOVED.format(":20261014T160000Z"), f"{WEEKLY};COUNT=4"), "ics")
    assert days(item) == ["09-30", "10-07", "10-15", "10-21"]


def test_a_changed_instance_without_its_series_stands_alone() -> None:
    item = one(calendar(MOVED.format(":20261014T160000Z")), "ics")
    assert (item.id, days(item)) == ("w#2026-10-14", ["10-15"])


def test_a_cancelled_instance_is_told_as_cancelled() -> None:
    cancelled = "UID:w\nSUMMARY:Weekly\nRECURRENCE-ID:20261014T160000Z\nDTSTART:20261014T160000Z\nSTATUS:CANCELLED"
    item = one(calendar(f"{WEEKLY};COUNT=3", cancelled), "ics")
    assert [(f"{each.start:%m-%d}", each.status) for each in happens(item)] == [
        ("09-30", "confirmed"),
        ("10-07", "confirmed"),
        ("10-14", "cancelled"),
    ]
    assert item.status == "confirmed"


@pytest.mark.parametrize("word", ["CANCELLED", "canceled"])
def test_a_cancelled_event_is_kept_as_cancelled(word: str) -> None:
    assert one(calendar(f"UID:a\nSUMMARY:a\nDTSTART:20261208T120000\nSTATUS:{word}"), "ics").status == "cancelled"


FOLLOWING = (
    "UID:w\nSUMMARY:Weekly, later\nRECURRENCE-ID;RANGE=THISANDFUTURE;TZID=America/Los_Angeles:{}\n"
    "DTSTART;TZID=America/Los_Angeles:{}\nDURATION:PT2H"
)


@pytest.mark.parametrize(
    ("rule", "original", "start"),
    [
        ("FREQ=WEEKLY", "20261028T090000", "20261028T140000"),
        ("FREQ=WEEKLY;COUNT=9", "20261028T090000", "20261028T140000"),
        ("FREQ=WEEKLY;COUNT=9", "20261028T090000", "20261029T090000"),
        ("FREQ=WEEKLY;UNTIL=20261216T170000Z", "20261028T090000", "20261030T160000"),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE;COUNT=12", "20261028T090000", "20261029T080000"),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=WE,SU", "20261028T090000", "20261027T080000"),
        ("FREQ=DAILY;INTERVAL=4", "20261024T090000", "20261025T100000"),
        ("FREQ=DAILY;INTERVAL=4;BYHOUR=9", "20261024T090000", "20261025T100000"),
        ("FREQ=MONTHLY;BYDAY=-1WE;COUNT=8", "20261230T090000", "20261229T100000"),
        ("FREQ=MONTHLY;BYDAY=-1WE", "20261230T090000", "20261230T100000"),
        ("FREQ=WEEKLY;BYHOUR=9;BYMINUTE=0", "20261028T090000", "20261028T140000"),
    ],
)
def test_a_change_of_all_that_follows_moves_each_of_them(rule: str, original: str, start: str) -> None:
    data = calendar(f"{WEEKLY.rpartition('FREQ')[0]}{rule}", FOLLOWING.format(original, start))
    reading = read(data, "ics")
    assert not reading.problems
    assert starts(*reading.items) == theirs(data)
    assert {item.title for item in reading.items} == {"Weekly", "Weekly, later"}
    later = max(happens(*reading.items), key=lambda each: str(each.start))
    assert later.end - later.start == timedelta(hours=2)


def test_a_rule_without_end_that_cannot_follow_a_change_is_told() -> None:
    data = calendar(
        f"{WEEKLY.rpartition('FREQ')[0]}FREQ=MONTHLY;BYDAY=-1WE",
        FOLLOWING.format("20261230T090000", "20261229T100000"),
    )
    reading = read(data, "ics")
    assert (codes(reading), reading.items[0].held_back) == (["E-ICS-RANGE"], True)


@pytest.mark.parametrize(
    ("day", "start", "moves"),
    [
        ("27", "20260328", True),
        ("28", "20260327", True),
        ("28", "20260329", False),
        ("29", "20260328", False),
        ("27", "20260401", False),
    ],
)
def test_a_day_of_every_month_follows_a_change_within_the_days_that_each_month_has(
    day: str, start: str, moves: bool
) -> None:
    series = f"UID:m\nSUMMARY:Monthly\nDTSTART:202601{day}T120000\nRRULE:FREQ=MONTHLY"
    later = f"UID:m\nSUMMARY:Later\nRECURRENCE-ID;RANGE=THISANDFUTURE:202603{day}T120000\nDTSTART:{start}T120000"
    reading = read(calendar(series, later), "ics")
    assert [item.title for item in reading.items] == (["Monthly", "Later"] if moves else ["Monthly"])
    assert codes(reading) == ([] if moves else ["E-ICS-RANGE"])


def test_of_several_starts_in_one_line_the_first_counts() -> None:
    assert one(calendar("UID:a\nSUMMARY:a\nDTSTART:20261208T120000,20261209T130000"), "ics").when == Instant(
        datetime(2026, 12, 8, 12), None, "America/Los_Angeles", "floating"
    )


def test_a_single_change_after_a_change_of_all_that_follows() -> None:
    data = calendar(
        f"{WEEKLY};COUNT=6",
        FOLLOWING.format("20261014T090000", "20261014T140000"),
        "UID:w\nSUMMARY:Weekly, later\nRECURRENCE-ID;TZID=America/Los_Angeles:20261021T090000\n"
        "DTSTART;TZID=America/Los_Angeles:20261022T100000",
    )
    found = [f"{start:%m-%d %H}" for start in starts(*read(data, "ics").items)]
    assert found == ["09-30 09", "10-07 09", "10-14 14", "10-22 10", "10-28 14", "11-04 14"]


@pytest.mark.parametrize("until", ["20261021", "20261021T090000"], ids=["a date", "a local time"])
def test_an_until_without_utc_keeps_the_instance_that_it_names(until: str) -> None:
    assert days(one(calendar(f"{WEEKLY};UNTIL={until}"), "ics")) == ["09-30", "10-07", "10-14", "10-21"]


# Names and versions


def test_the_highest_sequence_counts_wherever_it_stands() -> None:
    newer = "UID:a\nSEQUENCE:3\nSUMMARY:Tea\nDTSTART:20261209T120000"
    older = "UID:a\nSEQUENCE:1\nSUMMARY:Tea\nDTSTART:20261208T120000"
    for entries in ((newer, older), (older, newer)):
        reading = read(calendar(*entries), "ics")
        assert (days(*reading.items), codes(reading)) == (["12-09"], ["I-SUPERSEDED"])


def test_two_events_with_one_uid_are_both_kept_and_told() -> None:
    reading = read(
        calendar(
            "UID:2026-12-08@example.org\nSUMMARY:Call\nDTSTART:20261208T120000",
            "UID:2026-12-08@example.org\nSUMMARY:Social\nDTSTART:20261208T180000",
        ),
        "ics",
    )
    assert [item.title for item in reading.items] == ["Call", "Social"]
    assert len({item.id for item in reading.items}) == 2
    assert codes(reading) == ["W-UID", "W-UID"]


def test_changes_find_their_own_of_two_series_with_one_uid() -> None:
    other = WEEKLY.replace("SUMMARY:Weekly", "SUMMARY:Other").replace("0930T09", "1001T09")
    moved = MOVED.format(";VALUE=DATE:20261008").replace("SUMMARY:Weekly", "SUMMARY:Other")
    reading = read(calendar(f"{WEEKLY};COUNT=2", f"{other};COUNT=2", moved), "ics")
    first, second = reading.items
    assert (days(first), days(second)) == (["09-30", "10-07"], ["10-01", "10-15"])


def test_copies_without_a_uid_are_all_kept() -> None:
    reading = read(calendar(*["SUMMARY:a\nDTSTART:20261208T120000"] * 3), "ics")
    assert len({item.id for item in reading.items}) == 3


# Texts and bytes


def test_a_raw_line_break_in_a_description_is_told_and_costs_no_more() -> None:
    reading = read(
        calendar("UID:a\nSUMMARY:a\nDESCRIPTION:First line\nBring a laptop\nDTSTART:20261208T120000"), "ics"
    )
    assert (reading.items[0].summary, reading.items[0].when.start) == ("First line", datetime(2026, 12, 8, 12))
    assert "'Bring a laptop'" in reading.problems[0].text


def test_html_is_cleaned_wherever_it_stands() -> None:
    item = one(
        calendar(
            "UID:a\nSUMMARY:a\nDTSTART:20261208T120000\nLOCATION:<p>Hall 2\\, <b>upstairs</b></p>\n"
            'DESCRIPTION:<script>x()</script>Join <a href="https://lab.example.org/x">here</a>\\n<br>or\\; there'
        ),
        "ics",
    )
    assert item.place.name == "Hall 2, upstairs"
    assert "[here](https://lab.example.org/x)" in item.body
    assert not any(mark in item.body for mark in ("<", "x()", "\\;"))


def test_a_description_that_is_html_alone_is_read() -> None:
    html = "X-ALT-DESC;FMTTYPE=text/html:<html><body><p>Tea and talk.</p></body></html>"
    assert one(calendar(f"UID:a\nSUMMARY:a\nDTSTART:20261208T120000\n{html}"), "ics").summary == "Tea and talk."


def test_windows_1252_is_read_and_told() -> None:
    data = calendar("UID:a\nSUMMARY:Café – tea\nDTSTART:20261208T120000").decode().encode("cp1252")
    reading = read(data, "ics")
    assert (reading.items[0].title, codes(reading)) == ("Café – tea", ["W-ENCODING"])


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf_16_is_refused_by_name(encoding: str) -> None:
    reading = read(calendar("UID:a\nSUMMARY:a\nDTSTART:20261208T120000").decode().encode(encoding), "ics")
    assert (reading.items, codes(reading)) == ((), ["E-ENCODING"])


@pytest.mark.parametrize("cut", [1, 2, 3])
def test_a_fold_inside_a_letter(cut: int) -> None:
    letter = "𝄞".encode()
    folded = b"SUMMARY:A" + letter[:cut] + b"\r\n " + letter[cut:]
    data = calendar("UID:a\nSUMMARY:A\nDTSTART:20261208T120000").replace(b"SUMMARY:A", folded)
    assert (one(data, "ics").title, codes(read(data, "ics"))) == ("A𝄞", [])


def test_lines_are_counted_across_folds() -> None:
    data = calendar("UID:a\nSUMMARY:A\n  long\n\ttitle\nDTSTART:nonsense")
    assert [problem.origin.line for problem in read(data, "ics").problems] == [9]


# What is refused


@pytest.mark.parametrize("rule", ["FREQ=SECONDLY", "FREQ=MINUTELY;INTERVAL=5", "FREQ=HOURLY;COUNT=3"])
def test_rules_within_a_day_are_refused_and_the_event_kept(rule: str) -> None:
    reading = read(calendar(f"UID:a\nSUMMARY:Often\nDTSTART:20261208T120000\nRRULE:{rule}"), "ics")
    assert (codes(reading), reading.items[0].held_back) == (["E-RECURRENCE"], True)
    assert isinstance(reading.items[0].when, Instant)


def test_a_recurrence_is_what_it_seems() -> None:
    assert isinstance(one(calendar(WEEKLY), "ics").when, Recurrence)
