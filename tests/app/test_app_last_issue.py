"""What editors look at is told against the issue that went out before it, as most readers get it."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from newsletter.app.checking import check_draft
from newsletter.app.drafting import draft_issue, last_sent_draft, preview_draft, stored_draft
from newsletter.app.sample import init_workspace
from newsletter.app.studio.desk import Studio
from newsletter.app.workspace import open_workspace
from newsletter.cli.failures import run_guarded
from newsletter.store import issues

FIRST, SECOND = "weekly-2026-12-04", "weekly-2026-12-11"
DRAFTED, LATER = datetime(2026, 12, 1, 17, tzinfo=UTC), datetime(2026, 12, 8, 17, tzinfo=UTC)
WINTER = "content/deep-dives/2026-12-16-winter-clinic.md"
PAGE = """---
id: winter-clinic
title: Winter clinic
tags: [deep-dive]
start: 2026-12-16 {clock}
end: 2026-12-16 17:00
place: Lakeview 1.203
---
Bring a figure.
"""


@pytest.fixture(scope="module")
def sent(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace whose first issue went out, and told of a clinic that moved since."""
    root = tmp_path_factory.mktemp("last") / "ws"
    init_workspace(root)
    (root / "personas.toml").unlink()
    settings = (root / "config.toml").read_text(encoding="utf-8")
    (root / "config.toml").write_text(settings + '\n[categories.deep-dive]\nlead = "3 weeks"\n', encoding="utf-8")
    write_clinic(root, "12:00")
    ws = open_workspace(root, clock=lambda: LATER)
    draft_issue(ws, "weekly", DRAFTED)
    with ws.store.begin() as connection:
        for state in ("sending", "sent"):
            issues.move(connection, "data-lab", FIRST, state, LATER, "", "")
    ws.store.close()
    write_clinic(root, "15:00")
    return root


def write_clinic(root: Path, clock: str) -> None:
    (root / WINTER).write_text(PAGE.format(clock=clock), encoding="utf-8")


def test_compose_marks_what_changed_since_the_last_issue(sent: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run_guarded(["--workspace", str(sent), "compose", "weekly", "--at", "2026-12-08", "--json"])
    told = json.loads(capsys.readouterr().out)

    marks = {entry["title"]: entry["change"] for part in told["sections"] for entry in part["entries"]}
    assert (told["key"], told["baseline"], marks["Winter clinic"]) == (SECOND, FIRST, "moved")


def test_the_preview_shows_the_change(sent: Path) -> None:
    studio = Studio(sent, "2026-12-08", clock=lambda: LATER)
    try:
        view = studio.show("weekly").view
    finally:
        studio.close()
    assert view is not None
    assert "MOVED" in view.text.upper()


def test_the_checks_see_the_change(sent: Path) -> None:
    """A change that no section tells is seen only against what went out before."""
    ws = open_workspace(sent, clock=lambda: LATER)
    draft = preview_draft(ws, "weekly", LATER)
    sections = tuple(one for one in draft.settings.sections if one != "changes")
    mute = replace(draft, settings=draft.settings.model_copy(update={"sections": sections}))

    assert last_sent_draft(ws, stored_draft(ws, FIRST)) is None
    assert "evt.changed-unlisted" not in {one.code for one in check_draft(ws, draft)}
    assert "evt.changed-unlisted" in {one.code for one in check_draft(ws, mute)}
    ws.store.close()


def test_a_subject_that_the_last_issue_had_is_told(sent: Path) -> None:
    ws = open_workspace(sent, clock=lambda: LATER)
    before = stored_draft(ws, FIRST)
    again = replace(preview_draft(ws, "weekly", LATER), note=before.note)

    assert before.note.subject
    found = [one.text for one in check_draft(ws, again) if one.code == "inbox.subject"]
    assert [text.partition(",")[0] for text in found] == ["the subject is the last issue's"]
    ws.store.close()
