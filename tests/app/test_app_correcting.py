import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from support_mailings import (
    CIRCLE,
    DIVE,
    KEY,
    STAFF,
    Clock,
    cancel_dive,
    edit,
    mails,
    opened,
    recipients,
    sample,
    send,
    send_issue,
    send_weekly,
    words,
)

from newsletter.app.correcting import Corrections
from newsletter.app.dispatching import edition_renderer, look_at_audience, provider_of
from newsletter.app.drafting import draft_issue
from newsletter.app.operating import tick
from newsletter.app.reviewing.approving import ApprovalError, approve, revoke
from newsletter.app.sending.control import cancel, pause, status
from newsletter.app.sending.line import Line
from newsletter.app.sending.planning import SendRefused, plan_issue
from newsletter.app.sending.pump import find_job
from newsletter.app.sending.resuming import resume
from newsletter.app.subscribing import add, remove, show, suppress
from newsletter.app.timing import UsageError
from newsletter.app.workspace import Workspace
from newsletter.model.workspace import CorrectionSettings, ListSettings
from newsletter.store.tables import delivery, issue

KEY_OF_CORRECTION = "correction-2026-12-07-missing-data-honestly"
TITLE = "Missing data, honestly"


@pytest.fixture
def ws(sent: Path, tmp_path: Path, clock: Clock) -> Workspace:
    """The Monday after the issue went out, before anything has changed."""
    shutil.copytree(sent, tmp_path / "ws")
    clock.move("2026-12-07 08:00")
    return opened(tmp_path / "ws", clock)


def correct(ws: Workspace, *events: str) -> str:
    """Draft and approve a correction; its key."""
    drafted = Corrections(ws, ws.clock()).draft(events or (TITLE,))
    approve(ws, drafted.draft.key, "editor", ws.clock())
    return drafted.draft.key


def with_limit(ws: Workspace, a_day: int) -> Workspace:
    settings = ws.settings.model_copy(update={"corrections": CorrectionSettings(a_day=a_day)})
    return replace(ws, settings=settings)


def test_what_is_other_than_told_is_listed_with_whom_it_concerns(ws: Workspace) -> None:
    assert Corrections(ws, ws.clock()).concerns() == ()
    cancel_dive(ws)
    (one,) = Corrections(ws, ws.clock()).concerns()
    assert (one.item.title, one.change, one.readers, one.left_out) == (TITLE, "cancelled", 2, ())
    assert one.was.startswith("Tue 8 Dec, 12–1:30")


