"""Wakes the program at intervals; what is due is decided elsewhere, from the store (only importer of APScheduler).

The scheduler only wakes: its jobs live in memory, and a row per slot in the store makes a slot happen once. A shared
store of jobs would run each of them twice, and a cron rule fires twice in the hour that autumn repeats.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.memory import MemoryJobStore
from apscheduler.schedulers.background import BackgroundScheduler

from newsletter.log_fields import about

LOG = logging.getLogger(__name__)
EVERY = timedelta(seconds=30)


@contextmanager
def waking(tick: Callable[[], object], every: timedelta = EVERY) -> Iterator[None]:
    """Call `tick` at once and then `every` so often, in a thread, never twice at a time; leaving waits for the last.

    A tick that fails is logged, and the next one comes all the same. Ticks missed while the machine slept are one.
    """
    scheduler = BackgroundScheduler(
        jobstores={"default": MemoryJobStore()}, executors={"default": ThreadPoolExecutor(1)}, timezone=UTC
    )
    scheduler.add_job(
        _guarded,
        "interval",
        args=(tick,),
        seconds=every.total_seconds(),
        coalesce=True,
        misfire_grace_time=None,
        max_instances=1,
        next_run_time=datetime.now(UTC),
    )
    # A tick that is still sending is not news: the next one finds the rest.
    logging.getLogger("apscheduler.scheduler").setLevel(logging.ERROR)
    scheduler.start()
    try:
        yield
    finally:
        scheduler.shutdown(wait=True)


def _guarded(tick: Callable[[], object]) -> None:
    try:
        tick()
    except Exception:
        LOG.exception("this wake-up failed; the next one tries again", extra=about("wake.failed"))
