"""Guards as an operator meets them on the command line: what holds an issue, and how it is let go."""

import json
from pathlib import Path

import pytest
from support_guards import Road, guarded, planned, send
from support_workspace import KEY, Clock

from newsletter.app import workspace
from newsletter.app.sample import init_workspace
from newsletter.app.sending.fence import FILE
from newsletter.app.workspace import Workspace
from newsletter.cli.failures import run_guarded


@pytest.fixture
def ws(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """A planned issue of which one reader is to get it first; the command line finds this workspace."""
    made = guarded(tmp_path, Clock(), canary=1, canary_hold="resume")
    monkeypatch.setattr(workspace, "open_workspace", lambda _: made)
    planned(made, 3)
    return made


def run(capsys: pytest.CaptureFixture[str], root: Path, *arguments: str) -> tuple[int, str, str]:
    code = run_guarded(["--workspace", str(root), *arguments])
    said = capsys.readouterr()
    return code, said.out, said.err


def test_status_says_what_holds_an_issue_and_resume_lets_it_go(
    ws: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    send(ws, road := Road())
    assert (
        "held by canary: 1 readers have it; newsletter resume weekly-2026-12-04 sends it to the others now"
        in run(capsys, ws.root, "status", KEY)[1]
    )
    report = json.loads(run(capsys, ws.root, "status", KEY, "--json")[1])
    assert (report["state"], report["guards"][0]["guard"], report["guards"][0]["until"]) == ("paused", "canary", None)
    assert run(capsys, ws.root, "resume", KEY)[0] == 0
    assert send(ws, road).finished
    assert "guards" not in json.loads(run(capsys, ws.root, "status", KEY, "--json")[1])


def test_a_restored_store_is_taken_up_by_a_word_of_its_own(ws: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    (ws.root / FILE).write_text('{"sent": 7, "consents": 3}')
    assert "held by restored: the store is an older copy" in run(capsys, ws.root, "status", KEY)[1]
    code, out, _ = run(capsys, ws.root, "resume", "--restored")
    assert (code, f"{KEY}: paused" in out) == (0, True)
    code, _, err = run(capsys, ws.root, "resume", "--restored")
    assert (code, "no older copy" in err) == (1, True)
    assert run(capsys, ws.root, "resume")[0] == run(capsys, ws.root, "resume", KEY, "--restored")[0] == 2


def test_an_audience_is_accepted_by_its_very_count(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = tmp_path / "ws"
    init_workspace(root)
    run(capsys, root, "subscribers", "import", str(root / "subscribers/example.csv"))
    run(capsys, root, "draft", "weekly", "--at", "2026-12-01")
    run(capsys, root, "approve", KEY)
    code, _, err = run(capsys, root, "send", KEY, "--accept-audience", "1", "--at", "2026-12-04T09:00")
    assert (code, "--accept-audience names the very count" in err) == (1, True)
