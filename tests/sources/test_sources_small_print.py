"""What a source says in passing, and what is made of it: each sentence here is one that nothing else reads."""

from datetime import date, datetime, timedelta
from types import SimpleNamespace

import pytest
from support_sources import calendar, codes, lines, one, read

from newsletter.model.item import Reading
from newsletter.model.when import AllDay, Instant, Recurrence, WeeklyRange
from newsletter.model.workspace import SourceSettings
from newsletter.sources.expectations import check_expectations
from newsletter.sources.ics_event import MAX_DATES
from newsletter.sources.issue_file import read_issue_file
from newsletter.sources.layout import Layout, groups
from newsletter.sources.registry import Blob, SourceContext, read_source

HOME = "America/Los_Angeles"


def guessed(text: str) -> list[str]:
    """The reasons that a table's own columns give."""
    source = SourceSettings(name="t", format="csv", path="t.csv", fields="auto")
    reading = read_source(source, [Blob("t.csv", text.encode())], SourceContext(HOME, {}, date(2026, 12, 4)))
    return [problem.text for problem in reading.problems if problem.code == "I-FIELDS"]


# Calendars


def test_a_zone_that_lists_the_days_its_clock_changes() -> None:
    zone = (
        "BEGIN:VTIMEZONE\nTZID:Customized Time Zone\n"
        "BEGIN:STANDARD\nDTSTART:20251102T020000\nTZOFFSETFROM:-0400\nTZOFFSETTO:-0500\n"
        "RDATE:20261101T020000,20271107T020000\nEND:STANDARD\n"
        "BEGIN:DAYLIGHT\nDTSTART:20260308T020000\nTZOFFSETFROM:-0500\nTZOFFSETTO:-0400\n"
        "RDATE:20270314T020000\nEND:DAYLIGHT\nEND:VTIMEZONE"
    )
    event = "UID:a\nSUMMARY:Tea\nDTSTART;TZID=Customized Time Zone:20260708T120000"
    reading = read(calendar(event, head=zone), "ics")
    assert reading.items[0].when == Instant(datetime(2026, 7, 8, 12), None, "America/New_York", "iana")
    assert codes(reading) == ["I-TZ"]


def test_an_instance_changed_of_an_event_that_does_not_repeat_is_told_where_it_stands() -> None:
    once = "UID:a\nSUMMARY:Tea\nDTSTART:20261208T120000Z"
    moved = "UID:a\nSUMMARY:Tea\nRECURRENCE-ID:20261208T120000Z\nDTSTART:20261208T130000Z"
    reading = read(calendar(once, moved), "ics")
    assert [(found.code, found.origin.line) for found in reading.problems if found.code == "W-ICS"] == [("W-ICS", 9)]


def test_periods_listed_for_a_series_are_told() -> None:
    event = "UID:a\nSUMMARY:Tea\nDTSTART:20261208T120000Z\nRDATE;VALUE=PERIOD:20261215T120000Z/PT3H"
    reading = read(calendar(event), "ics")
    assert [found.text for found in reading.problems] == [
        "The instances that RDATE lists as periods are shown as long as the event itself."
    ]
    assert lines(reading) == [8]


def test_a_series_may_leave_out_as_many_days_as_are_read() -> None:
    def said(count: int) -> list[str]:
        days = ",".join(f"{datetime(2026, 12, 8, 12) + timedelta(days=day):%Y%m%dT%H%M%SZ}" for day in range(count))
        event = f"UID:a\nSUMMARY:Tea\nDTSTART:20261208T120000Z\nRRULE:FREQ=DAILY\nEXDATE:{days}"
        return codes(read(calendar(event), "ics"))

    assert "E-CAP" not in said(MAX_DATES)
    assert "E-CAP" in said(MAX_DATES + 1)


# Pages


def test_a_series_of_listed_moments_alone() -> None:
    item = one(
        "---\ntitle: Tea\nstart: 2026-12-08 12:00\nrrule: RDATE:20261210T120000\n---\nx",
    )
    assert isinstance(item.when, Recurrence)
    assert (item.when.rules, item.when.rdates) == ((), (datetime(2026, 12, 10, 12),))


def test_a_moment_in_a_zone_that_nobody_knows_is_named() -> None:
    reading = read("---\ntitle: Tea\nstart: 2026-12-08 12:00\nrrule: RDATE;TZID=Mars/Base:20261210T120000\n---\nx")
    assert codes(reading) == ["E-TZ"]


@pytest.mark.parametrize(
    ("written", "minutes"), [("2 hours", 120), ("1.5h", 90), ("45 min", 45), ("1 day 1h", 1500), ("1 week", 10080)]
)
def test_a_duration_in_words(written: str, minutes: int) -> None:
    when = one(f"---\ntitle: Tea\nstart: 2026-12-08 12:00\nduration: {written}\n---\nx").when
    assert isinstance(when, Instant)
    assert when.end == when.start + timedelta(minutes=minutes)


