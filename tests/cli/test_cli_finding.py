"""What the program sees and why, on the command line: `suggest` and `explain` over the sample community."""

import json
from pathlib import Path

import pytest

from newsletter.app.sample import init_workspace
from newsletter.cli.failures import run_guarded

AT = "2026-12-04"
PROSE = """\
+++
title = "How we work"
+++

## Quiet tables

A table is kept free on Mondays, usually around 12 - 1 PM. In 2019 we had none.

## The winter datathon

Join us for the datathon: a year of buses, on December 11, 2026, 11 AM-2 PM.

## Once

The lunch was on November 3, 2026 at noon, please come.
"""


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    init_workspace(tmp_path / "ws")
    return tmp_path / "ws"


def run(workspace: Path, capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = run_guarded(["--workspace", str(workspace), *arguments, "--at", AT])
    printed = capsys.readouterr()
    return code, printed.out, printed.err


def test_suggest_prints_each_event_of_the_prose_as_a_page(
    workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (workspace / "content/how-we-work.md").write_text(PROSE, encoding="utf-8")
    code, out, _ = run(workspace, capsys, "suggest")
    assert code == 0
    assert "# content/how-we-work.md:7 says: A table is kept free on Mondays, usually around 12 - 1 PM." in out
    assert 'when = "Mondays, usually around 12 - 1 PM"' in out
    assert "2 found in prose, 1 of them perhaps known, and 1 more that are over. Nothing was added." in out


def test_suggest_says_which_event_may_be_meant(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (workspace / "content/how-we-work.md").write_text(PROSE, encoding="utf-8")
    _, out, _ = run(workspace, capsys, "suggest", "--json")
    document = json.loads(out)
    assert [one["title"] for one in document["suggestions"]] == ["Quiet tables", "The winter datathon"]
    assert [one["known"] for one in document["suggestions"]] == [None, "datathon-2026-12@calendar.example.org"]
    assert document["suggestions"][0]["origin"] == {"source": "pages", "path": "content/how-we-work.md", "line": 7}
    assert document["suggestions"][0]["when"]["kind"] == "vague"
    assert [one["title"] for one in document["over"]] == ["Once"]


def test_suggest_changes_nothing(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (workspace / "content/how-we-work.md").write_text(PROSE, encoding="utf-8")
    before = {path: path.read_bytes() for path in workspace.rglob("*") if path.is_file()}
    _, composed, _ = run(workspace, capsys, "compose", "weekly")
    run(workspace, capsys, "suggest")
    assert {path: data for path in before if (data := path.read_bytes())} == {p: d for p, d in before.items() if d}
    assert "Quiet tables" not in composed


def test_the_sample_has_no_event_that_stands_only_in_prose(
    workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, out, _ = run(workspace, capsys, "suggest", "--json")
    assert json.loads(out)["suggestions"] == []


def test_explain_tells_the_way_from_the_files_to_the_sections(
    workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, _ = run(workspace, capsys, "explain", "datathon: a year of buses", "weekly")
    assert code == 0
    for words in (
        "read in   content/datathons/2026-12.md:2 (source datathons)",
        "joined    content/calendar/lab.ics:",
        "when      Fri 11 Dec 2026, 11\u202fAM–2\u202fPM",
        "zone      America/Los_Angeles: the zone of its source, since it names none",
        "inside    Fri 11 Dec 2026, 11\u202fAM–2\u202fPM PST",
        "IN        Come along: Fri 11 Dec",
    ):
        assert words in out
    assert "NOT IN" not in out


def test_explain_without_a_digest_speaks_of_all(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = run(workspace, capsys, "explain", "datathon-2026-12@calendar.example.org", "--json")
    document = json.loads(out)
    assert [(one["key"].split("-")[0], one["in_issue"]) for one in document["issues"]] == [
        ("weekly", True),
        ("monthly", False),
        ("quarterly", False),
    ]
    assert document["issues"][1]["reasons"][0]["code"] == "no-occurrence"
    assert document["joined"][0]["path"] == "content/calendar/lab.ics"
    assert document["tz_source"] == "source_default"


def test_explain_speaks_of_one_reader(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (workspace / "personas.toml").write_text(
        '[personas.ana]\ntitle = "Ana"\ntimezone = "Europe/Berlin"\ntopics = ["deep-dives"]\n', encoding="utf-8"
    )
    name = "datathon-2026-12@calendar.example.org"
    _, out, err = run(workspace, capsys, "explain", name, "weekly", "--as", "ana", "--json")
    assert json.loads(out)["issues"][0]["reasons"][0]["code"] == "topic-not-chosen", err


def test_explain_says_what_holds_an_item_back(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = workspace / "content/community/welcome-back-tea.md"
    page.write_text("---\ntitle: Tea\nwhen: Monday 8 December 2026, 3pm\n---\n\nTea.\n", encoding="utf-8")
    code, out, _ = run(workspace, capsys, "explain", "tea", "weekly")
    assert code == 0
    assert "HELD BACK" in out
    assert "[E-WEEKDAY] content/community/welcome-back-tea.md:3" in out
    assert "NOT IN" in out
    assert "[held-back]" in out


def test_explain_speaks_of_a_draft_that_was_never_read(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = workspace / "content/community/welcome-back-tea.md"
    page.write_text("---\ntitle: Tea for two\ndraft: true\n---\n\nTea.\n", encoding="utf-8")
    code, out, _ = run(workspace, capsys, "explain", "tea for two", "weekly")
    assert code == 0
    assert "because draft = true" in out


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Mising data, honestly", ("did you mean", "missing-data-autumn")),
        ("missing-data", ("may be", "say which id", "missing-data-winter")),
        ("zzzz", ("nothing that was read has the id or title 'zzzz'",)),
    ],
)
def test_explain_offers_what_may_be_meant(
    workspace: Path, capsys: pytest.CaptureFixture[str], name: str, words: tuple[str, ...]
) -> None:
    code, _, err = run(workspace, capsys, "explain", name, "weekly")
    assert code == 2
    for word in words:
        assert word in err
