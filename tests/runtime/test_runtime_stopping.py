"""Told to stop: the batch in hand is finished, nothing else is begun, and nothing that hangs is waited for long."""

import logging
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from cadence_workspace import Clock, all_states, new_workspace, opened

from newsletter.app import operating
from newsletter.app.drafting import draft_issue
from newsletter.app.importing.subscribers_file import import_bytes
from newsletter.app.sending.auditing import audit_mailing
from newsletter.app.sending.control import status
from newsletter.app.workspace import Workspace, open_workspace, with_settings
from newsletter.cli import at_work
from newsletter.cli.at_work import Shift
from newsletter.model.delivery import Batch, Receipt, receipts_for_all
from newsletter.model.hands import Hands
from newsletter.runtime import leaving
from newsletter.runtime.leaving import closing_within

WEEK = "weekly-2026-12-04"
#: Long enough for whatever comes for sure, and short enough to be seen not to come.
LONG, SHORT = 60, 0.4


def until(condition: Callable[[], object]) -> None:
    end = time.monotonic() + LONG
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


@pytest.fixture(autouse=True)
def nothing_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leaving, "_left", [])


class Slow:
    """A provider whose every batch waits to be let go."""

    def __init__(self) -> None:
        self.batches: list[int] = []
        self.let_go = threading.Event()

    @contextmanager
    def road(self, _ws: Workspace) -> Iterator["Slow"]:
        yield self

    def submit(self, batch: Batch) -> Sequence[Receipt]:
        self.batches.append(len(batch.rows))
        assert self.let_go.wait(LONG)
        return receipts_for_all(batch, "accepted", "")

    def close(self) -> None: ...


@pytest.fixture
def sending(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Workspace, Slow]]:
    """Six readers, one in a batch, at the moment of sending."""
    clock, slow = Clock("2026-12-01T09:00"), Slow()
    root = new_workspace(tmp_path / "lab", clock)
    ws = opened(root, clock, review="automatic")
    one_by_one = ws.settings.provider.model_copy(update={"batch": 1})
    ws = with_settings(ws, provider=one_by_one)
    rows = "\n".join(("email", *(f"reader{n}@example.org" for n in range(4))))
    import_bytes(ws, rows.encode(), "more.csv", "community")
    draft_issue(ws, "weekly", clock())
    clock.move("2026-12-04T09:00")
    monkeypatch.setattr(operating, "provider_of", slow.road)
    yield ws, slow
    slow.let_go.set()
    ws.store.close()


def test_the_batch_in_hand_is_finished_however_long_it_takes_and_no_other_is_begun(sending, monkeypatch):
    monkeypatch.setattr(at_work, "GRACE", 0.05)
    ws, slow = sending
    shift = Shift(ws, threading.Event())
    shift.begin()
    until(lambda: slow.batches)
    resting = threading.Thread(target=shift.rest)
    resting.start()
    resting.join(SHORT)
    assert resting.is_alive(), "a batch is in hand"
    until(shift._now._resting.is_set)
    slow.let_go.set()
    resting.join(LONG)
    shift.close()
    assert slow.batches == [1]
    assert all_states(ws)[WEEK] == "sending"
    assert status(ws, WEEK)["states"]["accepted"] == 1
    assert audit_mailing(ws, WEEK).violations == ()


def test_a_source_that_does_not_answer_is_not_waited_for(tmp_path, monkeypatch, caplog):
    monkeypatch.setattr(at_work, "GRACE", 0.2)
    caplog.set_level(logging.WARNING)
    root = new_workspace(tmp_path / "lab", Clock("2026-12-01T09:00"))
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        with (root / "config.toml").open("a", encoding="utf-8") as config:
            config.write(f'\n[[sources]]\nname = "far"\nformat = "ics"\nurl = "http://127.0.0.1:{port}/"\n')
        ws = open_workspace(root, {"NEWSLETTER_FETCH_ALLOW": "127.0.0.0/8"})
        shift = Shift(ws, threading.Event())
        shift.begin()
        silent.settimeout(LONG)
        asked, _ = silent.accept()
        shift.rest()
        assert "is broken off" in caplog.text
        assert not any(waker.is_at_rest for waker in shift._now._wakers[:1]), "it still waits for an answer"
        with ws.hands.taking() as may:
            assert not may, "nothing is handed over any more"
        asked.close()
    until(lambda: all(waker.is_at_rest for waker in shift._now._wakers))
    shift.close()
    ws.store.close()


def test_hands_are_not_laid_down_while_something_is_in_them():
    hands = Hands()
    with hands.taking() as may:
        assert may
        assert not hands.lay_down()
    assert hands.lay_down()
    with hands.taking() as may:
        assert not may
    assert hands.lay_down(), "once more is no harm"


def test_what_does_not_close_is_left_behind_and_what_it_raises_is_raised(caplog):
    going_on = threading.Event()
    closing_within(0.05, "a page", lambda: going_on.wait(LONG))
    assert "a page is broken off" in caplog.text
    going_on.set()
    with pytest.raises(OSError, match="no room"):
        closing_within(LONG, "a page", lambda: (_ for _ in ()).throw(OSError("no room")))


def test_waiting_for_the_pace_ends_when_told_to_stop():
    stop = threading.Event()
    threading.Timer(0.05, stop.set).start()
    operating._doze(stop.is_set, LONG)
    assert stop.is_set()
