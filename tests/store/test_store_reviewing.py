"""Approvals that only grow, and mails to editors that have one row each."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from support_workspace import KEY, open_at, with_issue

from newsletter.app.workspace import Workspace
from newsletter.model.ledger import Settlement
from newsletter.model.reviewing import Approval, EditorMail
from newsletter.store import approvals, editor_mails, issues

LAB = "data-lab"
NOW = datetime(2026, 12, 4, 17, 0, tzinfo=UTC)
MAIL = EditorMail(KEY, "draft", "priya@example.org", "A draft", "Look at it.")


@pytest.fixture
def ws(tmp_path: Path) -> Workspace:
    return open_at(tmp_path)


def test_an_approval_counts_for_its_draft_until_it_is_dropped(ws: Workspace) -> None:
    first, other = Approval("priya", NOW, "abc"), Approval("sunita", NOW, "def")
    with ws.store.begin() as connection:
        for one in (first, other):
            approvals.add(connection, LAB, KEY, one)
        assert approvals.standing(connection, LAB, KEY, "abc") == (first,)
        assert approvals.standing(connection, "other", KEY, "abc") == ()
        approvals.drop(connection, LAB, "weekly-2026-12-11", NOW)
        assert approvals.standing(connection, LAB, KEY, "abc") == (first,)
        approvals.drop(connection, LAB, KEY, NOW)
        assert approvals.standing(connection, LAB, KEY, "abc") == ()
        approvals.add(connection, LAB, KEY, first)
        assert approvals.standing(connection, LAB, KEY, "abc") == (first,)


def test_two_names_in_any_spelling_of_one_are_one(ws: Workspace) -> None:
    with_issue(ws, approved=False)
    with ws.store.begin() as connection:
        missing = [
            issues.approve(connection, LAB, KEY, "abc", by, NOW, needed=2) for by in ("Priya", "priya", "Sunita")
        ]
        found = issues.find_issue(connection, LAB, KEY)
    assert missing == [1, 1, 0]
    assert found is not None
    assert (found.state, found.approved_by) == ("approved", "Sunita")


def test_only_an_approved_issue_is_held_and_each_reason_is_written_once(ws: Workspace) -> None:
    with_issue(ws, approved=False)
    with ws.store.begin() as connection:
        assert not issues.hold(connection, LAB, KEY, "moved", NOW)
        issues.approve(connection, LAB, KEY, "abc", "priya", NOW)
        assert [issues.hold(connection, LAB, KEY, why, NOW) for why in ("moved", "moved", "moved more", "")] == [
            True,
            False,
            True,
            True,
        ]
        issues.hold(connection, LAB, KEY, "again", NOW)
        issues.revoke(connection, LAB, KEY, "priya", NOW)
        found = issues.find_issue(connection, LAB, KEY)
    assert found is not None
    assert found.held == ""


def test_a_mail_is_written_down_once_for_each_thing_and_address(ws: Workspace) -> None:
    sunita = EditorMail(KEY, "draft", "sunita@example.org", "A draft", "Look at it.")
    drift = EditorMail(KEY, "drift", "priya@example.org", "It moved", "Look.", "f00d")
    with ws.store.begin() as connection:
        new = [editor_mails.put(connection, LAB, mails, NOW) for mails in ((MAIL,), (MAIL, sunita), (drift, drift))]
        assert new == [1, 1, 1]
        assert [one.mail for one in editor_mails.due(connection, LAB, NOW)] == [MAIL, sunita, drift]
        assert editor_mails.due(connection, "other", NOW) == ()
        assert editor_mails.last_told(connection, LAB, KEY, "draft") == NOW
        assert editor_mails.last_told(connection, LAB, KEY, "reminder") is None


def test_a_mail_is_taken_by_one_and_put_off_until_its_time(ws: Workspace) -> None:
    later = NOW + timedelta(minutes=5)
    with ws.store.begin() as connection:
        editor_mails.put(connection, LAB, (MAIL,), NOW)
        (due,) = editor_mails.due(connection, LAB, NOW)
        assert [editor_mails.mark_submitting(connection, due.id) for _ in range(2)] == [True, False]
        assert editor_mails.due(connection, LAB, later) == ()
        editor_mails.settle(connection, due.id, Settlement("d", "not_submitted", "pending", "down", "", later))
        assert editor_mails.due(connection, LAB, NOW) == ()
        (again,) = editor_mails.due(connection, LAB, later)
        assert again.tries == 1
        editor_mails.mark_submitting(connection, due.id)
        editor_mails.settle(connection, due.id, Settlement("d", "accepted", "accepted"))
        editor_mails.settle(connection, due.id, Settlement("d", "rejected", "failed"))
        (line,) = editor_mails.history(connection, LAB, KEY)
    assert line["state"] == "accepted"
