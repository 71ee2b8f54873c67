"""Problems found later still name the line: where a page's body begins, and which offset would have been right."""

import pytest
from support_sources import calendar, one, read

from newsletter.model.item import Item
from newsletter.model.problem import Origin

HEAD = "---\ntitle: Maps\nstart: 2026-12-08 12:00\n---\n"


def line_of_body(item: Item) -> int | None:
    return item.body_at.line if item.body_at else None


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (HEAD + "First.\n\nThird.\n", 5),
        (HEAD + "\n\nFirst.\n\n\n", 7),
        (HEAD + "First, {{ site.title }}.\nSecond.\n", 5),
        ("+++\ntitle = 'Maps'\nstart = 2026-12-08T12:00:00\n+++\n\nFirst.\n", 6),
        (HEAD, None),
        (HEAD + "First.\n\n<!-- one\n\n two -->\n\nThird.\n", None),
        ("---\nstart: 2026-12-08 12:00\n---\n# Maps\n\nFirst.\n", None),
    ],
)
def test_a_pages_body_begins_at_its_line_or_at_none(text: str, line: int | None) -> None:
    assert line_of_body(one(text)) == line


def test_the_file_is_named_with_the_line() -> None:
    assert one(HEAD + "First.\n", path="content/maps.md").body_at == Origin("lab", "content/maps.md", 5)


def test_rows_and_calendar_entries_have_no_lines_of_a_body() -> None:
    entry = calendar("UID:1\nSUMMARY:Maps\nDTSTART:20261208T120000\nDESCRIPTION:First")

    assert one(entry, "ics").body_at is None
    assert one("title,start,body\nMaps,2026-12-08 12:00,First\n", "csv").body_at is None


@pytest.mark.parametrize(
    ("start", "offset", "clock"),
    [
        ("2026-07-08T12:00:00-0500", "-04:00", "13:00"),
        ("2026-07-08 12:00:00 -0500", "-04:00", "13:00"),
        ("2026-12-08T12:00:00-04:00", "-05:00", "11:00"),
    ],
)
def test_an_offset_of_the_other_season_is_met_with_the_right_one(start: str, offset: str, clock: str) -> None:
    (problem,) = read(f"---\ntitle: a\nstart: {start}\n---\nx", naive="America/New_York").problems

    assert (problem.level, problem.code, problem.origin.line) == ("warning", "W-OFFSET", 3)
    assert f"when it is {offset}; it was taken at its word, as {clock} there" in problem.text
    assert f"write {offset}, or set offset" in problem.text


@pytest.mark.parametrize(
    "start", ["2026-07-08T12:00:00-0400", "2026-07-08T16:00:00Z", "2026-07-08T18:00:00+0200", "2026-07-08T12:00:00"]
)
def test_an_offset_of_the_day_or_of_elsewhere_is_believed(start: str) -> None:
    reading = read(f"---\ntitle: a\nstart: {start}\n---\nx", naive="America/New_York")

    assert reading.problems == ()
    assert reading.items[0].when.start.hour == 12
