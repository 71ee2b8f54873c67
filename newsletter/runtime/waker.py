"""Wakes the program at intervals; what is due is decided elsewhere, from the store (only importer of APScheduler).

The scheduler only wakes: its jobs live in memory, and a row per slot in the store makes a slot happen once. A shared
store of jobs would run each of them twice, and a cron rule fires twice in the hour that autumn repeats.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from threading import Lock

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.memory import MemoryJobStore
from apscheduler.schedulers.background import BackgroundScheduler

from newsletter.log_fields import about

LOG = logging.getLogger(__name__)
EVERY = timedelta(seconds=30)


class Waker:
    """Calls `tick` at once and then `every` so often, in a thread, never twice at a time, until `end` is called.

    A tick that fails is logged, and the next one comes all the same. Ticks missed while the machine slept are one.
    """

    def __init__(self, tick: Callable[[], object], every: timedelta = EVERY) -> None:
        self._tick, self._over, self._under_way = tick, False, Lock()
        self._scheduler = BackgroundScheduler(
            jobstores={"default": MemoryJobStore()}, executors={"default": ThreadPoolExecutor(1)}, timezone=UTC
        )
        self._scheduler.add_job(
            self._guarded,
            "interval",
            seconds=every.total_seconds(),
            coalesce=True,
            misfire_grace_time=None,
            max_instances=1,
            next_run_time=datetime.now(UTC),
        )
        # A tick that is still sending is not news: the next one finds the rest.
        logging.getLogger("apscheduler.scheduler").setLevel(logging.ERROR)
        self._scheduler.start()

    def end(self) -> None:
        """Wake no more; the tick under way is not waited for."""
        if not self._over:
            self._over = True
            self._scheduler.shutdown(wait=False)

    @property
    def is_at_rest(self) -> bool:
        """Whether no tick is under way."""
        return not self._under_way.locked()

    def wait(self) -> None:
        """Wait until the tick under way has ended."""
        with self._under_way:
            return

    def _guarded(self) -> None:
        with self._under_way:
            if self._over:
                return
            try:
                self._tick()
            except Exception:
                LOG.exception("this wake-up failed; the next one tries again", extra=about("wake.failed"))


@contextmanager
def waking(tick: Callable[[], object], every: timedelta = EVERY) -> Iterator[None]:
    """Wake while inside; leaving waits for the tick under way."""
    waker = Waker(tick, every)
    try:
        yield
    finally:
        waker.end()
        waker.wait()
