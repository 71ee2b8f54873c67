"""What a process has in hand: mails between their mark and what became of them, which no stop may cut through."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock


class Hands:
    """Counts what is in hand; any thread may ask. Whoever ends the process lays the hands down first."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._full = 0
        self._down = False

    @contextmanager
    def taking(self) -> Iterator[bool]:
        """Have something in hand while inside; False where nothing may be taken up any more."""
        with self._lock:
            may = not self._down
            self._full += may
        try:
            yield may
        finally:
            with self._lock:
                self._full -= may

    def lay_down(self) -> bool:
        """Take nothing up from now on; False, and nothing has changed, where something is in hand."""
        with self._lock:
            if self._full:
                return False
            self._down = True
            return True
