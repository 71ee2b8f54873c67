"""The cadence over weeks of moved time, on the sample workspace, with a real store and a real outbox."""

import threading
from dataclasses import replace
from datetime import UTC, timedelta
from pathlib import Path
from shutil import copytree

import pytest
from cadence_workspace import Clock, all_states, at, mails, opened, reasons, states

from newsletter.app.dispatching import provider_of, send_issue
from newsletter.app.drafting import preview_draft, stored_draft
from newsletter.app.importing.subscribers_file import import_bytes
from newsletter.app.operating import AT_A_STRETCH, TickResult, new_waits, tick
from newsletter.app.reviewing.approving import approve
from newsletter.app.sending.pump import pause, status
from newsletter.app.workspace import with_settings

WEEK, NEXT = "weekly-2026-12-04", "weekly-2026-12-11"
TEN_MINUTES = timedelta(minutes=10)
DRAFT, SEND = "2026-12-01T09:00", "2026-12-04T09:00"


@pytest.fixture
def clock() -> Clock:
    return Clock("2026-11-30T12:00")


@pytest.fixture
def root(tmp_path: Path, monday: Path) -> Path:
    return copytree(monday, tmp_path / "lab")


def test_a_reviewed_issue_is_drafted_waits_for_approval_and_goes_out_once(root, clock):
    ws = opened(root, clock)
    assert tick(ws, clock.now).steps == ()
    assert tick(ws, clock.move(DRAFT)).keys("draft") == (WEEK,)
    assert (root / "issues" / f"{WEEK}.md").exists()
    assert tick(ws, clock.move(SEND)).keys("wait") == (WEEK,)
    assert mails(ws) == []
    approve(ws, WEEK, "priya", clock.move("2026-12-04T09:20"))
    assert tick(ws, clock.now).keys("send") == (WEEK,)
    assert states(ws) == {WEEK: "sent"}
    assert len(mails(ws)) == 2
    for hour in range(10, 20):
        assert tick(ws, clock.move(f"2026-12-04T{hour}:00")).steps == ()
    assert len(mails(ws)) == 2


def test_what_waits_is_news_once(root, clock):
    ws = opened(root, clock)
    tick(ws, clock.move(DRAFT))
    first = tick(ws, clock.move(SEND))
    later = tick(ws, clock.move("2026-12-04T10:00"))
    assert [step.key for step in new_waits(TickResult(), first)] == [WEEK]
    assert new_waits(first, later) == ()


def test_an_approved_issue_waits_for_its_time(root, clock):
    ws = opened(root, clock)
    tick(ws, clock.move(DRAFT))
    approve(ws, WEEK, "priya", clock.now)
    tick(ws, clock.move("2026-12-04T08:59:59"))
    assert mails(ws) == []
    tick(ws, clock.move(SEND))
    assert len(mails(ws)) == 2


def test_an_automatic_digest_needs_nobody(root, clock):
    ws = opened(root, clock, review="automatic")
    tick(ws, clock.move(DRAFT))
    assert tick(ws, clock.move(SEND)).keys("send") == (WEEK,)
    assert states(ws) == {WEEK: "sent"}
    assert len(mails(ws)) == 2


def test_an_issue_nobody_approved_is_skipped_and_says_so(root, clock):
    ws = opened(root, clock)
    tick(ws, clock.move(DRAFT))
    assert tick(ws, clock.move("2026-12-04T21:00")).keys("wait") == (WEEK,)
    (step,) = tick(ws, clock.move("2026-12-04T21:30")).steps
    assert (step.key, step.action) == (WEEK, "skip")
    assert step.why.startswith("not approved: missed by 12 hours")
    assert states(ws) == {WEEK: "skipped"}
    assert reasons(ws, WEEK) == [f"skipped: {step.why}"]
    assert status(ws, WEEK)["history"][-1]["by"] == "schedule"


def test_check_21_slots_missed_while_nothing_ran_are_written_down(root, clock):
    ws = opened(root, clock, review="automatic")
    tick(ws, clock.move(DRAFT))
    tick(ws, clock.move(SEND))
    result = tick(ws, clock.move("2026-12-26T10:00"))
    assert result.keys("skip") == ("weekly-2026-12-11", "weekly-2026-12-18", "weekly-2026-12-25")
    assert set(states(ws).values()) == {"sent", "skipped"}
    assert all_states(ws)["weekly-2027-01-01"] == "due"
    assert tick(ws, clock.now).steps == ()


def test_what_lies_before_the_first_start_was_not_missed(root, clock):
    ws = opened(root, clock, review="automatic")
    assert tick(ws, clock.move("2026-12-04T10:00")).steps == ()
    assert all_states(ws) == {"weekly-2026-12-11": "due"}


