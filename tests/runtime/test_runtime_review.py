"""The review of an issue over moved time: enough approvals, sources that move after them, and what then leaves."""

from pathlib import Path
from shutil import copytree

import pytest
from cadence_workspace import Clock, mails, opened, states

from newsletter.app.dispatching import provider_of, send_issue
from newsletter.app.drafting import draft_issue, stored_draft
from newsletter.app.operating import tick
from newsletter.app.reviewing.approving import ApprovalError, approve_draft, approve_kept, approve_refreshed, revoke
from newsletter.app.reviewing.standing import review_json, review_lines, review_of
from newsletter.app.sending.planning import SendRefused
from newsletter.app.timing import UsageError
from newsletter.app.workspace import Workspace
from newsletter.store import issues

# What reviewing does is covered by tests/app and test_runtime_operating.py; weeks of it, watched, take twice as long.
pytestmark = pytest.mark.no_cover

WEEK = "weekly-2026-12-04"
DRAFT, SEND = "2026-12-01T09:00", "2026-12-04T09:00"
PAGE = "content/deep-dives/2026-12-08-missing-data.md"


@pytest.fixture
def clock() -> Clock:
    return Clock("2026-11-30T12:00")


@pytest.fixture
def root(tmp_path: Path, monday: Path) -> Path:
    return copytree(monday, tmp_path / "lab")


def drafted(root: Path, clock: Clock, **rules: object) -> Workspace:
    ws = opened(root, clock, **rules)
    tick(ws, clock.now)
    tick(ws, clock.move(DRAFT))
    return ws


def edit(root: Path, old: str, new: str, path: str = PAGE) -> None:
    text = (root / path).read_text(encoding="utf-8")
    assert old in text
    (root / path).write_text(text.replace(old, new), encoding="utf-8")


def move_the_talk(root: Path) -> None:
    edit(root, "12:00", "12:30")


def history(ws: Workspace) -> list[str]:
    with ws.store.read() as connection:
        return [event.detail for event in issues.history(connection, ws.settings.community.id, WEEK) if event.detail]


def test_two_people_must_approve_where_the_digest_says_so(root, clock):
    ws = drafted(root, clock, approvals=2)
    assert approve_draft(ws, WEEK, "priya", clock.now).missing == 1
    assert approve_draft(ws, WEEK, " Priya ", clock.now).missing == 1
    assert tick(ws, clock.move(SEND)).keys("wait") == (WEEK,)
    assert next(review_lines(review_of(ws, WEEK))) == "approved by priya; 1 more needed"
    assert approve_draft(ws, WEEK, "sunita", clock.now).missing == 0
    assert tick(ws, clock.now).keys("send") == (WEEK,)
    assert len(mails(ws)) == 2


def test_one_is_enough_where_it_says_nothing(root, clock):
    ws = drafted(root, clock)
    assert approve_draft(ws, WEEK, "priya", clock.now).missing == 0


def test_a_new_draft_drops_the_approvals_of_the_old_one_even_if_it_comes_back(root, clock):
    ws = drafted(root, clock, approvals=2)
    approve_draft(ws, WEEK, "priya", clock.now)
    edit(root, "12:00", "12:30")
    draft_issue(ws, "weekly", clock.now)
    edit(root, "12:30", "12:00")
    draft_issue(ws, "weekly", clock.now)
    assert review_of(ws, WEEK).approvers == ()
    assert approve_draft(ws, WEEK, "sunita", clock.now).missing == 1


def test_drafting_the_same_again_keeps_the_first_approval(root, clock):
    ws = drafted(root, clock, approvals=2)
    approve_draft(ws, WEEK, "priya", clock.now)
    draft_issue(ws, "weekly", clock.now)
    assert review_of(ws, WEEK).approvers == ("priya",)


def test_one_of_two_approvals_can_be_taken_back(root, clock):
    ws = drafted(root, clock, approvals=2)
    approve_draft(ws, WEEK, "priya", clock.now)
    revoke(ws, WEEK, "priya", clock.now)
    assert review_of(ws, WEEK).approvers == ()
    with pytest.raises(issues.IssueMoveError, match="no approval to take back"):
        revoke(ws, WEEK, "priya", clock.now)


