"""How much a token may ask for: so many requests a minute, saved up for one minute at most."""

from collections.abc import Callable
from datetime import datetime
from math import ceil
from threading import Lock

MINUTE = 60.0


class Pace:
    """One bucket for each token, in this process; threads may ask at the same time."""

    def __init__(self, per_minute: int, clock: Callable[[], datetime]) -> None:
        self._most, self._clock = per_minute, clock
        self._buckets: dict[str, tuple[float, datetime]] = {}
        self._lock = Lock()

    def wait(self, token_id: str) -> int:
        """0 where the request may be served, which is counted; else after how many seconds the next may be."""
        now = self._clock()
        with self._lock:
            left, since = self._buckets.get(token_id, (float(self._most), now))
            # A clock that was set back gives nothing and takes nothing.
            gained = max(0.0, (now - since).total_seconds()) * self._most / MINUTE
            left = min(float(self._most), left + gained)
            served = left >= 1
            self._buckets[token_id] = (left - 1 if served else left, now)
        return 0 if served else max(1, ceil((1 - left) * MINUTE / self._most))