def test_a_first_slot_that_was_missed_is_written_down(root, clock):
    ws = opened(root, clock, review="automatic")
    assert tick(ws, clock.now).steps == ()
    assert tick(ws, clock.move("2026-12-10T10:00")).keys("skip") == (WEEK,)
    assert reasons(ws, WEEK) == ["skipped: missed by 6 days, more than the 12 hours it may be late"]


def test_a_cadence_that_changed_has_missed_nothing_before(root, clock):
    for moment in ("2026-11-30T12:00", DRAFT, SEND, "2026-12-04T10:00"):
        tick(opened(root, clock, review="automatic"), clock.move(moment))
    thursdays = opened(root, clock, review="automatic", cadence="weekly on Thursday at 09:00")
    assert tick(thursdays, clock.move("2026-12-16T10:00")).keys("skip") == (NEXT,)
    assert reasons(thursdays, NEXT) == ["skipped: 'weekly on Thursday at 09:00' has no such slot any more"]
    assert all_states(thursdays)["weekly-2026-12-17"] == "drafted"


def test_a_digest_without_a_next_term_does_not_hold_up_the_others(root, clock):
    ws = opened(root, clock, review="automatic")
    broken = ws.settings.digests["weekly"].model_copy(
        update={"cadence": "monthly on 1 at 09:00", "window": "term", "title": "Terms"}
    )
    ws = with_settings(ws, digests={"terms": broken, **ws.settings.digests}, terms={})
    (step, drafted) = tick(ws, clock.move(DRAFT)).steps
    assert (step.key, step.action) == ("terms", "wait")
    assert "add the next one to [terms]" in step.why
    assert (drafted.key, drafted.action) == (WEEK, "draft")


def test_an_automatic_issue_missed_by_a_few_hours_goes_out_late(root, clock):
    ws = opened(root, clock, review="automatic")
    tick(ws, clock.move("2026-11-27T08:59"))
    tick(ws, clock.move("2026-12-04T14:00"))
    assert tick(ws, clock.now).keys("send") == (WEEK,)
    assert len(mails(ws)) == 2
    assert reasons(ws, WEEK) == ["sending: 5 hours late"]


def test_skip_has_no_patience_beyond_a_restart(root, clock):
    ws = opened(root, clock, review="automatic", catch_up="skip")
    tick(ws, clock.move(DRAFT))
    assert tick(ws, clock.move("2026-12-04T09:16")).keys("skip") == (WEEK,)
    assert reasons(ws, WEEK) == ["skipped: missed by 16 minutes, more than the 15 minutes it may be late"]


def test_merge_sends_the_newest_of_those_missed(root, clock):
    ws = opened(root, clock, review="automatic", catch_up="merge")
    tick(ws, clock.move(DRAFT))
    result = tick(ws, clock.move("2026-12-13T10:00"))
    assert result.keys("merge") == (WEEK,)
    assert result.keys("draft") == (NEXT,)
    assert tick(ws, clock.now).keys("send") == (NEXT,)
    assert reasons(ws, WEEK) == [f"skipped: 9 days late, merged into {NEXT}"]
    assert reasons(ws, NEXT)[0] == f"due: covers from 2026-12-07, since {WEEK} was merged into it"


def test_what_is_merged_is_told_by_the_next_issue(root, clock):
    ws = opened(root, clock, catch_up="merge")
    tick(ws, clock.move(DRAFT))
    assert tick(ws, clock.move("2026-12-08T08:59")).keys("wait") == (WEEK,)
    result = tick(ws, clock.move("2026-12-08T09:00"))
    assert (result.keys("merge"), result.keys("draft")) == ((WEEK,), (NEXT,))
    window = stored_draft(ws, NEXT).slot.window
    assert (window.start, window.end) == (at("2026-12-07T00:00"), at("2026-12-21T00:00"))
    assert reasons(ws, WEEK) == [f"skipped: not approved: 4 days late, merged into {NEXT}"]
    assert preview_draft(ws, "weekly", at("2026-12-09T00:00")).slot.window == window


def test_three_missed_in_a_row_are_told_by_the_fourth(root, clock):
    ws = opened(root, clock, review="automatic", catch_up="merge")
    tick(ws, clock.move(DRAFT))
    result = tick(ws, clock.move("2026-12-25T10:00"))
    assert result.keys("merge") == (WEEK, NEXT, "weekly-2026-12-18")
    assert stored_draft(ws, "weekly-2026-12-25").slot.window.start == at("2026-12-07T00:00")


