"""What the checks say of an issue besides its mails: how many people would get it, and its calendar files."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from support_workspace import KEY, NOW, Clock, open_at, render, with_issue, with_readers

from newsletter.app import whole_checks
from newsletter.app.checking import check_issue
from newsletter.app.drafting import draft_issue, preview_draft
from newsletter.app.reviewing.approving import ApprovalError, approve
from newsletter.app.sample import init_workspace
from newsletter.app.sending.planning import plan_issue
from newsletter.app.subscribing import add
from newsletter.app.whole_checks import calendar_findings, recipient_findings
from newsletter.app.workspace import Workspace, open_workspace
from newsletter.model.issue import Draft
from newsletter.store import revisions

pytestmark = pytest.mark.no_cover  # other tests cover its lines

AT = datetime(2026, 12, 1, 17, tzinfo=UTC)


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("sample") / "ws"
    init_workspace(root)
    (root / "personas.toml").unlink()
    return root


@pytest.fixture
def draft(sample: Path) -> Draft:
    return preview_draft(open_workspace(sample, clock=lambda: AT), "weekly", AT)


def levels(ws: Workspace, draft: Draft) -> list[tuple[str, str]]:
    return [(one.level, one.text.partition(" would")[0]) for one in recipient_findings(ws, draft, NOW)]


def test_a_store_without_anybody_is_a_checkout_and_says_nothing(tmp_path: Path, draft: Draft) -> None:
    assert levels(open_at(tmp_path), draft) == []


def test_an_issue_that_nobody_would_get(tmp_path: Path, draft: Draft) -> None:
    ws = open_at(tmp_path)
    add(ws, "ada@example.org", "community", digests=("monthly",))
    assert levels(ws, draft) == [("error", "nobody")]


def test_many_more_people_than_last_time(tmp_path: Path, draft: Draft, monkeypatch: pytest.MonkeyPatch) -> None:
    ws = open_at(tmp_path, Clock())
    with_readers(ws, 10)
    with_issue(ws)
    plan_issue(ws, KEY, render, NOW)
    later = replace(draft, key="weekly-2026-12-11")
    monkeypatch.setattr(whole_checks, "last_sent_draft", lambda *_: draft)

    add(ws, "eleven@example.org", "community")
    assert levels(ws, later) == []
    for number in range(3):
        add(ws, f"more{number}@example.org", "community")
    assert levels(ws, later) == [("warning", "14 people")]


def test_an_issue_for_nobody_is_not_approved(sample: Path) -> None:
    ws = open_workspace(sample, clock=lambda: AT)
    draft_issue(ws, "weekly", AT)
    add(ws, "ada@example.org", "community", digests=("quarterly",))
    with pytest.raises(ApprovalError) as caught:
        approve(ws, KEY, "sunita", AT)
    assert [one.code for one in caught.value.problems] == ["send.recipients"]
    add(ws, "lena@example.org", "community", digests=("weekly",))
    assert [one for one in check_issue(ws, preview_draft(ws, "weekly", AT)) if one.level == "error"] == []
    ws.store.close()


def test_calendar_files_of_an_issue_are_valid_when_they_are_new_and_when_they_change(sample: Path) -> None:
    ws = open_workspace(sample, clock=lambda: AT)
    draft = preview_draft(ws, "weekly", AT)
    assert draft.calendars_url
    assert list(calendar_findings(ws, draft, AT)) == []

    from newsletter.app.archiving.publishing import publish_sources

    publish_sources(ws, AT)
    later = AT + timedelta(hours=1)
    moved = replace(draft, as_of=later, items=tuple(replace(one, title=f"{one.title}!") for one in draft.items))
    assert list(calendar_findings(ws, moved, later)) == []
    ws.store.close()


def test_a_calendar_file_that_would_not_be_taken_in_is_an_error(
    sample: Path, draft: Draft, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(whole_checks, "event_calendar", lambda one: b"BEGIN:VCALENDAR\r\n")
    later = AT + timedelta(hours=2)
    moved = replace(draft, as_of=later, items=tuple(replace(one, title=f"{one.title}?") for one in draft.items))
    found = list(calendar_findings(open_workspace(sample, clock=lambda: AT), moved, later))
    assert {(one.level, one.code) for one in found} == {("error", "ics.valid")}


def test_without_calendars_none_is_looked_at(sample: Path, draft: Draft, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(revisions, "all_of", lambda *_: 1 / 0)
    quiet = replace(draft, calendars_url="")
    assert list(calendar_findings(open_workspace(sample, clock=lambda: AT), quiet, AT)) == []
