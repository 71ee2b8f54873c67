"""Signals that tell the program what to do, and a wait that they may interrupt at any moment."""

import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

#: Seconds between two looks at whether the program is to stop.
HEED = 0.2


class Flag(threading.Event):
    """An event that a signal's handler may set or clear in the middle of anything, its own `wait` among it.

    In an ordinary event the handler may find the lock taken that it needs, by the very thread that it interrupts,
    which is then stuck for good.
    """

    def __init__(self) -> None:
        super().__init__()
        self._raised = False

    def is_set(self) -> bool:
        """Whether it is set."""
        return self._raised

    def set(self) -> None:
        """Set it."""
        self._raised = True

    def clear(self) -> None:
        """Take it back."""
        self._raised = False

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until it is set, or so many seconds; whether it is set."""
        until = None if timeout is None else time.monotonic() + timeout
        while not self._raised:
            left = HEED if until is None else min(HEED, until - time.monotonic())
            if left <= 0:
                break
            time.sleep(left)
        return self._raised


@contextmanager
def stopping_on_signals(stop: threading.Event) -> Iterator[None]:
    """While inside, SIGTERM and SIGINT set `stop`; a second one acts as it did before. Main thread only."""
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}

    def told(number: int, _frame: FrameType | None) -> None:
        stop.set()
        signal.signal(number, before[signal.Signals(number)])

    for number in before:
        signal.signal(number, told)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def reloading_on_hang_up(ask: Callable[[], None]) -> Iterator[None]:
    """While inside, SIGHUP calls `ask`, which a second one may interrupt. Main thread only."""
    before = signal.signal(signal.SIGHUP, lambda _number, _frame: ask())
    try:
        yield
    finally:
        signal.signal(signal.SIGHUP, before)
