"""Workers for several communities in one process, each in a thread of its own."""

import logging
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from newsletter.app.dispatching import provider_of
from newsletter.app.sending.draining import work
from newsletter.app.sending.lasting import reach
from newsletter.app.workspace import Workspace, open_workspace
from newsletter.log_fields import about
from newsletter.runtime.workers import attend, can_attend

LOG = logging.getLogger(__name__)


def work_on(ws: Workspace, stop: threading.Event, *, once: bool, lanes: int = 1) -> bool:
    """Drain one workspace's mailings: by jobs where workers of several machines share them, else by looking.

    A database that is not there yet is waited for, but not with `once`: whoever asks for that asks again.
    """
    if not (once or reach(ws, stop)):
        return True
    if can_attend(ws) and not once:
        attend(ws, partial(provider_of, ws), stop, lanes=lanes)
        return True
    with provider_of(ws) as provider:
        return work(ws, provider, stop, once=once)


def work_for(
    folders: Sequence[Path],
    stop: threading.Event,
    *,
    once: bool,
    lanes: int = 1,
    opens: Callable[[Path], Workspace] = open_workspace,
) -> bool:
    """Drain the mailings of all until told to stop, or with `once` until nothing is due.

    False where one could not be opened, which is logged and holds up no other, or where a mailing failed.
    """
    several = tuple(dict.fromkeys(folder.resolve() for folder in folders))
    with ThreadPoolExecutor(len(several), "worker") as threads:
        return all(list(threads.map(lambda folder: _work(folder, stop, opens, once=once, lanes=lanes), several)))


def _work(folder: Path, stop: threading.Event, opens: Callable[[Path], Workspace], *, once: bool, lanes: int) -> bool:
    try:
        return work_on(opens(folder), stop, once=once, lanes=lanes)
    except Exception as error:
        problems = tuple(getattr(error, "problems", ()))
        LOG.error(
            "nothing is sent for %s: %s",
            folder,
            "; ".join(map(str, problems)) or error,
            exc_info=not problems,
            extra=about("community.failed"),
        )
        return False
