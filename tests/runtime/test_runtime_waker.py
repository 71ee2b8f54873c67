"""The waker: at once, then at intervals, one at a time, whatever a tick does."""

import threading
import time
from datetime import timedelta

from newsletter.runtime.waker import waking

SOON = timedelta(milliseconds=60)


def test_it_wakes_at_once_and_again():
    ticks: list[float] = []
    enough = threading.Event()

    def tick() -> None:
        ticks.append(time.monotonic())
        if len(ticks) == 3:
            enough.set()

    with waking(tick, SOON):
        assert enough.wait(30)


def test_a_failing_tick_is_logged_and_followed_by_the_next(caplog):
    calls: list[int] = []
    enough = threading.Event()

    def tick() -> None:
        calls.append(1)
        if len(calls) == 1:
            raise RuntimeError("the disk is full")
        enough.set()

    with waking(tick, SOON):
        assert enough.wait(30)
    assert "the disk is full" in caplog.text


def test_a_slow_tick_is_never_joined_by_another_and_is_waited_for():
    running = threading.Lock()
    overlaps: list[bool] = []
    done: list[bool] = []
    second = threading.Event()

    def tick() -> None:
        overlaps.append(not running.acquire(blocking=False))
        if len(overlaps) == 2:
            second.set()
        time.sleep(0.3)
        done.append(True)
        running.release()

    with waking(tick, SOON):
        assert second.wait(30)
    assert not any(overlaps)
    assert len(done) == len(overlaps) >= 2