def test_a_page_without_front_matter_begins_at_its_first_line() -> None:
    for text in ("---\n\nWords.\n", "Words.\n"):
        assert read(text, path="content/words.md").items[0].origin.line == 1


@pytest.mark.parametrize(
    ("start", "start_time", "end_time", "code"),
    [
        ("12/08/2026", "9:00 AM", "10:00 AM", []),
        ("12/08/2026", "soon", "10:00 AM", ["E-DATE"]),
        ("12/08/2026", "9:00 AM", "soon", ["E-DATE"]),
        ("soonish", "9:00 AM", "10:00 AM", ["E-DATE"]),
    ],
)
def test_a_stretch_over_days_needs_both_its_clocks(
    start: str, start_time: str, end_time: str, code: list[str]
) -> None:
    row = f"A,{start},{start_time},12/09/2026,{end_time}\n"
    reading = read(
        f"Subject,Start Date,Start Time,End Date,End Time\n{row}", "csv", preset="google-calendar-csv", kind="event"
    )
    assert (codes(reading), reading.items[0].held_back) == (code, bool(code))
    if not code:
        whole = Instant(datetime(2026, 12, 8, 9), datetime(2026, 12, 9, 10), HOME, "source_default")
        assert reading.items[0].when == whole


def test_a_rule_across_the_page_opens_no_front_matter() -> None:
    reading = read("---\n\nWords {{ alone }}.\n", path="content/words.md")
    assert [(found.code, found.origin.line) for found in reading.problems if found.code == "W-TEMPLATE"] == [
        ("W-TEMPLATE", 1)
    ]


def test_template_code_in_a_row_is_told_at_the_row() -> None:
    reading = read("title,start,body\nTea,2026-12-08,Plain\nHat,2026-12-09,Words {{ code }}\n", "csv")
    assert [(found.code, found.origin.line) for found in reading.problems] == [("W-TEMPLATE", 3)]


def test_a_page_in_the_folder_of_drafts_is_not_told() -> None:
    assert not read("---\ntitle: Tea\nstart: 2026-12-08\n---\nx", path="_drafts/tea.md").items


def test_a_place_at_once_here_and_online_is_both() -> None:
    assert one("---\ntitle: Tea\nstart: 2026-12-08\nplace: Hybrid\n---\nx").place.mode == "hybrid"


def test_a_link_from_a_page_hangs_from_that_page() -> None:
    item = one("---\ntitle: Tea\nurl: https://lab.example.org/talks/tea/\n---\nThe [map](map.png).")
    assert item.body == "The [map](https://lab.example.org/talks/tea/map.png)."


# Tables, feeds, and events in pages


def test_what_a_column_calls_a_day_is_none_where_it_holds_no_day() -> None:
    reasons = guessed("title,event day\nTea,by appointment\nHat,by appointment\n")
    assert not any("gives dates" in reason for reason in reasons)


def test_an_entry_of_a_feed_that_is_no_table_is_named_and_costs_only_itself() -> None:
    feed = '{"version": "https://jsonfeed.org/version/1.1", "items": ["words", {"id": "1", "title": "Tea"}]}'
    reading = read(feed, "feed", path="feed.json")
    assert (codes(reading)[0], [item.title for item in reading.items]) == ("E-ROW", ["Tea"])


def test_a_row_that_holds_a_node_among_its_own_keys_is_no_edge() -> None:
    reading = read('[{"title": "Tea", "start": "2026-12-08", "node": {"title": "Hat"}}]', "json")
    assert [item.title for item in reading.items] == ["Tea"]
    assert reading.items[0].when == AllDay(date(2026, 12, 8), date(2026, 12, 8))


def test_of_two_descriptions_that_say_as_much_the_first_counts() -> None:
    halls = [{"@id": "#hall", "@type": "Place", "name": name} for name in ("Steam Hall", "Mill")]
    event = {"@type": "Event", "name": "Tea", "startDate": "2026-12-08", "location": {"@id": "#hall"}}
    text = f'<script type="application/ld+json">{[*halls, event]}</script>'.replace("'", '"')
    assert one(text, "jsonld").place.name == "Steam Hall"


def test_a_table_without_a_header_is_refused() -> None:
    assert codes(read(",,\nTea,2026-12-08,x\n", "csv")) == ["E-CSV"]


def test_a_source_with_fewer_items_than_expected_is_told() -> None:
    source = SourceSettings(name="lab", format="csv", path="t.csv", expect={"min_items": 2})
    reading = Reading(items=(one("title,start\nTea,2026-12-08\n", "csv"),))
    assert [found.code for found in check_expectations(source, reading, date(2026, 12, 4))] == ["source.few"]
    twice = SimpleNamespace(items=reading.items * 2, sources=())
    assert not check_expectations(source, twice, date(2026, 12, 4))


@pytest.mark.parametrize(
    ("paths", "pattern"),
    [(("events/a.md", "events/b.md"), "events/*.md"), (("events/a.md", "events/2026/b.md"), "events/**/*.md")],
)
def test_pages_are_looked_for_as_deep_as_they_lie(paths: tuple[str, ...], pattern: str) -> None:
    found = groups(dict.fromkeys(paths, b""), Layout("", "a folder"))
    assert [group.pattern for group in found] == [pattern]


