"""One more worker: it sends what is planned, whatever it is, and stops where it is told to."""

import threading
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from support_workspace import KEY, NOW, Clock, open_at, render, with_issue, with_readers

from newsletter.app.sending.draining import LOOK_AGAIN, REST, Drained, drain, keys_being_sent, rest_after, work
from newsletter.app.sending.line import SHORT_WAIT
from newsletter.app.sending.pump import pause, plan_issue, status
from newsletter.app.workspace import Workspace, with_settings
from newsletter.model.delivery import Batch, Outcome, Receipt, receipts_for_all
from newsletter.model.workspace import ProviderSettings

LATER = "weekly-2026-12-11"


class Road:
    """Takes everything; `then` is called after each batch."""

    def __init__(self, outcome: Outcome = "accepted", then: Callable[[], object] = lambda: None) -> None:
        self.outcome, self.then = outcome, then
        self.batches: list[Batch] = []

    def submit(self, batch: Batch) -> Sequence[Receipt]:
        self.batches.append(batch)
        self.then()
        return receipts_for_all(batch, self.outcome, "")

    def close(self) -> None: ...


@pytest.fixture
def ws(tmp_path: Path) -> Workspace:
    found = with_settings(open_at(tmp_path, Clock()), provider=ProviderSettings(batch=2))
    with_readers(found, 5)
    for key in (KEY, LATER):
        with_issue(found, key)
    return found


def accepted(ws: Workspace, key: str = KEY) -> int:
    return status(ws, key)["states"]["accepted"]


def test_it_sends_all_that_is_planned_and_nothing_else(ws: Workspace) -> None:
    plan_issue(ws, KEY, render, NOW)
    assert work(ws, Road(), threading.Event(), once=True)
    assert (accepted(ws), status(ws, KEY)["state"]) == (5, "sent")
    assert (accepted(ws, LATER), status(ws, LATER)["state"]) == (0, "approved")


def test_several_mailings_get_their_turn_and_one_that_is_paused_gets_none(ws: Workspace) -> None:
    for key in (KEY, LATER):
        plan_issue(ws, key, render, NOW)
    assert keys_being_sent(ws) == (KEY, LATER)
    pause(ws, LATER, NOW)
    assert keys_being_sent(ws) == (KEY,)
    assert work(ws, Road(), threading.Event(), once=True)
    assert (accepted(ws), accepted(ws, LATER)) == (5, 0)


def test_told_to_stop_it_finishes_the_batch_in_hand_and_takes_no_other(ws: Workspace) -> None:
    plan_issue(ws, KEY, render, NOW)
    stop = threading.Event()
    assert work(ws, Road(then=stop.set), stop, once=False)
    states = status(ws, KEY)["states"]
    assert (states["accepted"], states["pending"]) == (2, 3)


def test_a_mailing_that_fails_does_not_hold_up_the_others_and_is_told(ws: Workspace) -> None:
    for key in (KEY, LATER):
        plan_issue(ws, key, render, NOW)
    road = Road()

    def fail_for_the_first() -> None:
        if road.batches[-1].mailing == KEY:
            raise RuntimeError("a fault of the road's own")

    road.then = fail_for_the_first
    done = drain(ws, road, lambda: False)
    assert (done.failed, accepted(ws), accepted(ws, LATER)) == (1, 0, 5)
    assert status(ws, KEY)["states"]["unknown"] == 2


def test_it_looks_again_soon_rests_after_a_failure_and_waits_no_longer_than_it_must() -> None:
    assert rest_after(Drained(), NOW) == LOOK_AGAIN
    assert rest_after(Drained(failed=1), NOW) == REST
    assert rest_after(Drained(next_due=NOW + timedelta(hours=1)), NOW) == LOOK_AGAIN
    assert rest_after(Drained(next_due=NOW + timedelta(milliseconds=500)), NOW) == timedelta(milliseconds=500)
    assert rest_after(Drained(next_due=NOW - timedelta(hours=1)), NOW) == SHORT_WAIT, "others are just taking it"


def test_what_was_put_off_is_told_and_left_to_a_later_round(ws: Workspace) -> None:
    plan_issue(ws, KEY, render, NOW)
    done = drain(ws, Road("refused_for_now"), lambda: False)
    assert done.next_due is not None
    assert done.next_due > NOW
    assert drain(ws, Road(), lambda: False).batches == 0