def test_nobody_approves_without_a_name(root, clock):
    ws = drafted(root, clock)
    with pytest.raises(UsageError, match="name"):
        approve_draft(ws, WEEK, "  ", clock.now)


def test_what_was_approved_goes_out_although_a_source_moved(root, clock):
    ws = drafted(root, clock, drift="send-approved")
    approve_draft(ws, WEEK, "priya", clock.now)
    move_the_talk(root)
    assert tick(ws, clock.move(SEND)).keys("send") == (WEEK,)
    mail = (root / "outbox" / mails(ws)[0]).read_text(encoding="utf-8")
    assert "Tue 8 Dec, 12=E2" in mail
    (remark,) = [line for line in history(ws) if line.startswith("sent as approved, although")]
    assert "'Missing data, honestly'" in remark


def test_an_issue_that_is_held_says_why_and_waits(root, clock):
    ws = drafted(root, clock, drift="hold")
    approve_draft(ws, WEEK, "priya", clock.now)
    move_the_talk(root)
    for moment in (SEND, "2026-12-04T09:05"):
        (step,) = tick(ws, clock.move(moment)).steps
        assert (step.action, states(ws)) == ("wait", {WEEK: "approved"})
        assert "'Missing data, honestly': when: Tue 8 Dec 2026, 12–1:30" in step.why.replace("\u202f", " ")
        assert f"newsletter approve {WEEK} --refresh" in step.why
    assert mails(ws) == []
    assert len([line for line in history(ws) if line.startswith("held: ")]) == 1
    review = review_of(ws, WEEK)
    assert review.held.startswith("changed: 'Missing data, honestly'")
    assert review_json(review)["drift"]["items"][0]["changes"][0]["field"] == "when"


def test_sending_by_hand_obeys_the_hold_too(root, clock):
    ws = drafted(root, clock, drift="hold")
    approve_draft(ws, WEEK, "priya", clock.now)
    move_the_talk(root)
    with provider_of(ws) as provider, pytest.raises(SendRefused, match="is held"):
        send_issue(ws, provider, WEEK, clock.move(SEND))
    assert mails(ws) == []


def test_a_refreshed_draft_takes_in_what_moved(root, clock):
    ws = drafted(root, clock, drift="hold")
    approve_draft(ws, WEEK, "priya", clock.now)
    move_the_talk(root)
    tick(ws, clock.move(SEND))
    approved = approve_refreshed(ws, WEEK, "priya", clock.move("2026-12-04T10:00"))
    assert approved.missing == 0
    assert [one.item.title for one in approved.drift.items] == ["Missing data, honestly"]
    assert tick(ws, clock.now).keys("send") == (WEEK,)
    assert "Tue 8 Dec, 12:30" in (root / "outbox" / mails(ws)[0]).read_text(encoding="utf-8")
    assert review_of(ws, WEEK).held == ""


def test_a_refreshed_draft_with_errors_is_a_draft_and_not_approved(root, clock):
    ws = drafted(root, clock, drift="hold")
    approve_draft(ws, WEEK, "priya", clock.now)
    edit(root, "+++", "+++\nsubjet = 'x'", f"issues/{WEEK}.md")
    with pytest.raises(ApprovalError):
        approve_refreshed(ws, WEEK, "priya", clock.now)
    assert states(ws) == {WEEK: "drafted"}


def test_a_kept_draft_leaves_as_it_was_approved(root, clock):
    ws = drafted(root, clock, drift="hold")
    approve_draft(ws, WEEK, "priya", clock.now)
    move_the_talk(root)
    tick(ws, clock.move(SEND))
    approve_kept(ws, WEEK, "sunita", clock.now)
    assert review_of(ws, WEEK).held == ""
    assert tick(ws, clock.now).keys("send") == (WEEK,)
    assert "Tue 8 Dec, 12=E2" in (root / "outbox" / mails(ws)[0]).read_text(encoding="utf-8")


def test_what_was_kept_is_held_again_once_more_has_moved(root, clock):
    ws = drafted(root, clock, drift="hold")
    approve_draft(ws, WEEK, "priya", clock.now)
    move_the_talk(root)
    approve_kept(ws, WEEK, "sunita", clock.now)
    edit(root, "12:30", "12:45")
    assert tick(ws, clock.move(SEND)).keys("wait") == (WEEK,)


