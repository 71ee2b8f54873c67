"""issues/KEY.md: what the editor wrote is read with its lines, and nothing in it is passed over in silence."""

import textwrap
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.model.editing import EditorsFile
from newsletter.model.issue import Slot, Window
from newsletter.model.item import Place
from newsletter.sources.blob import Blob, SourceContext
from newsletter.sources.issue_file import read_issue_file
from newsletter.sources.issue_file_text import MARK, new_file, with_listing

SENT = datetime(2026, 12, 4, 17, tzinfo=UTC)
MONDAY = datetime(2026, 12, 7, tzinfo=UTC)
SLOT = Slot("weekly", "weekly-2026-12-04", SENT, SENT, Window(MONDAY, MONDAY + timedelta(days=7)))


def file(text: str | bytes) -> EditorsFile:
    data = text if isinstance(text, bytes) else textwrap.dedent(text).lstrip("\n").encode()
    return read_issue_file(Blob("issues/weekly.md", data), SourceContext("America/Los_Angeles"))


def faults(text: str | bytes) -> list[tuple[str, int | None]]:
    return [(problem.code, problem.origin.line) for problem in file(text).problems]


WHOLE = """
    +++
    subject = "Bring a dataset"
    by = "Sunita"
    pins = ["events:a.md",
            "Datathon"]
    hides = ["cal-7"]
    order = ["announcements", "events"]
    merges = [["events:a.md", "cal-8"], ["x", "y", "z"]]

    [overrides."cal:9.ics"]
    place = "Lakeview 2.101"
    start = "2026-12-08 13:00"
    end = "2026-12-08 14:00"
    +++

    Two *short* paragraphs.

    +++ is no fence here
    """


def test_the_whole_file_is_read_with_its_lines() -> None:
    found = file(WHOLE)

    assert found.problems == ()
    assert (found.note.subject, found.note.by, found.note.preheader) == ("Bring a dataset", "Sunita", "")
    assert found.note.body == "Two *short* paragraphs.\n\n+++ is no fence here"
    assert [(one.name, one.origin.line) for one in found.pins] == [("events:a.md", 4), ("Datathon", 5)]
    assert [(one.name, str(one.origin)) for one in found.hides] == [("cal-7", "issues/weekly.md:6")]
    assert [one.name for one in found.order] == ["announcements", "events"]
    assert [one.ids for one in found.merges] == [("events:a.md", "cal-8"), ("x", "y", "z")]
    assert [(one.id, one.attribute, one.origin.line) for one in found.overrides] == [
        ("cal:9.ics", "place", 11),
        ("cal:9.ics", "when", 12),
    ]
    assert found.overrides[0].value == Place("in_person", "Lakeview 2.101")


def test_a_file_without_front_matter_is_all_note() -> None:
    found = file("Just words.\n")

    assert (found.note.body, found.problems) == ("Just words.", ())


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('+++\nsubject = "Tea\n+++\n', ("note.toml", 2)),
        ("+++\nsubject = 'Tea'\n", ("note.fence", 1)),
        ("---\nsubject: Tea\n---\n", ("note.fence", 1)),
        (b"+++\nsubject = '\xff'\n+++\n", ("note.encoding", 2)),
        ('+++\nby = "A"\nhide = ["x"]\n+++\n', ("note.unknown-key", 3)),
        ('+++\npins = "x"\n+++\n', ("note.value", 2)),
        ("+++\nsubject = ['a', 'b']\n+++\n", ("note.value", 2)),
        ('+++\n\nmerges = [["a"]]\n+++\n', ("note.value", 3)),
        ('+++\nmerges = "a"\n+++\n', ("note.value", 2)),
        ('+++\noverrides = "a"\n+++\n', ("note.value", 2)),
        ('+++\n[overrides."a"]\nplaec = "x"\n+++\n', ("note.value", 3)),
        ('+++\n[overrides."a"]\ntitle = ""\n+++\n', ("note.value", 3)),
        ('+++\n[overrides."a"]\n+++\n', ("note.value", 2)),
        ('+++\n[overrides."a"]\nplace = "x"\npins = ["b"]\n+++\n', ("note.value", 4)),
        ('+++\n[overrides."a"]\nend = "2026-12-08 14:00"\n+++\n', ("note.value", 2)),
    ],
)
def test_what_cannot_be_followed_is_an_error_with_its_line(text, fault) -> None:
    found = file(text)

    assert [(problem.code, problem.origin.line) for problem in found.problems] == [fault]
    assert {problem.level for problem in found.problems} == {"error"}
    assert found.overrides == ()


