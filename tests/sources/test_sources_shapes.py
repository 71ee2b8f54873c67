"""Shapes in which sites keep what they have: JSON before a page, tables inside cells, titles that state a status."""

from datetime import date, datetime

import pytest
from support_sources import codes, lines, one, read

from newsletter.model.when import AllDay, Instant
from newsletter.sources.page_address import page_address
from newsletter.sources.stamps import read_duration
from newsletter.sources.title_status import split_title

JSON_PAGE = """\
{
  "title": "Brace {yourself}",
  "start": "2026-12-08T12:00",
  "until": "soon",
  "nested": {"title": "no"}
}

The body.
"""


def test_json_front_matter_ends_where_its_object_does() -> None:
    item = one(JSON_PAGE)
    assert (item.title, item.body) == ("Brace {yourself}", "The body.")
    assert item.when == Instant(datetime(2026, 12, 8, 12), None, "America/Los_Angeles", "source_default")


def test_a_fault_in_json_front_matter_names_its_line() -> None:
    bad = read(JSON_PAGE.replace('"2026-12-08T12:00"', '"2026-99-08T12:00"'))
    assert lines(bad) == [3]
    broken = read('{\n  "title": "Talk",\n  "start": 2026-12-08\n}\n')
    assert (codes(broken), lines(broken)) == (["E-JSON"], [3])
    assert broken.items[0].held_back


def test_braces_that_open_a_template_are_no_front_matter() -> None:
    item = one("{{ page.title }}\n# A heading\n\n{% include x %} Words.\n")
    assert (item.title, item.body) == ("A heading", "Words.")
    assert one("{ a set }\n\n# Another\n").title == "Another"


def test_a_cell_may_hold_a_table() -> None:
    table = 'title;start;details\nTalk;2026-12-08;"{""room"": ""Pier 4"", ""link"": ""https://lab.example.org/t""}"\n'
    item = one(table, "csv", fields={"place": "details.room", "url": "details.link"})
    assert (item.place.name, item.url) == ("Pier 4", "https://lab.example.org/t")


@pytest.mark.parametrize("cell", ["[1]", "{not json}", "[link](https://lab.example.org)", '{"open": '])
def test_a_cell_that_only_looks_like_one_stays_text(cell: str) -> None:
    quoted = cell.replace('"', '""')
    assert one(f'title,start,audience\nTalk,2026-12-08,"{quoted}"\n', "csv").audience


def test_rows_may_stand_deep_inside_an_answer() -> None:
    text = '{"meta": {"count": 2}, "data": {"group": {"things": [{"title": "A", "start": "2026-12-08"}]}}}'
    assert [item.title for item in read(text, "json").items] == ["A"]
    rows = "    - title: B\n      start: 2026-12-09\n    - title: C\n      start: soon\n"
    yaml = f"site:\n  name: Lab\n  upcoming:\n{rows}"
    reading = read(yaml, "yaml")
    assert [item.title for item in reading.items] == ["B", "C"]
    assert lines(reading) == [7]


def test_a_file_of_one_event_is_no_list_of_its_speakers() -> None:
    text = '{"title": "A", "start": "2026-12-08", "program": [{"title": "Hello", "start": "2026-12-08T09:00"}]}'
    assert [item.title for item in read(text, "json").items] == ["A"]


@pytest.mark.parametrize(
    ("title", "rest", "status"),
    [
        ("CANCELLED: Chess", "Chess", "cancelled"),
        ("Canceled - Chess", "Chess", "cancelled"),
        ("[CANCELLED] Chess: the end", "Chess: the end", "cancelled"),
        ("(postponed) Chess", "Chess", "postponed"),
        ("*Tentative*: Chess", "Chess", "tentative"),
        ("Cancelled trains, mapped", "Cancelled trains, mapped", None),
        ("Cancelled", "Cancelled", None),
        ("Chess", "Chess", None),
    ],
)
def test_a_title_may_state_the_status(title: str, rest: str, status: str | None) -> None:
    assert split_title(title) == (rest, status)
    item = one(
        f"title,start\n{title},2026-12-08\n" if "," not in title else f'title,start\n"{title}",2026-12-08\n', "csv"
    )
    assert (item.title, item.status) == (rest, status or "confirmed")


def test_a_status_field_says_more_than_the_title() -> None:
    item = one("---\ntitle: 'Tentative: chess'\nstart: 2026-12-08\nstatus: postponed\n---\n")
    assert (item.title, item.status) == ("chess", "postponed")


@pytest.mark.parametrize(
    ("days", "last"),
    [("7", date(2026, 12, 13)), ("1", date(2026, 12, 7)), ("many", date(2026, 12, 7)), ("2026", date(2026, 12, 7))],
)
def test_days_counts_from_the_first(days: str, last: date) -> None:
    assert one(f"---\ntitle: Week\nstart: 2026-12-07\ndays: {days}\n---\n").when == AllDay(date(2026, 12, 7), last)


def test_milliseconds_are_a_duration() -> None:
    assert str(read_duration("5400000")) == "1:30:00"
    assert read_duration("5400001") is None


def test_what_is_private_in_a_calendar_stays_among_members() -> None:
    rows = "Subject,Start Date,Private\nOpen,12/8/2026,FALSE\nShut,12/8/2026,TRUE\n"
    items = read(rows, "csv").items
    assert {item.title: item.visibility for item in items} == {"Open": "public", "Shut": "members"}


def test_the_zone_of_a_file_counts_for_rows_that_name_none() -> None:
    text = "timezone: Europe/Lisbon\nevents:\n  - {title: A, start: '2026-12-08 12:00'}\n"
    assert one(text, "yaml").timezone == "Europe/Lisbon"
    assert one(text.replace("Europe/Lisbon", "Here"), "yaml").timezone == "America/Los_Angeles"


@pytest.mark.parametrize(
    ("pattern", "path", "address"),
    [
        ("/{path}/", "content/courses/maps.md", "/courses/maps/"),
        ("/{path}/", "content/courses/maps/index.md", "/courses/maps/"),
        ("/{path}/", "content/courses/_index.md", "/courses/"),
        ("/{slug}/", "content/news/2026-12-01-New Room.md", "/news/new-room/"),
        ("/{path}/", "content/news/2026-12-01-New-Room.md", "/news/2026-12-01-new-room/"),
        ("/{path}.html", "talks/Big Data.qmd", "/talks/Big%20Data.html"),
        ("/{path}/", "content/_index.md", "/"),
        ("/{path}.html", "meetups/december.qmd", "/meetups/december.html"),
        ("/{path}.html", "meetups/december/index.qmd", "/meetups/december/index.html"),
        ("/{path}.html", "index.qmd", "/index.html"),
        ("", "content/courses/maps.md", ""),
    ],
)
def test_a_page_is_published_where_its_file_lies(pattern: str, path: str, address: str) -> None:
    assert page_address(pattern, path) == address


def test_the_address_of_a_page_is_its_own_before_that_of_its_file() -> None:
    page = "---\ntitle: A\nstart: 2026-12-08\n{}---\nSee [below](#more) and [that](other/).\n"
    where = {"path": "content/courses/maps.md", "page_url": "/{path}/"}
    item = one(page.format(""), **where)
    assert item.url == "https://lab.example.org/courses/maps/"
    assert "(https://lab.example.org/courses/maps/#more)" in item.body
    assert one(page.format("slug: atlas\n"), **where).url == "https://lab.example.org/courses/atlas/"
    assert one(page.format("url: /atlas/\n"), **where).url == "https://lab.example.org/atlas/"
    assert one(page.format(""), **{**where, "base_url": ""}).url == ""