def test_exactly_those_who_were_told_are_corrected_in_their_own_words(ws: Workspace) -> None:
    cancel_dive(ws)
    key = correct(ws)
    assert key == KEY_OF_CORRECTION
    assert send(ws, key) == 2
    ada, berta = mails(ws, key)
    assert (ada["To"], berta["To"]) == ("ada@example.org", "berta@example.org")
    assert ada["Subject"] == berta["Subject"] == "Cancelled: Missing data, honestly on 8 December"
    assert "12–1:30 PM" in words(ada)
    assert "21:00–22:30" in words(berta)
    assert ada["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert ada["List-Unsubscribe"].startswith("<https://news.example.org/u/")
    report = status(ws, key)
    assert (report["state"], report["planned"], report["states"]["accepted"]) == ("sent", 2, 2)


def test_it_is_sent_once_and_there_is_nothing_left_to_correct(ws: Workspace) -> None:
    cancel_dive(ws)
    key = correct(ws)
    assert (send(ws, key), send(ws, key)) == (2, 0)
    assert recipients(ws, key) == ["ada@example.org", "berta@example.org"]
    assert Corrections(ws, ws.clock()).concerns() == ()
    with pytest.raises(UsageError, match="nothing to correct"):
        correct(ws)


def test_the_next_issue_tells_it_to_nobody_again(ws: Workspace, clock: Clock) -> None:
    cancel_dive(ws, CIRCLE)
    send(ws, correct(ws, "Missing data, around the table"))
    later = send_weekly(ws, clock, "2026-12-11 09:00")
    for message in mails(ws, later):
        assert "around the table" not in words(message)


def test_a_move_is_told_with_both_times_and_the_next_issue_knows_it(ws: Workspace, clock: Clock) -> None:
    edit(
        ws, CIRCLE, "start: 2026-12-10 11:00\nend: 2026-12-10 12:00", "start: 2026-12-12 11:00\nend: 2026-12-12 12:00"
    )
    key = correct(ws, "Missing data, around the table")
    send(ws, key)
    ada = mails(ws, key)[0]
    assert ada["Subject"] == "Moved: Missing data, around the table, now on 12 December"
    assert "Now Sat 12 Dec, 11 AM–12 PM (was Thu 10 Dec, 11 AM–12 PM)" in " ".join(words(ada).split())
    later = send_weekly(ws, clock, "2026-12-11 09:00")
    assert "MOVED" not in words(mails(ws, later)[0])


def test_nobody_who_left_or_is_barred_is_told_and_that_is_said(ws: Workspace) -> None:
    cancel_dive(ws)
    remove(ws, "ada@example.org")
    suppress(ws, "berta@example.org")
    (one,) = Corrections(ws, ws.clock()).concerns()
    assert (one.readers, one.left_out) == (0, (("left", 1), ("suppressed", 1)))
    with pytest.raises(UsageError, match="nobody to correct"):
        correct(ws)


def test_who_leaves_between_approval_and_sending_is_not_told(ws: Workspace) -> None:
    cancel_dive(ws)
    key = correct(ws)
    remove(ws, "ada@example.org")
    assert send(ws, key) == 1
    assert recipients(ws, key) == ["berta@example.org"]


def test_who_joined_since_was_never_told(ws: Workspace) -> None:
    add(ws, "eva@example.org", "community")
    cancel_dive(ws)
    assert send(ws, correct(ws)) == 2


def test_what_is_over_is_not_corrected_however_late_it_was_approved(ws: Workspace, clock: Clock) -> None:
    cancel_dive(ws)
    key = correct(ws)
    clock.move("2026-12-08 13:31")
    with pytest.raises(SendRefused, match="it is over"):
        send(ws, key)
    assert Corrections(ws, clock()).concerns() == ()


def test_without_approval_it_does_not_leave_unless_the_workspace_says_so(ws: Workspace) -> None:
    cancel_dive(ws)
    key = Corrections(ws, ws.clock()).draft([TITLE]).draft.key
    with pytest.raises(SendRefused, match="not approved"):
        send(ws, key)
    settings = ws.settings.model_copy(update={"corrections": CorrectionSettings(review="automatic")})
    assert send(replace(ws, settings=settings), key) == 2


def test_an_approval_can_be_taken_back(ws: Workspace) -> None:
    cancel_dive(ws)
    key = correct(ws)
    revoke(ws, key, "editor", ws.clock())
    with pytest.raises(SendRefused, match="not approved"):
        send(ws, key)


def test_what_changed_again_is_drafted_again(ws: Workspace) -> None:
    cancel_dive(ws)
    key = correct(ws)
    edit(ws, DIVE, "status: cancelled\n", "")
    with pytest.raises(SendRefused, match="has changed again"):
        send(ws, key)
    edit(ws, DIVE, "start: 2026-12-08 12:00\nend: 2026-12-08 13:30", "start: 2026-12-09 12:00\nend: 2026-12-09 13:30")
    assert correct(ws) == key
    assert send(ws, key) == 2
    assert mails(ws, key)[0]["Subject"] == "Moved: Missing data, honestly, now on 9 December"


def test_a_second_change_is_a_second_correction(ws: Workspace) -> None:
    edit(ws, DIVE, "start: 2026-12-08 12:00\nend: 2026-12-08 13:30", "start: 2026-12-09 12:00\nend: 2026-12-09 13:30")
    send(ws, correct(ws))
    edit(ws, DIVE, "start:", "status: cancelled\nstart:")
    second = correct(ws)
    assert second == f"{KEY_OF_CORRECTION}-2"
    assert send(ws, second) == 2
    assert "Wed 9 Dec" in words(mails(ws, second)[0])


def test_a_reader_gets_so_many_corrections_a_day_and_the_rest_is_accounted_for(ws: Workspace, clock: Clock) -> None:
    ws = with_limit(ws, 1)
    cancel_dive(ws)
    send(ws, correct(ws))
    cancel_dive(ws, CIRCLE)
    key = correct(ws, "Missing data, around the table")
    ((reason, count),) = look_at_audience(ws, key, clock()).left_out
    assert (count, "`corrections.a_day` allows (1)" in reason) == (2, True)
    assert send(ws, key) == 0
    report = status(ws, key)
    assert (report["state"], report["planned"], report["states"]["skipped"]) == ("sent", 2, 2)
    assert [one.readers for one in Corrections(ws, clock()).concerns()] == [2]
    clock.move("2026-12-08 08:00")
    assert send(ws, correct(ws, "Missing data, around the table")) == 2


@pytest.mark.parametrize(("a_day", "accepted"), [(1, 0), (2, 2)])
def test_the_limit_is_the_workspaces(ws: Workspace, a_day: int, accepted: int) -> None:
    ws = with_limit(ws, a_day)
    cancel_dive(ws)
    send(ws, correct(ws))
    cancel_dive(ws, CIRCLE)
    assert send(ws, correct(ws, "Missing data, around the table")) == accepted


def test_several_events_share_one_mail(ws: Workspace) -> None:
    cancel_dive(ws)
    cancel_dive(ws, CIRCLE)
    key = correct(ws, TITLE, "Missing data, around the table")
    send(ws, key)
    (ada, _) = mails(ws, key)
    assert ada["Subject"].startswith("2 events have changed: Missing data, honestly")
    assert words(ada).count("CANCELLED") == 2


def test_a_vanished_event_is_told_as_cancelled(ws: Workspace) -> None:
    (ws.root / DIVE).unlink()
    send(ws, key := correct(ws))
    assert mails(ws, key)[0]["Subject"].startswith("Cancelled: Missing data, honestly")
    assert "It is no longer listed" in words(mails(ws, key)[0])


def test_a_reader_whose_issue_is_on_its_way_is_told_after_it(tmp_path: Path, clock: Clock) -> None:
    ws = sample(tmp_path / "ws", clock, "email,digests\nada@example.org,weekly;monthly\n")
    send_issue(ws, clock, "monthly", "2026-11-30 09:00")
    draft_issue(ws, "weekly", clock.move("2026-12-04 08:00"))
    approve(ws, KEY, "editor", clock())
    plan_issue(ws, KEY, edition_renderer(ws, KEY), clock())
    cancel_dive(ws)
    early = correct(ws)
    assert send(ws, early) == 0
    assert status(ws, early)["states"]["skipped"] == 1
    clock.move("2026-12-04 09:00")
    send(ws, KEY)
    assert send(ws, correct(ws)) == 1


def test_a_list_that_is_an_address_is_corrected_too(tmp_path: Path, clock: Clock) -> None:
    ws = sample(tmp_path / "ws", clock, staff=STAFF)
    send_weekly(ws, clock)
    clock.move("2026-12-07 08:00")
    cancel_dive(ws)
    key = correct(ws)
    assert send(ws, key) == 3
    (staff,) = (one for one in mails(ws, key) if one["To"] == STAFF.address)
    assert staff["List-Unsubscribe"] == "<https://lists.example.org/staff>"
    assert staff["List-Unsubscribe-Post"] is None
    assert "/p/" not in words(staff)


def test_somebody_on_two_lists_is_told_once(tmp_path: Path, clock: Clock) -> None:
    ws = sample(tmp_path / "ws", clock, friends=ListSettings(title="Friends", digests=("monthly",)))
    monthly = ws.settings.digests["monthly"].model_copy(update={"list": "friends"})
    digests = ws.settings.digests | {"monthly": monthly}
    ws = replace(ws, settings=ws.settings.model_copy(update={"digests": digests}))
    add(ws, "ada@example.org", "friends")
    add(ws, "gil@example.org", "friends")
    send_issue(ws, clock, "monthly", "2026-11-30 09:00")
    send_weekly(ws, clock)
    clock.move("2026-12-07 08:00")
    cancel_dive(ws)
    assert [one.readers for one in Corrections(ws, clock()).concerns()] == [3]
    key = correct(ws)
    assert send(ws, key) == 3
    assert recipients(ws, key) == ["ada@example.org", "berta@example.org", "gil@example.org"]
    gil = mails(ws, key)[-1]
    assert gil["List-Id"].startswith("Friends <friends.")
    assert "You get Friends because" in words(gil)


def test_it_can_be_paused_resumed_and_cancelled_like_an_issue(ws: Workspace) -> None:
    cancel_dive(ws)
    key = correct(ws)
    plan_issue(ws, key, edition_renderer(ws, key, ws.clock()), ws.clock())
    pause(ws, key, ws.clock())
    assert send(ws, key) == 0
    resume(ws, key, ws.clock())
    assert cancel(ws, key, ws.clock()) == 2
    assert (status(ws, key)["state"], status(ws, key)["states"]["cancelled"]) == ("cancelled", 2)
    assert [one.readers for one in Corrections(ws, ws.clock()).concerns()] == [2]


def test_a_sender_that_ended_is_followed_by_the_waker_and_nobody_gets_it_twice(ws: Workspace) -> None:
    cancel_dive(ws)
    key = correct(ws)
    plan_issue(ws, key, edition_renderer(ws, key, ws.clock()), ws.clock())
    with provider_of(ws) as provider:
        dead = Line(ws, provider, find_job(ws, key), ws.clock, 1, "elsewhere:1:x", lambda: 0.0)
        held, _ = dead.claim()
        assert held is not None
        assert dead.mark(held)
    tick(ws, ws.clock())
    report = status(ws, key)
    assert report["states"]["submitting"] + report["states"]["accepted"] == 2
    assert len(recipients(ws, key)) == 1
    assert sum(report["states"].values()) == report["planned"] == 2


def test_the_waker_sends_no_correction_that_nobody_asked_it_to(ws: Workspace) -> None:
    cancel_dive(ws)
    key = correct(ws)
    tick(ws, ws.clock())
    assert status(ws, key)["state"] == "approved"


def test_a_draft_that_fails_its_checks_is_not_approved(ws: Workspace) -> None:
    cancel_dive(ws)
    template = ws.root / "templates/shared/footer.txt"
    template.write_text(template.read_text(encoding="utf-8").replace("slot.unsubscribe_url", "''"), encoding="utf-8")
    key = Corrections(ws, ws.clock()).draft([TITLE]).draft.key
    with pytest.raises(ApprovalError, match="errors"):
        approve(ws, key, "editor", ws.clock())


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("Datathon", "as readers were told"),
        ("Misssing data, honestly", "did you mean"),
        ("zzz", "nothing that was read"),
    ],
)
def test_what_is_no_event_to_correct_is_named(ws: Workspace, name: str, says: str) -> None:
    cancel_dive(ws)
    with pytest.raises(UsageError, match=says):
        Corrections(ws, ws.clock()).draft([name])


def test_a_correction_says_what_it_is_and_by_which_list_it_went(ws: Workspace) -> None:
    cancel_dive(ws)
    key = correct(ws)
    send(ws, key)
    with ws.store.read() as connection:
        kind = connection.execute(sa.select(issue.c.kind).where(issue.c.key == key)).scalar_one()
        lists = connection.execute(sa.select(delivery.c.list)).scalars().all()
    assert (kind, set(lists)) == ("correction", {"community"})
    assert list(show(ws, "ada@example.org").deliveries) == [(KEY, "accepted"), (key, "accepted")]
