"""Calendar files: what any program reads in them is what our own dates say, in bytes that keep RFC 5545."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from zoneinfo import ZoneInfo, available_timezones

import icalendar
import pytest
from calendar_builders import (
    PUBLISHED,
    SEATTLE,
    at,
    file_of,
    item,
    ours,
    published,
    read_again,
    theirs,
    whens,
)
from dateutil.tz import tzical
from hypothesis import example, given
from hypothesis import strategies as st

from newsletter.compose.calendar_names import event_slug, hosted
from newsletter.model.item import Item, Place
from newsletter.model.problem import Origin, Problem
from newsletter.model.when import AllDay, Override, Recurrence, Sessions, Vague, WeeklyRange
from newsletter.render.calendar.document import calendar, event_calendar
from newsletter.render.calendar.lines import folded
from newsletter.render.calendar.revising import of_topics
from newsletter.render.calendar.zones import timezone_block

TALK = item(at("2026-12-08 12:00"))


def lines(data: bytes) -> list[str]:
    """The content lines, unfolded."""
    return data.decode().replace("\r\n ", "").split("\r\n")


def components(data: bytes) -> list[icalendar.Event]:
    return list(icalendar.Calendar.from_ical(data).walk("VEVENT"))


@given(whens)
@example(
    Recurrence(
        datetime(2026, 9, 30, 9), datetime(2026, 9, 30, 10), SEATTLE, ("FREQ=WEEKLY;BYDAY=TU;COUNT=4",)
    )  # its start is no Tuesday
)
def test_programs_see_what_our_own_dates_say(when) -> None:
    event = item(when)
    data = file_of(event)
    assert theirs(data) == ours(event)


@given(whens)
def test_our_own_reader_takes_our_calendars_as_they_were_meant(when) -> None:
    event = item(when)
    assert read_again(file_of(event)) == ours(event)


@given(whens, st.text(st.characters(exclude_categories=["Cs"])), st.text(st.characters(exclude_categories=["Cs"])))
def test_every_line_keeps_the_standard_whatever_stands_in_it(when, title, place) -> None:
    data = file_of(item(when, title, place=Place("in_person", place), summary=title, hosts=(place,), tags=(title,)))
    raw = data.split(b"\r\n")
    assert raw[-1] == b""
    assert all(len(line) <= 75 for line in raw)
    assert b"\n" not in data.replace(b"\r\n", b"")
    assert b"\r" not in data.replace(b"\r\n", b"")
    data.decode()
    assert re.search(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", data) is None
    parsed = icalendar.Calendar.from_ical(data)
    assert all(str(part["SEQUENCE"]) == "0" for part in parsed.walk("VEVENT"))


@given(st.text(st.characters(exclude_categories=["Cc", "Cs", "Cn"]), min_size=1))
def test_a_title_comes_out_of_a_program_as_it_went_in(title) -> None:
    (event,) = components(file_of(replace(TALK, title=title)))
    assert str(event["SUMMARY"]) == title


def test_folding_never_cuts_a_character() -> None:
    for width in range(60, 90):
        piece = folded("SUMMARY:" + "x" * (width - 10) + "雨の日の統計" * 9)
        assert all(len(line.encode()) <= 75 for line in piece.split("\r\n"))
        assert piece.replace("\r\n ", "") == "SUMMARY:" + "x" * (width - 10) + "雨の日の統計" * 9


WORDS = (
    r"DESCRIPTION:We name holes\; you fill them.\n\nwith Amara Okafor and Lena Brandt\n\n"
    r"Sign up: https://tickets.example.org/missing\,data\nhttps://data.example.org/missing-data"
)


def test_one_event_by_hand() -> None:
    event = replace(
        TALK,
        summary="We name holes; you fill them.",
        hosts=("Amara Okafor", "Lena Brandt"),
        registration_url="https://tickets.example.org/missing, data",
    )
    (revision,) = published(event).values()
    found = lines(event_calendar(revision))
    assert found[:5] == [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:{found[2][7:]}",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
    ]
    assert found[found.index("BEGIN:VEVENT") :] == [
        "BEGIN:VEVENT",
        f"UID:{revision.uid}",
        "DTSTAMP:20261201T170000Z",
        "CREATED:20261201T170000Z",
        "LAST-MODIFIED:20261201T170000Z",
        "SEQUENCE:0",
        "DTSTART;TZID=America/Los_Angeles:20261208T120000",
        "DTEND;TZID=America/Los_Angeles:20261208T133000",
        "SUMMARY:Missing data\\, honestly",
        WORDS,
        "LOCATION:Lakeview 1.203",
        "URL:https://data.example.org/missing-data",
        "CATEGORIES:deep-dive",
        'ORGANIZER;CN="Cascadia Data Science Lab":mailto:data@example.org',
        "STATUS:CONFIRMED",
        "TRANSP:OPAQUE",
        "CLASS:PUBLIC",
        "END:VEVENT",
        "END:VCALENDAR",
        "",
    ]


def test_whole_days_are_dates_with_the_end_excluded_and_leave_the_reader_free() -> None:
    (event,) = components(file_of(item(AllDay(date(2027, 2, 3), date(2027, 2, 4)))))
    assert (event["DTSTART"].dt, event["DTEND"].dt) == (date(2027, 2, 3), date(2027, 2, 5))
    assert event["TRANSP"] == "TRANSPARENT"


def test_times_in_utc_need_no_zone() -> None:
    data = file_of(item(at("2026-12-08 12:00", zone="UTC")))
    assert "DTSTART:20261208T120000Z" in lines(data)
    assert b"VTIMEZONE" not in data


def test_an_end_that_nobody_stated_is_not_made_up() -> None:
    assert not any(line.startswith(("DTEND", "DURATION")) for line in lines(file_of(item(at("2026-12-08 12:00", 0)))))


def test_sessions_are_counted_events_of_their_own() -> None:
    course = item(Sessions((at("2027-01-14 12:00"), at("2027-01-21 12:00", 2.0))), "The Command Line, Gently")
    first, second = components(file_of(course))
    assert [str(one["SUMMARY"]) for one in (first, second)] == [
        "The Command Line, Gently (1 of 2)",
        "The Command Line, Gently (2 of 2)",
    ]
    assert first["UID"] != second["UID"]
    assert second["DTEND"].dt - second["DTSTART"].dt == timedelta(hours=2)


COFFEE = Recurrence(
    datetime(2026, 9, 30, 9),
    datetime(2026, 9, 30, 10),
    SEATTLE,
    ("FREQ=WEEKLY;BYDAY=WE;UNTIL=20270318T065959Z",),
    exdates=(datetime(2026, 11, 25, 9),),
    overrides=(
        Override(datetime(2026, 12, 9, 9), "cancelled", note="The room is painted."),
        Override(
            datetime(2026, 12, 16, 9), "moved", datetime(2026, 12, 17, 10), datetime(2026, 12, 17, 11), "Steam Hall"
        ),
    ),
)


def test_a_series_keeps_its_rule_and_says_what_departs_from_it() -> None:
    master, cancelled, moved = components(file_of(item(COFFEE, "R users' coffee")))
    assert master["RRULE"].to_ical() == b"FREQ=WEEKLY;UNTIL=20270317T160000Z;BYDAY=WE"
    assert master["EXDATE"].dts[0].dt == datetime(2026, 11, 25, 9, tzinfo=ZoneInfo(SEATTLE))
    assert (cancelled["STATUS"], str(cancelled["SUMMARY"])) == ("CANCELLED", "Cancelled: R users' coffee")
    assert (
        cancelled["RECURRENCE-ID"].dt == cancelled["DTSTART"].dt == datetime(2026, 12, 9, 9, tzinfo=ZoneInfo(SEATTLE))
    )
    assert str(cancelled["DESCRIPTION"]).startswith("The room is painted.")
    assert moved["DTSTART"].dt == datetime(2026, 12, 17, 10, tzinfo=ZoneInfo(SEATTLE))
    assert (moved["STATUS"], str(moved["LOCATION"])) == ("CONFIRMED", "Steam Hall")
    assert len({str(one["UID"]) for one in (master, cancelled, moved)}) == 1


def test_a_series_ends_where_its_page_expires() -> None:
    endless = replace(COFFEE, rules=("FREQ=WEEKLY",), exdates=(), overrides=())
    assert "RRULE:FREQ=WEEKLY" in lines(file_of(item(endless)))
    assert "RRULE:FREQ=WEEKLY;UNTIL=20261014T160000Z" in lines(file_of(item(endless, expires=date(2026, 10, 20))))


@pytest.mark.parametrize(
    "other",
    [
        item(Vague("late winter quarter", date(2027, 2, 20), date(2027, 3, 19))),
        item(None),
        replace(TALK, kind="announcement"),
        replace(TALK, visibility="members"),
        replace(TALK, held_back=True),
        replace(TALK, status="draft"),
        item(WeeklyRange((0,), date(2026, 12, 7), date(2026, 12, 21), None, None, SEATTLE, approximate=True)),
        item(replace(COFFEE, approximate=True)),
        item(replace(COFFEE, rules=("FREQ=HOURLY",))),
    ],
)
def test_what_is_vague_for_members_or_held_back_has_no_file(other: Item) -> None:
    assert published(other) == {}
    if other.when != replace(COFFEE, rules=("FREQ=HOURLY",)):
        assert hosted((other,)) == ()


# What programs compare: UID, SEQUENCE, LAST-MODIFIED.

LATER = PUBLISHED + timedelta(days=2)


def after(event: Item, *, before: Item = TALK, now: datetime = LATER, **values):
    return published(event, before=published(before).values(), now=now, **values)[before.id]


@pytest.mark.parametrize(
    "edited",
    [
        replace(TALK, when=at("2026-12-09 12:00")),
        replace(TALK, title="Missing data, candidly"),
        replace(TALK, place=Place("in_person", "Steam Hall")),
        replace(TALK, status="cancelled"),
        replace(TALK, registration_url="https://tickets.example.org/new"),
    ],
)
def test_a_change_that_matters_keeps_the_uid_and_raises_the_sequence(edited: Item) -> None:
    first, second = published(TALK)[TALK.id], after(edited)
    assert (second.uid, second.slug, second.created_at) == (first.uid, first.slug, first.created_at)
    assert (first.sequence, second.sequence) == (0, 1)
    assert second.changed_at == LATER
    (event,) = components(event_calendar(second))
    assert (event["UID"], event["SEQUENCE"], event["LAST-MODIFIED"].dt) == (first.uid, 1, LATER)


def test_words_may_change_without_a_new_sequence() -> None:
    second = after(replace(TALK, summary="Now with a better text."))
    assert (second.sequence, second.changed_at) == (0, LATER)


def test_what_did_not_change_keeps_its_bytes() -> None:
    first, second = published(TALK)[TALK.id], after(TALK)
    assert event_calendar(first) == event_calendar(second)
    assert second.read_at == LATER


def test_an_edit_taken_back_is_one_more_change() -> None:
    second = after(replace(TALK, title="Other"))
    third = published(TALK, before=[second], now=LATER + timedelta(days=1))[TALK.id]
    assert (second.sequence, third.sequence) == (1, 2)


def test_a_cancelled_event_stays_and_says_so() -> None:
    (event,) = components(event_calendar(after(replace(TALK, status="cancelled"))))
    assert (event["STATUS"], str(event["SUMMARY"])) == ("CANCELLED", "Cancelled: Missing data, honestly")
    (event,) = components(event_calendar(after(replace(TALK, status="postponed"))))
    assert (event["STATUS"], str(event["SUMMARY"])) == ("CANCELLED", "Postponed: Missing data, honestly")


def test_an_older_reading_takes_no_correction_back() -> None:
    corrected = after(replace(TALK, when=at("2026-12-09 12:00")))
    frozen = published(TALK, before=[corrected], now=LATER + timedelta(days=1), at=PUBLISHED)[TALK.id]
    assert frozen == corrected


@pytest.mark.parametrize("change", [{"visibility": "members"}, {"held_back": True}, {"when": Vague("some day")}])
def test_what_is_not_public_any_more_is_withdrawn_at_once(change) -> None:
    assert after(replace(TALK, **change)).withdrawn


def test_what_vanished_is_withdrawn_but_not_because_its_source_could_not_be_read() -> None:
    before = published(TALK)
    assert published(before=before.values(), now=LATER)[TALK.id].withdrawn
    broken = Problem("error", "source.unreachable", "no answer", Origin("events", "https://example.org"))
    assert published(before=before.values(), now=LATER, problems=(broken,)) == before
    other = replace(broken, origin=Origin("talks", "https://example.org"))
    assert published(before=before.values(), now=LATER, problems=(other,))[TALK.id].withdrawn


def test_what_comes_back_is_the_same_event_with_a_higher_sequence() -> None:
    gone = published(before=published(TALK).values(), now=LATER)
    back = published(TALK, before=gone.values(), now=LATER + timedelta(days=1))[TALK.id]
    assert (back.withdrawn, back.sequence, back.uid) == (False, 1, published(TALK)[TALK.id].uid)


# Names, topics and zones.


def test_the_address_of_an_event_is_readable_and_its_own() -> None:
    assert event_slug("data-lab", TALK.id).startswith("2026-12-08-missing-data-")
    assert event_slug("data-lab", "x@calendar.example.org").startswith("x-")
    assert event_slug("data-lab", "講演") == event_slug("data-lab", "講演")
    names = {event_slug(lab, key) for lab in ("data-lab", "other") for key in ("a", "A", "b/a", "", "講演")}
    assert len(names) == 10
    assert all(re.fullmatch(r"[a-z0-9-]{10,60}", name) for name in names)


def test_a_reader_of_topics_gets_them_and_what_has_none() -> None:
    untold = item(at("2026-12-09 12:00"), id="events:open", tags=())
    found = published(TALK, untold).values()
    assert [one.item_id for one in of_topics(found, ("deep-dives",))] == [TALK.id, untold.id]
    assert [one.item_id for one in of_topics(found, ())] == [untold.id]
    assert len(of_topics(found, None)) == 2


def test_the_order_of_events_does_not_matter() -> None:
    found = [*published(TALK, item(at("2027-01-09 12:00"), id="events:b"), item(COFFEE, id="events:c")).values()]
    assert calendar("A", "", found) == calendar("A", "", found[::-1])


ALL_ZONES = sorted(name for name in available_timezones() if "/" in name and not name.startswith(("posix", "right")))


@pytest.mark.parametrize("name", [*ALL_ZONES[::7], "Africa/Casablanca", "Europe/Dublin", "Asia/Kathmandu", SEATTLE])
def test_a_zone_told_is_the_zone_meant(name: str) -> None:
    """Read by dateutil, which knows only what stands in the component."""
    text = timezone_block(name, 2026, 2028)
    told = tzical(StringIO(text)).get(name)
    zone = ZoneInfo(name)
    for hours in range(0, 24 * 365 * 2, 53):
        moment = datetime(2026, 1, 1, 3, 30) + timedelta(hours=hours)
        assert moment.replace(tzinfo=told).utcoffset() == moment.replace(tzinfo=zone).utcoffset(), moment


def test_a_zone_is_told_by_the_rules_that_desktop_programs_know() -> None:
    found = timezone_block(SEATTLE, 2026, None).split("\r\n")
    assert "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=2SU" in found
    assert "RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=1SU" in found
    assert "RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU" in timezone_block("Europe/Berlin", 2026, 2026).split("\r\n")
    kathmandu = timezone_block("Asia/Kathmandu", 2026, None)
    assert "TZOFFSETTO:+0545" in kathmandu
    assert "RRULE" not in kathmandu


def test_the_clock_of_a_series_stands_still_over_both_changes() -> None:
    weekly = Recurrence(datetime(2026, 10, 28, 9), datetime(2026, 10, 28, 10), SEATTLE, ("FREQ=WEEKLY;COUNT=30",))
    starts = {start[11:16] for start, _ in theirs(file_of(item(weekly)))}
    assert starts == {"16:00", "17:00"}
    assert datetime(2027, 3, 10, 17, tzinfo=UTC).isoformat() in {start for start, _ in theirs(file_of(item(weekly)))}
