"""Signals come in the middle of anything, also of the wait that they are to end."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from newsletter.app.reloading import Reloader
from newsletter.app.sample import init_workspace
from newsletter.app.workspace import open_workspace
from newsletter.runtime.signals import Flag, stopping_on_signals


@contextmanager
def interrupted(act: Callable[[], object], after: float) -> Iterator[None]:
    """Inside, this thread is interrupted by `act`, after so many seconds."""
    before = signal.signal(signal.SIGALRM, lambda _number, _frame: act())
    signal.setitimer(signal.ITIMER_REAL, after)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_sets_stop_and_the_handlers_come_back(number):
    before = signal.getsignal(number)
    stop = Flag()
    with stopping_on_signals(stop):
        os.kill(os.getpid(), number)
        assert stop.wait(30)
    assert signal.getsignal(number) is before


BUSY = """
import signal, sys, time
from newsletter.runtime.signals import Flag

def told(number, frame):
    flag.set()
    flag.clear()

flag = Flag()
signal.signal(signal.SIGALRM, told)
signal.setitimer(signal.ITIMER_REAL, 0.002, 0.002)
until = time.monotonic() + 0.5
while time.monotonic() < until:
    flag.wait(0)
    flag.clear()
signal.setitimer(signal.ITIMER_REAL, 0)
"""


def test_a_flag_is_raised_and_taken_back_in_the_middle_of_its_own_calls():
    subprocess.run([sys.executable, "-c", BUSY], check=True, timeout=60)  # an ordinary event is stuck here


def test_a_flag_says_whether_it_was_raised_in_time():
    flag = Flag()
    assert not flag.wait(0.01)
    threading.Timer(0.05, flag.set).start()
    assert flag.wait(30)
    flag.clear()
    assert not flag.is_set()


def test_a_wait_for_another_configuration_ends_though_a_signal_outlasts_it(tmp_path: Path):
    init_workspace(tmp_path / "lab")
    ws = open_workspace(tmp_path / "lab")
    reloader = Reloader(ws)
    freed = threading.Timer(20, reloader._asked.put, [ws])  # what is stuck is let go, so that this test fails
    freed.start()
    with interrupted(lambda: time.sleep(0.2), 0.02):
        found = reloader.wanted(0.05)
    freed.cancel()
    ws.store.close()
    assert found is None


def test_who_asks_by_a_signal_is_heard(tmp_path: Path):
    init_workspace(tmp_path / "lab")
    ws = open_workspace(tmp_path / "lab")
    reloader = Reloader(ws)
    with interrupted(reloader.ask, 0.02):
        found = reloader.wanted(0.1)
    ws.store.close()
    assert found is not None
    found.store.close()
