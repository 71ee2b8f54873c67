"""Small invented communities, one folder for each habit of writing events down.

Each folder holds `sources.toml`, how the site is configured; its files; and `expected.toml`, what a careful person
reads in them, written by hand. The comparison is exact: an item or a problem that nobody expects fails too.
"""

import shutil
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DataObject

from newsletter.app.collecting import collect
from newsletter.app.workspace import Workspace, open_workspace
from newsletter.compose.facts import check_facts
from newsletter.compose.identity import join
from newsletter.model.item import Item, Reading
from newsletter.model.when import AllDay, Instant, Recurrence, Sessions, WeeklyRange, When
from newsletter.sources.registry import Blob, SourceContext, merge, read_source

HERE = Path(__file__).parent
FOLDERS = sorted(path.parent.name for path in HERE.glob("*/expected.toml"))
SETTINGS = """
[community]
id = "invented"
name = "An invented community"
timezone = "America/Los_Angeles"
postal_address = "1 Shore Avenue, Seattle"

[sender]
address = "hello@example.org"
"""
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
#: What an expectation may say besides title and when; each is compared only where it is stated.
DETAILS = {
    "url": lambda item: item.url,
    "registration_url": lambda item: item.registration_url,
    "place": lambda item: item.place.name,
    "mode": lambda item: item.place.mode,
    "hosts": lambda item: list(item.hosts),
    "tags": lambda item: list(item.tags),
    "category": lambda item: item.category,
    "summary": lambda item: item.summary,
    "body": lambda item: item.body,
    "id": lambda item: item.id,
    "expires": lambda item: str(item.expires),
    "deadlines": lambda item: [f"{one.label}: {one.at}" for one in item.deadlines],
}


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_community_is_read_as_its_author_meant_it(folder: str, tmp_path: Path) -> None:
    expected = tomllib.loads((HERE / folder / "expected.toml").read_text())
    reading = collect(workspace(folder, tmp_path), at(expected))
    for kind in ("event", "announcement", "page"):
        stated = expected.get(f"{kind}s", [])
        found = [item for item in reading.items if item.kind == kind]
        assert [item.title for item in found] == [entry["title"] for entry in stated]
        assert [as_stated(item, entry) for item, entry in zip(found, stated, strict=True)] == [
            {**usual(kind), **entry} for entry in stated
        ]
    assert sorted(problems_of(reading)) == sorted(expected.get("problems", []))


@pytest.mark.parametrize("folder", FOLDERS)
@settings(max_examples=10)
@given(data=st.data())
def test_the_order_of_files_and_sources_changes_nothing(folder: str, data: DataObject) -> None:
    expected = tomllib.loads((HERE / folder / "expected.toml").read_text())
    ws = workspace_in_place(folder)
    straight = reading_of(ws, at(expected), lambda entries: entries)
    shuffled = reading_of(ws, at(expected), lambda entries: data.draw(st.permutations(entries)))
    assert shuffled == straight


def test_an_event_that_is_over_is_still_read_the_same_a_year_later(tmp_path: Path) -> None:
    """A build date that filters would take the events out of old issues."""
    ws = workspace("hugo-offsets-trusted", tmp_path)
    before, after = (collect(ws, datetime(year, 3, 1, tzinfo=UTC)) for year in (2026, 2028))
    assert before.items == after.items != ()


def at(expected: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(expected.get("as_of", "2026-08-01")).replace(tzinfo=UTC)


def workspace(folder: str, root: Path) -> Workspace:
    """The folder as a workspace of its own."""
    shutil.copytree(HERE / folder, root, dirs_exist_ok=True)
    (root / "config.toml").write_text(SETTINGS + (HERE / folder / "sources.toml").read_text())
    (root / "lists.toml").write_text("")
    (root / "subscribers").mkdir()
    (root / "subscribers" / "lists.toml").write_text("")
    return open_workspace(root, {})


def reading_of(ws: Workspace, at: datetime, order: Any) -> Reading:
    """What `collect` reads, with the files and sources in another order."""
    home = ws.settings.community.timezone
    readings = [
        read_source(source, order(blobs_of(ws, source.path)), SourceContext(source.naive or home, ws.settings.terms))
        for source in order(list(ws.settings.sources))
    ]
    priorities = {source.name: source.priority for source in ws.settings.sources}
    joined = join(merge(readings), priorities=priorities, today=at.date())
    return check_facts(joined, terms=ws.settings.terms, timezone=home, as_of=at)


def blobs_of(ws: Workspace, pattern: str) -> list[Blob]:
    return [Blob(path.relative_to(ws.root).as_posix(), path.read_bytes()) for path in sorted(ws.root.glob(pattern))]


def usual(kind: str) -> dict[str, Any]:
    return {"status": "confirmed", "held_back": False}


def as_stated(item: Item, entry: dict[str, Any]) -> dict[str, Any]:
    """The item in the words of an expectation."""
    found: dict[str, Any] = {"title": item.title, "status": item.status, "held_back": item.held_back}
    if item.kind == "event":
        found["when"] = in_words(item.when)
    if item.kind == "announcement":
        found["publish"] = str(item.publish) if item.publish else "never said"
    return found | {name: DETAILS[name](item) for name in entry.keys() & DETAILS.keys()}


def problems_of(reading: Reading) -> Iterator[str]:
    for problem in reading.problems:
        yield f"{problem.origin}: {problem.level} {problem.code}"


def in_words(when: When | None) -> str:
    """`2026-09-21 12:00-13:30 America/Los_Angeles`, and what the other kinds of time add to it."""
    if when is None:
        return "never"
    if isinstance(when, Instant):
        return f"{span(when.start, when.end)} {when.timezone}"
    if isinstance(when, AllDay):
        return str(when.first) if when.first == when.last else f"{when.first}..{when.last}"
    if isinstance(when, Sessions):
        return " + ".join(in_words(one) for one in when.sessions)
    if isinstance(when, WeeklyRange):
        return weekly(when)
    if isinstance(when, Recurrence):
        return recurring(when)
    return f"vague: {when.text}"


def span(start: datetime, end: datetime | None) -> str:
    if end is None:
        return f"{start:%Y-%m-%d %H:%M}"
    return f"{start:%Y-%m-%d %H:%M}-" + (f"{end:%H:%M}" if end.date() == start.date() else f"{end:%Y-%m-%d %H:%M}")


def weekly(when: WeeklyRange) -> str:
    days = ",".join(WEEKDAYS[day] for day in when.weekdays)
    clock = f" {when.start:%H:%M}" if when.start else ""
    clock += f"-{when.end:%H:%M}" if when.end else ""
    without = "".join(f" not {day}" for day in when.excluded)
    return f"{days}{clock} {when.first}..{when.last} {when.timezone}{without}"


def recurring(when: Recurrence) -> str:
    without = "".join(f" not {day:%Y-%m-%d}" for day in when.exdates)
    off = "".join(f" {one.status} {one.original:%Y-%m-%d}" for one in when.overrides)
    until = f" until {when.until}" if when.until else ""
    return f"{span(when.start, when.end)} {when.timezone} {' '.join(when.rules)}{without}{off}{until}"


def workspace_in_place(folder: str) -> Workspace:
    """The folder read where it lies; nothing is written."""
    from newsletter.settings.reading import TomlFile, read_settings

    text = SETTINGS + (HERE / folder / "sources.toml").read_text()
    read = read_settings(TomlFile("config.toml", text), TomlFile("lists.toml", ""), root=HERE / folder)
    return Workspace(read, lambda: datetime(2026, 8, 1, tzinfo=UTC), {})
