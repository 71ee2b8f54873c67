"""One more pair of hands: drain whatever is planned and being sent, mailing by mailing, as long as there is anything.

Nothing is drafted, approved or planned here; any number of processes may do this at once, since the ledger alone says
who holds what.
"""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from newsletter.app.sending.line import SHORT_WAIT
from newsletter.app.sending.planning import SendRefused
from newsletter.app.sending.pump import pump
from newsletter.app.sending.workers import this_worker
from newsletter.app.workspace import Workspace
from newsletter.log_fields import about
from newsletter.model.delivery import Provider
from newsletter.store import mailings

LOG = logging.getLogger(__name__)
#: Batches of one mailing before the next one gets its turn.
AT_A_STRETCH = 10
#: Between two looks where nothing is due: so long may a mailing that was just planned wait for this worker.
LOOK_AGAIN = timedelta(seconds=1)
#: After a failure, so that a road that is closed does not fill the log.
REST = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Drained:
    """One round over all mailings: batches handed over, mailings that failed, and when more is due, if ever."""

    batches: int = 0
    failed: int = 0
    next_due: datetime | None = None


def work(ws: Workspace, provider: Provider, stop: threading.Event, *, once: bool) -> bool:
    """Drain until told to stop, or with `once` until nothing is due; False where a mailing failed in the last round.

    What was begun is finished: `stop` is heeded between two batches.
    """
    while not stop.is_set():
        done = drain(ws, provider, stop.is_set)
        if once and not done.batches:
            return not done.failed
        if not done.batches:
            stop.wait(rest_after(done, ws.clock()).total_seconds())
    return True


def drain(ws: Workspace, provider: Provider, stopping: Callable[[], bool]) -> Drained:
    """Give every mailing that is being sent its turn, once. StoreError where a newer program changed the schema."""
    ws.store.check()
    total = Drained()
    for key in keys_being_sent(ws):
        if not stopping():
            total = _sum(total, turn(ws, provider, key, stopping))
    return total


def keys_being_sent(ws: Workspace) -> tuple[str, ...]:
    """Issues, corrections and one-offs whose audience is frozen and that are neither over nor paused."""
    with ws.store.read() as connection:
        return mailings.being_sent(connection, ws.settings.community.id)


def due_keys(ws: Workspace, most: int) -> dict[str, int]:
    """The mailings with something to send at this moment, each with how many batches that makes, up to so many."""
    size = ws.settings.provider.batch
    with ws.store.read() as connection:
        found = mailings.due_now(connection, ws.settings.community.id, ws.clock(), most * size)
    return {key: -(-count // size) for key, count in found.items() if count}


def rest_after(done: Drained, now: datetime) -> timedelta:
    """How long to wait after a round in which nothing was handed over."""
    if done.failed:
        return REST
    if done.next_due is None:
        return LOOK_AGAIN
    return max(SHORT_WAIT, min(done.next_due - now, LOOK_AGAIN))


def turn(ws: Workspace, provider: Provider, key: str, stopping: Callable[[], bool]) -> Drained:
    """Some batches of one mailing, wherever it is called: by a loop over all of them, or by a job of an engine."""
    try:
        summary = pump(
            ws,
            provider,
            key,
            ws.clock,
            batch=ws.settings.provider.batch,
            worker_id=this_worker(),
            max_batches=AT_A_STRETCH,
            stopping=stopping,
        )
    except SendRefused as error:
        LOG.warning("%s", error, extra=about("issue.waits", ws.settings.community.id))
        return Drained()
    except Exception:
        LOG.exception(
            "%s could not be worked on", key, extra=about("issue.failed", ws.settings.community.id, issue=key)
        )
        return Drained(failed=1)
    if summary.batches:
        LOG.info(
            "%s: %s",
            key,
            "sent" if summary.finished else f"{summary.batches} batches handed over",
            extra=about(
                "issue.sent" if summary.finished else "issue.sending",
                ws.settings.community.id,
                issue=key,
                worker=this_worker(),
                count=summary.batches,
            ),
        )
    return Drained(summary.batches, 0, summary.next_due)


def _sum(one: Drained, other: Drained) -> Drained:
    due = [moment for moment in (one.next_due, other.next_due) if moment]
    return Drained(one.batches + other.batches, one.failed + other.failed, min(due, default=None))
