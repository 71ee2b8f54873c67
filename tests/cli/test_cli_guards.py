"""Guards as an operator meets them on the command line: what holds an issue, and how it is let go."""

import json
import shutil
import sqlite3
from pathlib import Path

import pytest

from newsletter.app.sample import init_workspace
from newsletter.cli.failures import run_guarded

KEY = "weekly-2026-12-04"
AT = ("--at", "2026-12-04T09:00")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    init_workspace(tmp_path / "ws")
    return tmp_path / "ws"


@pytest.fixture
def run(root: Path, capsys: pytest.CaptureFixture[str]):
    def newsletter(*arguments: str) -> tuple[int, str, str]:
        code = run_guarded(["--workspace", str(root), *arguments])
        said = capsys.readouterr()
        return code, said.out, said.err

    return newsletter


def test_status_says_what_holds_an_issue_and_resume_lets_it_go(run, root: Path) -> None:
    with (root / "config.toml").open("a", encoding="utf-8") as config:
        config.write('\n[guards]\ncanary = 1\ncanary_hold = "resume"\n')
    run("subscribers", "import", str(root / "subscribers/example.csv"))
    run("draft", "weekly", "--at", "2026-12-01")
    run("approve", KEY)
    store = root / "subscribers/newsletter.db"
    with sqlite3.connect(store) as source, sqlite3.connect(root / "copy.db") as copy:
        source.backup(copy)
    out = run("send", KEY, *AT)[1]

    assert "held by canary: 1 readers have it; newsletter resume weekly-2026-12-04 sends it to the others now" in out
    report = json.loads(run("status", KEY, "--json")[1])
    assert (report["state"], report["guards"][0]["guard"], report["guards"][0]["until"]) == ("paused", "canary", None)
    assert run("resume", KEY)[0] == 0
    assert "sent" in run("send", KEY, *AT)[1].splitlines()[1]
    assert "guards" not in json.loads(run("status", KEY, "--json")[1])

    for file in (root / "subscribers").glob("newsletter.db*"):
        file.unlink()
    shutil.copy(root / "copy.db", store)
    code, _, err = run("send", KEY, *AT)
    assert (code, "the store is an older copy" in err) == (1, True)
    assert "held by restored" in run("status", KEY)[1]
    assert run("resume", "--restored")[0] == 0
    code, _, err = run("resume", "--restored")
    assert (code, "no older copy" in err) == (1, True)


def test_resume_wants_an_issue_or_restored(run) -> None:
    assert run("resume")[0] == 2
    assert run("resume", KEY, "--restored")[0] == 2


def test_an_audience_is_accepted_by_its_very_count(run, root: Path) -> None:
    run("subscribers", "import", str(root / "subscribers/example.csv"))
    run("draft", "weekly", "--at", "2026-12-01")
    run("approve", KEY)
    code, _, err = run("send", KEY, "--accept-audience", "1", *AT)
    assert (code, "--accept-audience names the very count" in err) == (1, True)
    count = err.split("would go to ")[1].split()[0]
    assert run("send", KEY, "--accept-audience", count, *AT)[0] == 0
