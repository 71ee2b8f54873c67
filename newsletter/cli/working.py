"""Workers for several communities in one process, each in a thread of its own."""

import logging
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from newsletter.app.dispatching import provider_of
from newsletter.app.sending.draining import work
from newsletter.app.workspace import Workspace, open_workspace
from newsletter.log_fields import about

LOG = logging.getLogger(__name__)


def work_for(
    folders: Sequence[Path], stop: threading.Event, *, once: bool, opens: Callable[[Path], Workspace] = open_workspace
) -> bool:
    """Drain the mailings of all until told to stop, or with `once` until nothing is due.

    False where one could not be opened, which is logged and holds up no other, or where a mailing failed.
    """
    several = tuple(dict.fromkeys(folder.resolve() for folder in folders))
    with ThreadPoolExecutor(len(several), "worker") as threads:
        return all(list(threads.map(lambda folder: _work(folder, stop, opens, once=once), several)))


def _work(folder: Path, stop: threading.Event, opens: Callable[[Path], Workspace], *, once: bool) -> bool:
    try:
        ws = opens(folder)
        with provider_of(ws) as provider:
            return work(ws, provider, stop, once=once)
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
