"""A file that has not changed is not read again, and whatever a reading hangs on makes it another one."""

from dataclasses import replace
from datetime import date

import pytest

from newsletter.app import known_readings
from newsletter.app.known_readings import LEAST, KnownReadings
from newsletter.model.item import Reading
from newsletter.model.workspace import SourceSettings, TermSettings
from newsletter.sources.registry import Blob, SourceContext, read_source

PAGE = b"+++\ntitle = 'Tea'\ndate = 2026-12-08\ntime = '10:00'\n+++\n"
SOURCE = SourceSettings(name="talks", format="markdown", path="*.md")
CONTEXT = SourceContext("Europe/Berlin", {}, date(2026, 12, 1))
TERM = TermSettings(first=date(2026, 9, 28), last=date(2026, 12, 11))
BLOBS = (Blob("tea.md", PAGE),)


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The sources that were read in earnest."""
    done: list[str] = []

    def read(source: SourceSettings, blobs: tuple[Blob, ...], context: SourceContext) -> Reading:
        done.append(source.name)
        return read_source(source, blobs, context)

    monkeypatch.setattr(known_readings, "read_source", read)
    return done


def test_what_stands_as_it_stood_is_read_once(reads: list[str]) -> None:
    known = KnownReadings()
    first = known.read(SOURCE, BLOBS, CONTEXT)

    assert first == read_source(SOURCE, BLOBS, CONTEXT)
    assert [item.title for item in first.items] == ["Tea"]
    assert known.read(SOURCE.model_copy(), (Blob("tea.md", bytes(PAGE)),), replace(CONTEXT)) == first
    assert reads == ["talks"]


@pytest.mark.parametrize(
    ("source", "blobs", "context"),
    [
        (SOURCE, (Blob("tea.md", PAGE.replace(b"Tea", b"Ten")),), CONTEXT),
        (SOURCE, (Blob("ten.md", PAGE),), CONTEXT),
        (SOURCE, (*BLOBS, Blob("none.md", b"")), CONTEXT),
        (SOURCE.model_copy(update={"visibility": "members"}), BLOBS, CONTEXT),
        (SOURCE.model_copy(update={"fields": {"summary": "title"}}), BLOBS, CONTEXT),
        (SOURCE, BLOBS, replace(CONTEXT, timezone="Asia/Tokyo")),
        (SOURCE.model_copy(update={"fields": "auto"}), BLOBS, replace(CONTEXT, today=date(2026, 12, 2))),
        (SOURCE, BLOBS, replace(CONTEXT, terms={"Autumn": TERM})),
    ],
)
def test_whatever_differs_is_read_anew(
    reads: list[str], source: SourceSettings, blobs: tuple[Blob, ...], context: SourceContext
) -> None:
    known = KnownReadings()
    known.read(SOURCE, BLOBS, CONTEXT)

    assert known.read(source, blobs, context) == read_source(source, blobs, context)
    assert len(reads) == 2


def test_the_next_day_reads_anew_only_where_the_map_of_fields_is_found_out(reads: list[str]) -> None:
    known, finding = KnownReadings(), SOURCE.model_copy(update={"name": "found", "fields": "auto"})
    for day in (1, 2):
        for source in (SOURCE, finding):
            context = replace(CONTEXT, today=date(2026, 12, day))
            assert known.read(source, BLOBS, context) == read_source(source, BLOBS, context)
    assert reads == ["talks", "found", "found"]


def test_the_least_recently_asked_for_makes_room(reads: list[str]) -> None:
    known = KnownReadings(room=2 * (LEAST + len(PAGE)))
    sources = [SOURCE.model_copy(update={"name": name}) for name in ("one", "two", "three")]
    for source in (*sources[:2], sources[0], sources[2], sources[0], sources[1]):
        known.read(source, BLOBS, CONTEXT)

    assert reads == ["one", "two", "three", "two"]


def test_a_program_that_forgets_reads_again(reads: list[str]) -> None:
    known = KnownReadings()
    known.read(SOURCE, BLOBS, CONTEXT)
    known.forget()
    known.read(SOURCE, BLOBS, CONTEXT)

    assert len(reads) == 2
