"""The preview shows an editor what moved since the issue was approved, beside what the checks find."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from newsletter.app.drafting import draft_issue
from newsletter.app.reviewing.approving import approve_draft
from newsletter.app.sample import init_workspace
from newsletter.app.studio.desk import Studio
from newsletter.app.workspace import open_workspace

pytestmark = pytest.mark.no_cover  # other tests cover its lines

AT = datetime(2026, 12, 1, 17, tzinfo=UTC)
PAGE = "content/deep-dives/2026-12-08-missing-data.md"


def drift_shown(studio: Studio) -> list[str]:
    studio.refresh()
    view = studio.show("weekly").view
    assert view is not None
    return [one.problem.origin.path for one in view.problems if one.problem.code == "W-DRIFT"]


def test_what_moved_since_the_approval_is_shown(tmp_path: Path) -> None:
    init_workspace(tmp_path / "lab")
    ws = open_workspace(tmp_path / "lab", environ={}, clock=lambda: AT)
    studio = Studio(ws.root, environ={}, clock=lambda: AT)
    draft = draft_issue(ws, "weekly", AT).draft
    page = ws.root / PAGE
    page.write_text(page.read_text(encoding="utf-8").replace("12:00", "12:30"), encoding="utf-8")
    assert drift_shown(studio) == []
    page.write_text(page.read_text(encoding="utf-8").replace("12:30", "12:00"), encoding="utf-8")
    approve_draft(ws, draft.key, "priya", AT)
    assert drift_shown(studio) == []
    page.write_text(page.read_text(encoding="utf-8").replace("12:00", "12:30"), encoding="utf-8")
    assert drift_shown(studio) == [PAGE]
    studio.close()
