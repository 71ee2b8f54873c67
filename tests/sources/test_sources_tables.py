"""Tables of every format give the same rows, each with its line."""

from datetime import date, datetime

import pytest
from support_sources import codes, lines, one, read

from newsletter.model.when import AllDay, Instant

TABLES = {
    "csv": "Title,Start Date,Place\nA talk,2026-12-08,Room 4\nTwo,2026-12-09,Online\n",
    "json": '[\n {"title": "A talk", "startDate": "2026-12-08", "place": "Room 4"},\n'
    ' {"title": "Two", "startDate": "2026-12-09", "place": "Online"}\n]',
    "yaml": "- title: A talk\n  start_date: 2026-12-08\n  place: Room 4\n"
    "- title: Two\n  start_date: 2026-12-09\n  place: Online\n",
    "toml": '[[events]]\ntitle = "A talk"\nstart = 2026-12-08\nplace = "Room 4"\n'
    '[[events]]\ntitle = "Two"\nstart = 2026-12-09\nplace = "Online"\n',
}
ROW_LINES = {"csv": [2, 3], "json": [2, 3], "yaml": [1, 4], "toml": [1, 5]}


@pytest.mark.parametrize("kind", TABLES)
def test_each_row_is_an_event_with_its_line(kind: str) -> None:
    reading = read(TABLES[kind], kind)
    assert [(item.title, item.when, item.place.mode) for item in reading.items] == [
        ("A talk", AllDay(date(2026, 12, 8), date(2026, 12, 8)), "in_person"),
        ("Two", AllDay(date(2026, 12, 9), date(2026, 12, 9)), "online"),
    ]
    assert [item.origin.line for item in reading.items] == ROW_LINES[kind]
    assert [item.id.rpartition("#")[2] for item in reading.items] == ["a-talk", "two"]
    assert not reading.problems


def test_spreadsheets_with_semicolons_windows_letters_and_breaks_in_cells() -> None:
    data = 'title;start;summary\n"Caf\xe9; late";2026-12-08;"two\nlines"\nNext;2026-12-09;x\n'.encode("cp1252")
    reading = read(data, "csv")
    assert [(item.title, item.summary, item.origin.line) for item in reading.items] == [
        ("Café; late", "two lines", 2),
        ("Next", "x", 4),
    ]
    assert (codes(reading), lines(reading)) == (["W-ENCODING"], [2])


def test_a_byte_order_mark_and_a_separator_line_are_no_header() -> None:
    assert one(b"\xef\xbb\xbfsep=;\ntitle;start\nA;2026-12-08\n", "csv").title == "A"


def test_columns_of_a_calendar_import() -> None:
    item = one("Subject,Start Date,Start Time,End Date,End Time\nTea,2026-12-08,15:00,2026-12-08,16:30\n", "csv")
    assert item.when == Instant(datetime(2026, 12, 8, 15), datetime(2026, 12, 8, 16, 30), "America/Los_Angeles")


def test_a_row_whose_quote_never_closes_costs_itself() -> None:
    reading = read('title,start\nA,2026-12-08\n"B,2026-12-09\nC,2026-12-10\n', "csv")
    assert [item.title for item in reading.items] == ["A", "C"]
    assert (codes(reading), lines(reading)) == (["E-CSV"], [3])


def test_cells_beyond_the_header_are_told() -> None:
    reading = read("title,start\nA,2026-12-08,more\n", "csv")
    assert (codes(reading), lines(reading)) == (["W-COLUMN"], [2])


def test_a_staging_column_holds_rows_back() -> None:
    reading = read("title,start,Staging\nA,2026-12-08,Approved\nB,2026-12-08,Deferred\n", "csv")
    assert [item.title for item in reading.items] == ["A"]
    assert (codes(reading), lines(reading)) == (["I-DRAFT"], [3])


def test_a_row_that_is_no_table_is_named() -> None:
    reading = read("- title: A\n  start: 2026-12-08\n- just words\n", "yaml")
    assert (len(reading.items), codes(reading), lines(reading)) == (1, ["E-ROW"], [3])


def test_rows_with_one_title_keep_apart() -> None:
    reading = read("- {title: Tea, start: 2026-12-08}\n- {title: Tea, start: 2026-12-15}\n", "yaml")
    assert [item.id for item in reading.items] == [
        "lab:content/file.yaml#tea",
        "lab:content/file.yaml#tea-2026-12-15",
    ]


def test_bare_numbers_are_ids_within_their_source_only() -> None:
    assert one("id,title,start\n7,A,2026-12-08\n", "csv").id == "lab:7"


def test_problems_in_a_row_name_the_line_of_the_key() -> None:
    reading = read("events:\n  - title: A\n    start: 2026-12-08 10:00\n    timezone: Mars\n", "yaml")
    assert lines(reading) == [4]
    reading = read('[[events]]\ntitle = "A"\nstart = 2026-12-08T10:00:00\ntimezone = "Mars"\n', "toml")
    assert lines(reading) == [4]


def test_toml_1_1_inline_tables_over_several_lines_are_read() -> None:
    item = one(
        '[[events]]\ntitle = "A"\nstart = "2026-12-08"\nplace = {\n  name = "Hall",\n  room = "2",\n}\n', "toml"
    )
    assert item.place.name == "Hall, 2"


def test_half_a_character_of_json_is_told_as_one_that_is_missing() -> None:
    item = one('[{"title": "Half \\ud800 a pair", "start": "2026-12-08", "tags": ["\\udfff"]}]', "json")
    assert (item.title, item.tags) == ("Half \ufffd a pair", ("\ufffd",))
    assert repr(item).encode()
