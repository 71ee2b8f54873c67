"""Checking and approving from the command line, as an editor and as CI meet it."""

import json
import shutil
from pathlib import Path

import pytest

from newsletter.app.sample import init_workspace
from newsletter.cli.failures import run_guarded

KEY = "weekly-2026-12-04"
PAGE = "content/deep-dives/2026-12-08-missing-data.md"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    init_workspace(tmp_path / "ws")
    (tmp_path / "ws" / "personas.toml").unlink()
    return tmp_path / "ws"


@pytest.fixture
def run(root: Path, capsys: pytest.CaptureFixture[str]):
    def newsletter(*arguments: str) -> tuple[int, str, str]:
        code = run_guarded(["--workspace", str(root), *arguments])
        said = capsys.readouterr()
        return code, said.out, said.err

    return newsletter


def hide_nobody(root: Path) -> None:
    file = root / "issues" / f"{KEY}.md"
    file.write_text(file.read_text(encoding="utf-8").replace("+++", "+++\nhides = ['Nobody']", 1), encoding="utf-8")


def test_ci_checks_an_issue_by_its_key_without_any_store(run, root: Path) -> None:
    (root / ".git").mkdir()
    hide_nobody(root)
    code, out, _ = run("check", KEY, "--at", "2026-12-01", "--format", "github")

    assert code == 1
    assert f"::error file=issues/{KEY}.md,line=2,title=note.unknown-name::hides names 'Nobody'" in out


def test_the_workspace_may_be_a_folder_of_the_repository(run, root: Path) -> None:
    (root.parent / ".git").mkdir()
    hide_nobody(root)
    log = json.loads(run("check", KEY, "--at", "2026-12-01", "--format", "sarif")[1])
    found = [one for one in log["runs"][0]["results"] if one["ruleId"] == "note.unknown-name"]

    uri = found[0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert uri == f"ws/issues/{KEY}.md"


def test_json_may_be_asked_for_in_two_ways(run) -> None:
    ways = [run("check", KEY, "--at", "2026-12-01", *way)[1] for way in (("--json",), ("--format", "json"))]

    assert ways[0] == ways[1]
    assert isinstance(json.loads(ways[0]), list)


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        (
            "weekly-2026-12-05",
            "weekly has no issue 'weekly-2026-12-05'; the next one after that day is weekly-2026-12-11",
        ),
        ("daily-2026-12-04", "neither a digest"),
        ("nonsense", "neither a digest"),
    ],
)
def test_a_key_of_no_issue_is_named(run, name, sentence) -> None:
    code, _, err = run("check", name)

    assert code == 2
    assert sentence in err


def test_what_was_stored_is_checked_and_told_with_what_moved_since(run, root: Path) -> None:
    run("draft", "weekly", "--at", "2026-12-01")
    page = root / PAGE
    page.write_text(page.read_text(encoding="utf-8").replace("12:00", "12:30"), encoding="utf-8")
    _, _, err = run("check", KEY)
    code, out, _ = run("status", KEY)

    (line,) = [line for line in err.splitlines() if line.endswith("[W-DRIFT]")]
    assert line.startswith(f"{PAGE}:")
    assert f"warning: since {KEY} was drafted, changed: 'Missing data, honestly': when: " in line
    assert "since the draft, in this issue:" in out
    assert code == 0


def test_an_approval_says_what_is_still_missing(run, root: Path) -> None:
    config = root / "config.toml"
    text = config.read_text(encoding="utf-8")
    config.write_text(text.replace('review = "required"', 'review = "required"\napprovals = 2', 1), encoding="utf-8")
    run("draft", "weekly", "--at", "2026-12-01")

    assert "It needs the approval of another person" in run("approve", KEY, "--by", "priya")[1]
    assert f"Next: newsletter send {KEY}" in run("approve", KEY, "--by", "sunita")[1]


def test_refreshing_shows_what_it_took_in(run, root: Path) -> None:
    run("draft", "weekly", "--at", "2026-12-01")
    run("approve", KEY, "--by", "priya")
    (root / PAGE).unlink()
    code, out, _ = run("approve", KEY, "--by", "priya", "--refresh")

    assert code == 0
    assert "  removed: 'Missing data, honestly'" in out
    assert "nothing has moved" in run("approve", KEY, "--by", "priya", "--keep")[1]
    assert run("approve", KEY, "--refresh", "--keep")[0] == 2


def test_drafting_says_what_became_of_the_editors_file(run, root: Path) -> None:
    shutil.rmtree(root / "issues")
    assert "Wrote " in run("draft", "weekly", "--at", "2026-12-01")[1]
    assert "Kept your words in " in run("draft", "weekly", "--at", "2026-12-01")[1]
    hide_nobody(root)
    code, _, err = run("draft", "weekly", "--at", "2026-12-01")
    assert (code, "note.unknown-name" in err) == (1, True)


def test_drafting_tells_the_editors_if_asked_to(run, root: Path) -> None:
    config = root / "config.toml"
    config.write_text(
        config.read_text(encoding="utf-8") + '\n[editors]\nnotify = ["priya@example.org"]\n', encoding="utf-8"
    )
    run("draft", "weekly", "--at", "2026-12-01")
    assert not (root / "outbox").exists()
    for _ in range(2):
        run("draft", "weekly", "--at", "2026-12-01", "--tell")
    assert len(list((root / "outbox").rglob("*.eml"))) == 1
