"""Workers as actors: each is the real pump in a thread of its own, and exactly one of them moves at a time.

An actor stops at every crash point of the program that lies outside of a transaction, and wherever it stops it may be
left for any time, or be killed. Within a transaction it can be killed and not be left: no other process would see
anything of it either.
"""

import threading
from collections.abc import Callable


class Killed(BaseException):
    """The process is gone: nothing of it may catch this and go on."""


class Actor:
    """One worker. `label` is the moment it stands at; `error` is what its work raised, if it did."""

    def __init__(self, name: str, work: Callable[[], object]) -> None:
        self.name = name
        self.label = "start"
        self.over = False
        self.error: Exception | None = None
        #: Dies as soon as it passes so many moments more, those within transactions counted.
        self.dies_in: int | None = None
        #: Is not moved before this turn: the machine sleeps, or its provider does.
        self.sleeps_until = 0
        self._work = work
        self._go, self._stopped = threading.Lock(), threading.Lock()
        self._go.acquire()
        self._stopped.acquire()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def move(self) -> None:
        """On to its next moment, or to its end."""
        self._go.release()
        self._stopped.acquire()
        if self.over:
            self._thread.join()

    def passes(self, label: str, *, may_stop: bool) -> None:
        """Called in its own thread at each moment."""
        self.label = label
        if self.dies_in is not None:
            self.dies_in -= 1
            if self.dies_in < 0:
                raise Killed
        if may_stop:
            self._stopped.release()
            self._go.acquire()
            if self.dies_in == 0:
                raise Killed

    def _run(self) -> None:
        self._go.acquire()
        try:
            if self.dies_in is None:
                self._work()
        except Killed:
            pass
        except Exception as error:
            self.error = error
        finally:
            self.over = True
            self._stopped.release()
