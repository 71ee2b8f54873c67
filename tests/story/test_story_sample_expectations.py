"""The sample workspace against expectations worked out by hand: which entry, in which section, at what hour."""

import json
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from newsletter.app.drafting import preview_draft
from newsletter.app.sample import init_workspace
from newsletter.app.workspace import Workspace, open_workspace
from newsletter.compose.issue import compose
from newsletter.model.issue import Choices, Draft, Entry, Issue

ROOT = Path(__file__).parents[2]
EXPECTATIONS = Path(__file__).parent / "expectations"
HOME = ZoneInfo("America/Los_Angeles")
#: Sections that say again what stands in others, or what the editor says.
RETOLD = {"note", "changes", "glance"}

Line = tuple[str, str, str]


@dataclass(frozen=True)
class Expectation:
    """One expectation file, read for one of its readers, who is a persona of that name."""

    file: str
    reader: str

    @property
    def told(self) -> dict[str, Any]:
        return tomllib.loads((EXPECTATIONS / self.file).read_text(encoding="utf-8"))

    @property
    def choices(self) -> Choices:
        reader = self.told["readers"][self.reader]
        topics = tuple(reader["topics"]) if "topics" in reader else None
        return Choices(timezone=reader["timezone"], clock=reader["clock"], topics=topics)

    def entries(self) -> Iterator[tuple[str, dict[str, Any]]]:
        for section in self.told["section"]:
            yield from ((section["kind"], entry) for entry in section["entry"] if self.reader in entry)

    def lines(self) -> list[Line]:
        return [(kind, entry["title"], entry[self.reader]) for kind, entry in self.entries()]


CASES = [
    Expectation(path.name, reader)
    for path in sorted(EXPECTATIONS.glob("*.toml"))
    for reader in tomllib.loads(path.read_text(encoding="utf-8"))["readers"]
]


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """The sample as `newsletter init` writes it."""
    folder = tmp_path_factory.mktemp("sample")
    init_workspace(folder)
    opened = open_workspace(folder, {})
    yield opened
    opened.store.close()


@pytest.fixture(scope="module")
def drafts(sample: Workspace) -> dict[str, Draft]:
    """Each expected issue's draft, frozen at the moment its file names."""
    told = [tomllib.loads(path.read_text(encoding="utf-8")) for path in EXPECTATIONS.glob("*.toml")]
    moments = {one["digest"]: datetime.fromisoformat(one["at"]).replace(tzinfo=HOME) for one in told}
    return {digest: preview_draft(sample, digest, at) for digest, at in moments.items()}


@pytest.fixture(params=CASES, ids=lambda case: f"{Path(case.file).stem}-{case.reader}")
def case(request: pytest.FixtureRequest) -> Expectation:
    expectation: Expectation = request.param
    return expectation


@pytest.fixture
def issue(case: Expectation, drafts: dict[str, Draft]) -> Issue:
    return compose(drafts[case.told["digest"]], case.choices)


def test_issue_covers_the_days_it_should(case: Expectation, issue: Issue) -> None:
    first, last = issue.window.start.astimezone(HOME), issue.window.end.astimezone(HOME) - timedelta(days=1)
    assert issue.key == case.told["key"]
    assert (first.date(), last.date()) == (case.told["first"], case.told["last"])
    assert (first.hour, last.hour) == (0, 0)


def test_every_entry_stands_in_its_section_at_the_readers_own_time(case: Expectation, issue: Issue) -> None:
    assert told_lines(issue, case) == in_expected_order(case.lines(), case)


@pytest.mark.sqlite_only  # a process of its own knows of no other
@pytest.mark.parametrize(
    "case", [case for case in CASES if case.reader == "berlin"], ids=lambda case: Path(case.file).stem
)
def test_the_command_line_says_the_same_as_data(case: Expectation, sample: Workspace) -> None:
    told = case.told
    command = [sys.executable, "-m", "newsletter", "--workspace", str(sample.root), "compose", told["digest"]]
    done = subprocess.run(
        [*command, "--at", told["at"], "--as", case.reader, "--json"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    document = json.loads(done.stdout)
    lines = [
        (section["kind"], entry["title"], plain(entry["when_text"]))
        for section in document["sections"]
        if section["kind"] not in RETOLD
        for entry in section["entries"]
    ]
    assert document["key"] == told["key"]
    assert in_expected_order(lines, case) == in_expected_order(case.lines(), case)


def test_what_departs_from_a_pattern_is_told(case: Expectation, issue: Issue) -> None:
    found = {(section.kind, entry.title): told_of(entry) for section in issue.sections for entry in section.entries}
    wanted = [(key, word) for key, words in departures(case) for word in words]
    missing = [(key, word, found[key]) for key, word in wanted if word not in found[key]]
    assert missing == []


def test_a_follow_up_points_back_at_its_own_deep_dive(drafts: dict[str, Draft]) -> None:
    events = {entry.title: entry for entry in weekly_events(drafts)}
    dive, circle = events["Missing data, honestly"], events["Missing data, around the table"]
    assert circle.follows is not None
    assert circle.follows.url == dive.url
    assert [link.text for link in dive.followed_by] == [circle.title]


def test_the_datathon_of_two_sources_is_one_entry_on_the_terms_last_day(drafts: dict[str, Draft]) -> None:
    found = [entry for entry in weekly_events(drafts) if entry.title == "Datathon: a year of buses"]
    assert [entry.day for entry in found] == [date(2026, 12, 11)]
    items = [item for item in drafts["weekly"].items if item.id == found[0].id]
    assert {origin.source for item in items for origin in item.origins} == {"datathons", "lab-calendar"}


def test_the_sample_has_nothing_to_mend(drafts: dict[str, Draft]) -> None:
    assert [str(problem) for problem in drafts["weekly"].problems if problem.level != "info"] == []
    assert [item.title for item in drafts["weekly"].items if item.held_back] == []


def weekly_events(drafts: dict[str, Draft]) -> list[Entry]:
    issue = compose(drafts["weekly"], Choices(timezone=HOME.key))
    return [entry for section in issue.sections if section.kind == "events" for entry in section.entries]


def told_lines(issue: Issue, case: Expectation) -> list[Line]:
    lines = [
        (section.kind, entry.title, plain(entry.when_text))
        for section in issue.sections
        if section.kind not in RETOLD
        for entry in section.entries
    ]
    return in_expected_order(lines, case)


def in_expected_order(lines: list[Line], case: Expectation) -> list[Line]:
    """Sorted inside the sections whose order means nothing, as they come elsewhere."""
    free = {section["kind"] for section in case.told["section"] if section.get("any_order")}
    kinds = list(dict.fromkeys(kind for kind, _, _ in lines))
    return [line for kind in kinds for line in arranged([one for one in lines if one[0] == kind], kind in free)]


def arranged(lines: list[Line], free: bool) -> list[Line]:
    return sorted(lines) if free else lines


def departures(case: Expectation) -> Iterator[tuple[tuple[str, str], list[str]]]:
    for kind, entry in case.entries():
        yield (kind, entry["title"]), entry.get("tells", []) + entry.get(f"tells_{case.reader}", [])


def told_of(entry: Entry) -> str:
    """Everything the entry says about its times."""
    return plain(" / ".join((entry.when_text, *entry.exceptions)))


def plain(text: str) -> str:
    """Narrow and ordinary no-break spaces as spaces."""
    return text.replace("\u202f", " ").replace("\u00a0", " ")
