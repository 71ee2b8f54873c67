"""How the process ends: what was begun is waited for, but not for ever, and then it is over at once."""

import gc
import logging
import os
import sys
import threading
import time
from collections.abc import Callable
from typing import NoReturn

from newsletter.log_fields import about

LOG = logging.getLogger(__name__)
#: Seconds between two looks at what is waited for.
LOOK = 0.02
_left: list[str] = []


def leave_behind(what: str) -> None:
    """Say that something goes on which the end of the process does not wait for; no reader's mail is among it."""
    LOG.warning("%s is broken off; nothing is lost by it", what, extra=about("stop.left"))
    _left.append(what)


def closing_within(seconds: float, what: str, close: Callable[[], object]) -> None:
    """Close something, or leave it behind after so many seconds. What it raises is raised."""
    raised: list[BaseException] = []

    def run() -> None:
        try:
            close()
        except BaseException as error:
            raised.append(error)

    thread = threading.Thread(target=run, name="closing", daemon=True)
    thread.start()
    thread.join(seconds)
    if thread.is_alive():
        leave_behind(what)
    if raised:
        raise raised[0]


def waited(done: Callable[[], bool], seconds: float) -> bool:
    """Wait so many seconds for something to be so; whether it is."""
    end = time.monotonic() + seconds
    while not done():
        if time.monotonic() > end:
            return False
        time.sleep(LOOK)
    return True


def end_process(code: int) -> NoReturn:
    """End with this exit code. Threads that were left behind are not waited for, as Python would."""
    gc.freeze()  # Python would look through all that was ever imported once more, to no purpose
    if not _left:
        sys.exit(code)
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