def test_an_issue_approved_before_another_was_merged_into_it_is_drafted_again(root, clock):
    """Where drafts are made long ahead, the next one stands already when a missed one is merged into it."""
    ws = opened(root, clock, catch_up="merge", draft="9 days before")
    tick(ws, clock.move("2026-12-02T09:00"))
    approve(ws, NEXT, "priya", clock.now)
    result = tick(ws, clock.move("2026-12-04T10:00"))
    assert (result.keys("merge"), result.keys("draft")) == ((WEEK,), (NEXT,))
    assert states(ws)[NEXT] == "drafted"
    assert stored_draft(ws, NEXT).slot.window.start == at("2026-12-07T00:00")
    assert tick(ws, clock.now).steps == ()


def test_a_digest_by_hand_tells_what_came_up_since_the_last_one(root, clock):
    ws = opened(root, clock, review="automatic", cadence="manual", window="since last, six weeks ahead")
    first = preview_draft(ws, "weekly", clock.now).slot.window
    assert (first.start, first.end) == (at("2026-11-30T00:00"), at("2027-01-11T00:00"))
    assert tick(ws, clock.now).steps == ()
    with provider_of(ws) as provider:
        send_issue(ws, provider, "weekly", clock.now)
    second = preview_draft(ws, "weekly", clock.move("2026-12-20T12:00")).slot.window
    assert (second.start, second.end) == (at("2026-11-30T00:00"), at("2027-01-31T00:00"))
    assert tick(ws, clock.now).steps == ()


def test_an_issue_cannot_be_merged_into_one_that_went_out_first(root, clock):
    ws = opened(root, clock, catch_up="merge", draft="9 days before")
    tick(ws, clock.move("2026-12-02T09:00"))
    approve(ws, NEXT, "priya", clock.now)
    with provider_of(ws) as provider:
        send_issue(ws, provider, NEXT, clock.now)
    assert tick(ws, clock.move("2026-12-04T10:00")).keys("skip") == (WEEK,)
    assert reasons(ws, WEEK) == [f"skipped: {NEXT} went out before it"]


def test_an_approved_issue_may_leave_late_until_the_next_one_leaves(root, clock):
    ws = opened(root, clock, catch_up="merge")
    tick(ws, clock.move(DRAFT))
    approve(ws, WEEK, "priya", clock.now)
    assert tick(ws, clock.move("2026-12-09T09:00")).keys("send") == (WEEK,)
    assert reasons(ws, WEEK) == ["sending: 5 days late"]


def test_since_last_begins_with_the_last_issue_that_went_out(root, clock):
    rules = {"review": "automatic", "window": "since last, two weeks ahead"}
    ws = opened(root, clock, **rules)
    tick(ws, clock.move(DRAFT))
    tick(ws, clock.move(SEND))
    tick(ws, clock.move("2026-12-08T09:00"))
    window = stored_draft(ws, NEXT).slot.window
    assert (window.start, window.end) == (at("2026-12-04T00:00"), at("2026-12-25T00:00"))


def test_an_empty_issue_is_skipped_with_its_reason(root, clock):
    for file in (root / "content").rglob("*.*"):
        file.unlink()
    ws = opened(root, clock, review="automatic")
    tick(ws, clock.move(DRAFT))
    (step,) = tick(ws, clock.move(SEND)).steps
    assert (step.action, step.why) == ("skip", "nothing falls into its window")
    assert reasons(ws, WEEK) == ["skipped: nothing falls into its window"]
    assert mails(ws) == []


PARTY = """---
title: Party
{status}
start: 2026-12-30 18:00
place: Lakeview Commons
---
"""


def test_an_issue_that_only_calls_something_off_is_not_empty_for_those_who_were_told(root, clock):
    for file in (root / "content").rglob("*.*"):
        file.unlink()
    page = root / "content" / "community" / "party.md"
    page.write_text(PARTY.format(status="tags: [social]"), encoding="utf-8")
    month = opened(root, clock, review="automatic", window="4 weeks from next Monday")
    tick(month, clock.move(DRAFT))
    assert tick(month, clock.move(SEND)).keys("send") == (WEEK,)
    page.write_text(PARTY.format(status="status: cancelled"), encoding="utf-8")
    week = opened(root, clock, review="automatic")
    tick(week, clock.move("2026-12-08T09:00"))
    assert tick(week, clock.move("2026-12-11T09:00")).keys("send") == (NEXT,)
    assert len(mails(week)) == 4


def test_an_empty_issue_leaves_where_the_digest_says_so(root, clock):
    for file in (root / "content").rglob("*.*"):
        file.unlink()
    ws = opened(root, clock, review="automatic", skip_empty=False)
    tick(ws, clock.move(DRAFT))
    assert tick(ws, clock.move(SEND)).keys("send") == (WEEK,)
    assert len(mails(ws)) == 2