# By what a person would notice


def test_midnight_without_an_end_is_a_day_where_the_calendar_writes_days_so() -> None:
    event = "UID:a\nSUMMARY:Tea\nDTSTART;TZID=America/Los_Angeles:20261208T000000"
    (item,) = read(calendar(event), "ics", midnight_is_date=True).items
    assert item.when == AllDay(date(2026, 12, 8), date(2026, 12, 8))


@pytest.mark.parametrize("newest_first", [True, False])
def test_of_two_changes_of_an_instance_the_later_one_counts(newest_first: bool) -> None:
    series = "UID:a\nSUMMARY:Tea\nDTSTART:20261208T200000Z\nRRULE:FREQ=WEEKLY;COUNT=2"
    old = (
        "UID:a\nSUMMARY:Tea\nRECURRENCE-ID:20261215T200000Z\nDTSTART:20261215T200500Z\nLAST-MODIFIED:20261101T080000Z"
    )
    new = old.replace("T200500Z", "T201000Z").replace("20261101", "20261102")
    (item,) = read(calendar(series, *((new, old) if newest_first else (old, new))), "ics").items
    assert isinstance(item.when, Recurrence)
    assert [change.start.minute for change in item.when.overrides if change.start] == [10]


def test_a_picture_in_a_page_is_found_from_a_mail() -> None:
    assert one("---\ntitle: Tea\n---\n<img src='/map.png'>").body == '<img src="https://lab.example.org/map.png">'


def test_a_field_made_of_two_stands_with_the_one_that_is_written() -> None:
    reading = read("name,more,start\nTea,,2026-12-08\nHat,Day,2026-12-09\n", "csv", fields={"title": "name + more"})
    assert [item.title for item in reading.items] == ["Tea", "Hat, Day"]


def test_an_end_may_be_a_clock_with_its_offset() -> None:
    item = one("---\ntitle: Tea\nstart: 2026-12-08T12:00-08:00\nend: 13:30-08:00\n---\nx")
    assert isinstance(item.when, Instant)
    assert (item.when.start, item.when.end) == (datetime(2026, 12, 8, 12), datetime(2026, 12, 8, 13, 30))


def test_a_start_on_the_clock_needs_no_end() -> None:
    reading = read("---\ntitle: Tea\ndates: 8 December 2026\nstart_time: noon\n---\nx")
    assert reading.items[0].when == Instant(datetime(2026, 12, 8, 12), None, HOME, "source_default")
    assert not reading.problems


def test_a_list_of_one_entry_is_what_the_entry_says() -> None:
    item = one('---\ntitle: Tea\ndates: ["7 December 2026 to 25 January 2027, Mondays"]\ntime: 12-1 PM\n---\nx')
    assert isinstance(item.when, WeeklyRange)


def test_a_price_still_to_be_filled_in_is_left_out_and_told() -> None:
    reading = read("---\ntitle: Tea\nstart: 2026-12-08\ncost: TBA\n---\nx")
    assert (reading.items[0].cost, codes(reading)) == ("", ["I-PLACEHOLDER"])


def test_a_key_that_means_nothing_in_a_note_is_named() -> None:
    blob = Blob("note.md", b'+++\nsubject = "Tea"\nsubjet = "Hat"\n+++\nWords.\n')
    file = read_issue_file(blob, SourceContext(HOME))
    assert (file.note.subject, [found.code for found in file.problems]) == ("Tea", ["note.unknown-key"])
    assert "`subjet`" in file.problems[0].text


def test_a_key_of_a_yaml_file_written_twice_is_named_with_both_its_lines() -> None:
    reading = read("- title: Tea\n  start: 2026-12-08\n  title: Hat\n", "yaml")
    assert [(found.code, found.origin.line) for found in reading.problems] == [("E-YAML", 3)]
    assert "The key 'title' is written twice, first in line 1." in reading.problems[0].text


def test_a_bomb_of_tables_inside_tables_is_refused() -> None:
    layers = ["a0: &a0 {x: y, z: y}"]
    layers += [f"a{n}: &a{n} {{x: *a{n - 1}, y: *a{n - 1}, z: *a{n - 1}}}" for n in range(1, 16)]
    assert codes(read("\n".join(layers), "yaml")) == ["E-YAML"]


def test_an_end_clock_that_cannot_be_read_is_named_and_one_in_words_is_read() -> None:
    rows = "title,start,start_time,end_time\nA,2026-12-08,12:00,never\nB,2026-12-08,12:00,1:30 pm\n"
    reading = read(rows, "csv", kind="event")
    assert [(p.code, p.origin.line) for p in reading.problems if p.level == "error"] == [("E-END", 2)]
    ends = {item.title: getattr(item.when, "end", None) for item in reading.items}
    assert ends == {"A": None, "B": datetime(2026, 12, 8, 13, 30)}
