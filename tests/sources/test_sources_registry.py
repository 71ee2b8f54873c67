"""Many files, many sources: one Reading, in one order, with everything counted."""

from datetime import date
from itertools import permutations

from newsletter.model.workspace import SourceSettings
from newsletter.sources.registry import Blob, SourceContext, merge, read_source

CONTEXT = SourceContext("America/Los_Angeles")
PAGES = [
    Blob("content/b.md", b"---\ntitle: Event\nstart: 2026-12-08\n---\nx"),
    Blob("content/a.md", b"---\ntitle: Broken\nstart: 2026-12-99\n---\nx"),
    Blob("content/c.md", b"---\ntitle: News\npublish: 2026-12-01\n---\nx"),
    Blob("content/d.md", b"# Page\n\nx"),
    Blob("content/e.md", b"---\ntitle: Later\ndraft: true\n---\nx"),
    Blob("content/f.md", b""),
]
SOURCE = SourceSettings(name="site", format="markdown", path="content/*.md")


def test_a_source_counts_what_it_gave_and_every_file_is_accounted_for() -> None:
    reading = read_source(SOURCE, PAGES, CONTEXT)
    (report,) = reading.sources
    assert (report.files, report.events, report.announcements, report.pages, report.held_back) == (6, 2, 1, 1, 1)
    assert report.newest == date(2026, 12, 8)
    named = {item.origin.path for item in reading.items} | {problem.origin.path for problem in reading.problems}
    assert named == {blob.path for blob in PAGES}


def test_events_come_first_then_by_place_whatever_the_order_of_files() -> None:
    readings = {read_source(SOURCE, order, CONTEXT) for order in permutations(PAGES[:4])}
    (reading,) = readings
    assert [item.title for item in reading.items] == ["Broken", "Event", "News", "Page"]


def test_merging_is_the_same_in_any_order() -> None:
    table = SourceSettings(name="table", format="csv", path="t.csv")
    other = read_source(table, [Blob("t.csv", b"title,start\nTalk,2026-12-09\n,\nNo date,\n")], CONTEXT)
    mine = read_source(SOURCE, PAGES, CONTEXT)
    assert merge([mine, other]) == merge([other, mine])
    assert len(merge([mine, other]).items) == len(mine.items) + len(other.items)


def test_an_id_used_twice_keeps_both_and_is_told() -> None:
    page = b"---\nid: same\ntitle: %s\nstart: 2026-12-0%d\n---\nx"
    blobs = [Blob("content/a.md", page % (b"One", 8)), Blob("content/b.md", page % (b"Two", 9))]
    reading = read_source(SOURCE, blobs, CONTEXT)
    assert [item.id for item in reading.items] == ["same", "same-2026-12-09"]
    assert [(problem.code, problem.origin.path) for problem in reading.problems] == [("W-ID", "content/b.md")]
