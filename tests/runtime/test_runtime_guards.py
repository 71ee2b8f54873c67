"""What `run` does where a guard holds an issue: it waits, says why, and goes on by itself or by a person's word."""

import threading
from pathlib import Path
from shutil import copytree

import pytest
from cadence_workspace import Clock, mails, opened, states

from newsletter.app.alerting import alerts_since
from newsletter.app.alerts.telling import tellers
from newsletter.app.importing.subscribers_file import import_bytes
from newsletter.app.operating import tick
from newsletter.app.sending.fence import FILE
from newsletter.app.sending.pump import status
from newsletter.app.workspace import with_settings
from newsletter.cli.at_work import Shift
from newsletter.model.guarding import GuardSettings

WEEK, NEXT = "weekly-2026-12-04", "weekly-2026-12-11"
DRAFT, SEND = "2026-12-01T09:00", "2026-12-04T09:00"


@pytest.fixture
def clock() -> Clock:
    return Clock("2026-11-30T12:00")


@pytest.fixture
def root(tmp_path: Path, monday: Path) -> Path:
    return copytree(monday, tmp_path / "lab")


def test_run_holds_an_audience_unlike_the_last_one_and_alerts_once(
    root: Path, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    ws = opened(root, clock, review="automatic")
    for moment in (DRAFT, SEND):
        tick(ws, clock.move(moment))
    more = "email\n" + "\n".join(f"reader{number}@example.org" for number in range(20))
    import_bytes(ws, more.encode(), "more.csv", "community")
    tick(ws, clock.move("2026-12-08T09:00"))
    caplog.clear()
    shift = Shift(ws, threading.Event())
    waits = []
    for minute in (0, 1):
        clock.move(f"2026-12-11T09:0{minute}")
        shift._now._wake()
        waits.append(shift._now._told.steps)
    for teller in tellers(ws):
        teller.beat()
    shift.close()

    assert caplog.text.count("--accept-audience 22") == 1, "the log says it once"
    assert [step.action for steps in waits for step in steps] == ["wait", "wait"]
    assert "--accept-audience 22" in waits[0][0].why
    assert (states(ws)[NEXT], len(mails(ws))) == ("drafted", 2)
    assert [one.kind for one in alerts_since(ws, clock.move(SEND))] == ["guard-audience"]


def test_check_22_run_sends_nothing_from_an_old_copy_of_the_store(root: Path, clock: Clock) -> None:
    ws = opened(root, clock, review="automatic")
    tick(ws, clock.move(DRAFT))
    (root / FILE).write_text('{"sent": 7, "consents": 2}')
    (step,) = tick(ws, clock.move(SEND)).steps

    assert (step.action, "older copy" in step.why, mails(ws)) == ("wait", True, [])
    assert status(ws, WEEK)["guards"][0]["guard"] == "restored"


def test_run_sends_to_the_first_and_to_the_others_after_the_hold(root: Path, clock: Clock) -> None:
    ws = with_settings(opened(root, clock, review="automatic"), guards=GuardSettings(canary=1))
    tick(ws, clock.move(DRAFT))
    (step,) = tick(ws, clock.move(SEND)).steps
    assert (step.action, "1 readers have it" in step.why, len(mails(ws))) == ("wait", True, 1)
    tick(ws, clock.move("2026-12-04T09:59"))
    assert len(mails(ws)) == 1
    tick(ws, clock.move("2026-12-04T10:00"))
    assert (len(mails(ws)), states(ws)) == (2, {WEEK: "sent"})