def test_a_sending_that_was_stopped_is_gone_on_with(root, clock):
    ws = opened(root, clock, review="automatic")
    tick(ws, clock.move(DRAFT))
    clock.move(SEND)
    stopping = iter([False])
    tick(ws, clock.now, lambda: next(stopping, True))
    assert states(ws) == {WEEK: "sending"}
    assert mails(ws) == []
    tick(opened(root, clock, review="automatic"), clock.move("2026-12-04T09:01"))
    assert states(ws) == {WEEK: "sent"}
    assert len(mails(ws)) == 2


def test_one_wake_up_hands_over_many_batches(root, clock):
    people = "email\n" + "".join(f"reader{number}@example.org\n" for number in range(AT_A_STRETCH + 3))
    ws = opened(root, clock, review="automatic")
    import_bytes(ws, people.encode(), "more.csv", "community")
    provider = ws.settings.provider.model_copy(update={"batch": 1})
    ws = replace(ws, settings=ws.settings.model_copy(update={"provider": provider}))
    tick(ws, clock.move(DRAFT))
    tick(ws, clock.move(SEND))
    assert states(ws) == {WEEK: "sent"}
    assert len(mails(ws)) == AT_A_STRETCH + 5


def test_a_draft_is_as_of_a_round_moment_so_that_two_wakers_freeze_the_same(root, clock):
    ws = opened(root, clock)
    tick(ws, clock.move("2026-12-01T09:03:17"))
    assert stored_draft(ws, WEEK).as_of == at(DRAFT)


def test_a_draft_of_a_missed_slot_is_of_that_slot(root, clock):
    ws = opened(root, clock, review="automatic")
    tick(ws, clock.move("2026-11-27T08:59"))
    assert tick(ws, clock.move("2026-12-04T14:00")).keys("draft") == (WEEK,)
    assert stored_draft(ws, WEEK).as_of == at("2026-12-04T14:00")


def test_a_paused_issue_is_left_alone(root, clock):
    ws = opened(root, clock, review="automatic")
    tick(ws, clock.move(DRAFT))
    stopping = iter([False])
    tick(ws, clock.move(SEND), lambda: next(stopping, True))
    pause(ws, WEEK, clock.now)
    assert tick(ws, clock.move("2026-12-04T09:01")).steps == ()
    assert mails(ws) == []


def test_a_broken_template_holds_up_its_issue_and_is_tried_again(root, clock, caplog):
    ws = opened(root, clock, review="automatic")
    tick(ws, clock.move(DRAFT))
    ws_broken = opened(root, clock, review="automatic", theme="hours")
    template = root / "templates" / "hours" / "issue.mjml"
    good = template.read_text()
    template.write_text(good + "{{ nobody.knows }}")
    clock.move("2026-12-08T09:00")
    assert tick(ws_broken, clock.now).keys("skip") == (WEEK,)
    clock.move("2026-12-11T09:00")
    (step,) = tick(ws_broken, clock.now).steps
    assert step.action == "wait"
    assert "nobody" in caplog.text


@pytest.mark.parametrize("night", ["2026-11-01", "2027-03-14"])
@pytest.mark.parametrize("clock_time", ["01:30", "02:30"])
def test_a_night_in_which_the_clocks_change_has_one_issue(root, clock, night, clock_time):
    ws = opened(root, clock, review="automatic", cadence=f"weekly on Sunday at {clock_time}", draft="1 hour before")
    start = at(f"{night}T00:00").astimezone(UTC)
    sent = [key for step in range(36) for key in tick(ws, clock.set(start + step * TEN_MINUTES)).keys("send")]
    assert sent == [f"weekly-{night}"]
    assert len(mails(ws)) == 2


def test_check_21_two_wakers_on_one_store_make_one_issue(root, clock):
    opened(root, clock).store.close()
    rooms = [opened(root, clock, review="automatic") for _ in range(4)]
    failures: list[BaseException] = []

    def wake(ws) -> None:
        try:
            barrier.wait()
            for _ in range(3):
                tick(ws, clock.now)
        except BaseException as error:
            failures.append(error)

    for moment in (DRAFT, SEND):
        clock.move(moment)
        barrier = threading.Barrier(len(rooms))
        threads = [threading.Thread(target=wake, args=(ws,)) for ws in rooms]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert failures == []
    assert states(rooms[0]) == {WEEK: "sent"}
    assert len(mails(rooms[0])) == 2
    report = status(rooms[0], WEEK)
    assert report["planned"] == report["states"]["accepted"] == 2