def test_a_date_that_no_source_would_be_believed_is_not_believed_here() -> None:
    found = file('+++\n[overrides."a"]\nstart = "the day after"\n+++\n')

    assert found.overrides == ()
    assert [(problem.level, problem.origin.line) for problem in found.problems] == [("error", 3)]


def test_what_was_likely_meant_is_named() -> None:
    (problem,) = file('+++\nhide = ["x"]\n+++\n').problems

    assert "did you mean `hides`?" in problem.text


def test_one_event_may_be_written_without_outer_brackets() -> None:
    assert [one.ids for one in file('+++\nmerges = ["a", "b"]\n+++\n').merges] == [("a", "b")]


def test_a_new_file_explains_every_key_and_says_nothing_yet() -> None:
    text = new_file(SLOT)
    found = file(text.encode())

    assert found == EditorsFile(note=found.note)
    assert (found.note.subject, found.note.body) == ("", "")
    assert "from 2026-12-07 until 2026-12-14" in text
    keys = ("subject", "preheader", "by", "role", "pins", "hides", "order", "merges", "overrides")
    assert [key for key in keys if key not in text] == []


def test_each_example_of_a_new_file_works_with_its_mark_taken_away() -> None:
    lines = new_file(SLOT).split("\n")
    awake = [line.removeprefix("# ") if line.startswith(("# pins", "# [over", "# place", "# start")) else line
             for line in lines]  # fmt: skip
    found = file("\n".join(awake).encode())

    assert found.problems == ()
    assert [one.attribute for one in found.overrides] == ["place", "when"]


def test_a_listing_is_refreshed_and_nothing_else_is_touched() -> None:
    mine = new_file(SLOT).replace('subject = ""', 'subject = "Mine"  # keep').replace("+++\n\n", "+++\n\nMy words.\n")
    once = with_listing(mine, ["In the issue:", "  a | Tea"])
    twice = with_listing(once, ["In the issue:", "  b | Hat"])

    assert f"{MARK}   a | Tea\n+++" in once
    assert [line for line in once.split("\n") if "Tea" in line] == [f"{MARK}   a | Tea"]
    assert twice == once.replace("a | Tea", "b | Hat")
    assert [line for line in twice.split("\n") if not line.startswith(MARK)] == [
        line for line in mine.split("\n") if not line.startswith(MARK)
    ]


@pytest.mark.parametrize(
    "text", ["My words alone.\n", "+++\nby = 'A'\n", "+++\nby = 'A'\n+++\n\nNo listing wanted.\n"]
)
def test_a_file_that_has_no_listing_stays_as_it_is(text) -> None:
    assert with_listing(text, ["In the issue:"]) == text


@given(st.text(max_size=200))
def test_whatever_stands_in_it_is_read_or_told(text: str) -> None:
    found = file(("+++\n" + text).encode("utf-8", "surrogatepass"))

    assert all(problem.origin.line for problem in found.problems)
    assert (
        found.problems
        or found.note.body == text.replace("\r\n", "\n").replace("\r", "\n").partition("+++\n")[2].strip()
    )


@given(st.text(st.characters(codec="utf-8"), max_size=300), st.lists(st.text('ab |:#+"', max_size=12), max_size=4))
def test_refreshing_never_changes_what_is_said(body: str, listing: list[str]) -> None:
    text = new_file(SLOT) + body
    fresh = with_listing(text, listing)

    assert file(fresh.encode()).note.body == file(text.encode()).note.body
    assert fresh.endswith(body)