def test_keeping_takes_as_many_people_as_approving(root, clock):
    ws = drafted(root, clock, drift="hold", approvals=2)
    for name in ("priya", "sunita"):
        approve_draft(ws, WEEK, name, clock.now)
    move_the_talk(root)
    tick(ws, clock.move(SEND))
    assert approve_kept(ws, WEEK, "priya", clock.now).missing == 1
    assert tick(ws, clock.now).keys("wait") == (WEEK,)
    assert approve_kept(ws, WEEK, "sunita", clock.now).missing == 0
    assert tick(ws, clock.now).keys("send") == (WEEK,)


def test_a_source_that_moves_back_lets_the_issue_go(root, clock):
    ws = drafted(root, clock, drift="hold")
    approve_draft(ws, WEEK, "priya", clock.now)
    move_the_talk(root)
    tick(ws, clock.move(SEND))
    edit(root, "12:30", "12:00")
    assert tick(ws, clock.now).keys("send") == (WEEK,)
    assert any(line.startswith("no longer held") for line in history(ws))


def test_edits_of_words_and_of_other_weeks_hold_nothing(root, clock):
    ws = drafted(root, clock, drift="hold")
    approve_draft(ws, WEEK, "priya", clock.now)
    page = root / PAGE
    page.write_text(page.read_text(encoding="utf-8") + "\nOne more sentence.\n", encoding="utf-8")
    (root / "content" / "deep-dives" / "2027-04-13-version-control.md").unlink()
    assert {one.kind for one in review_of(ws, WEEK).drift.items} == {"reworded", "removed"}
    assert tick(ws, clock.move(SEND)).keys("send") == (WEEK,)


def test_a_theme_broken_meanwhile_keeps_no_approved_bytes_back(root, clock):
    ws = drafted(root, clock)
    approve_draft(ws, WEEK, "priya", clock.now)
    (root / "templates").rename(root / "elsewhere")
    assert "the sources cannot be compared with the draft" in "\n".join(review_lines(review_of(ws, WEEK)))
    assert tick(ws, clock.move(SEND)).keys("send") == (WEEK,)
    assert any("could not be read again" in line for line in history(ws))


def test_a_digest_that_wants_to_be_sure_waits_for_what_cannot_be_compared(root, clock):
    ws = drafted(root, clock, drift="hold")
    approve_draft(ws, WEEK, "priya", clock.now)
    (root / "templates").rename(root / "elsewhere")
    assert tick(ws, clock.move(SEND)).keys("wait") == (WEEK,)
    (root / "elsewhere").rename(root / "templates")
    assert tick(ws, clock.now).keys("send") == (WEEK,)


def test_what_waits_is_logged_once(root, clock, caplog):
    ws = drafted(root, clock, drift="hold")
    approve_draft(ws, WEEK, "priya", clock.now)
    move_the_talk(root)
    for minute in range(4):
        tick(ws, clock.move(f"2026-12-04T09:0{minute}"))
    assert caplog.text.count("is held") == 1


def test_an_issue_that_is_held_too_long_is_skipped_with_its_reason(root, clock):
    ws = drafted(root, clock, drift="hold")
    approve_draft(ws, WEEK, "priya", clock.now)
    move_the_talk(root)
    tick(ws, clock.move(SEND))
    (step,) = [one for one in tick(ws, clock.move("2026-12-04T21:30")).steps if one.key == WEEK]
    assert step.action == "skip"
    assert "it was held: changed: 'Missing data, honestly'" in step.why
    assert states(ws)[WEEK] == "skipped"


def test_an_automatic_issue_waits_for_an_editors_file_that_is_not_understood(root, clock):
    edit(root, "+++", "+++\nhide = ['x']", f"issues/{WEEK}.md")
    ws = drafted(root, clock, review="automatic")
    (step,) = tick(ws, clock.move(SEND)).steps
    assert step.action == "wait"
    assert f"issues/{WEEK}.md:2" in step.why
    assert mails(ws) == []


def test_a_draft_keeps_its_slot_and_number_when_refreshed_late(root, clock):
    ws = drafted(root, clock)
    before = stored_draft(ws, WEEK)
    approve_refreshed(ws, WEEK, "priya", clock.move("2026-12-04T11:00"))
    after = stored_draft(ws, WEEK)
    assert (after.slot, after.number) == (before.slot, before.number)
