"""A database that is away is waited for: by a worker that starts, and by a step of the ledger, taken again after it.

Whether a transaction whose answer was lost was committed, nobody knows: a step that is taken again is told so, and
finds out by itself.
"""

import logging
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

from sqlalchemy.exc import DBAPIError

from newsletter.app.workspace import Workspace
from newsletter.delivery.leases import SUBMIT_LEASE
from newsletter.log_fields import about
from newsletter.store.dialects import is_lost
from newsletter.store.engine import StoreError

LOG = logging.getLogger(__name__)
T = TypeVar("T")
#: Seconds before the second try, and most between two.
FIRST, MOST = 0.1, 5.0


def lasting(
    step: Callable[[bool], T], *, patience: timedelta = SUBMIT_LEASE, sleep: Callable[[float], None] = time.sleep
) -> T:
    """What the step returns; it is told whether it is taken again. The last error, after that long.

    Any other error than that the database went away, or asks for another try, is raised at once.
    """
    wait, waited = FIRST, 0.0
    while True:
        begun = time.monotonic()
        try:
            return step(waited > 0)
        except DBAPIError as error:
            waited += time.monotonic() - begun  # a try may itself have waited for minutes
            if not is_lost(error) or waited >= patience.total_seconds():
                raise
            said = "the database went away (%s); trying again in %.1f s"
            LOG.warning(said, type(error.orig).__name__, wait, extra=about("database.away", seconds=wait))
        sleep(wait)
        wait, waited = min(2 * wait, MOST), waited + wait


def reach(ws: Workspace, stop: threading.Event) -> bool:
    """Open the store, waiting as long as it takes for a database that is not there yet; False where told to stop.

    Machines start in any order. StoreError where anything else keeps the store from being opened.
    """
    wait = FIRST
    while not stop.is_set():
        try:
            return ws.store is not None
        except StoreError as error:
            if error.__cause__ is None or not is_lost(error.__cause__):
                raise
            said = "%s; trying again in %.1f s"
            LOG.warning(said, error, wait, extra=about("database.away", ws.settings.community.id, seconds=wait))
        stop.wait(wait)
        wait = min(2 * wait, MOST)
    return False
