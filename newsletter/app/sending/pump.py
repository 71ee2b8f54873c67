"""Delivering what is planned: claim, mark, hand over, settle; and picking up after a worker that ended in between.

The mark is durable before the provider is called, so that nothing that may be on the wire is ever sent blindly.
"""

import random
from collections.abc import Callable
from datetime import datetime, timedelta

from newsletter.app.sending.control import cancel, finish, pause, status
from newsletter.app.sending.lasting import lasting
from newsletter.app.sending.line import Line, Recovered, Summary
from newsletter.app.sending.planning import PlanResult, RenderEdition, SendRefused, find_mailing, plan_issue
from newsletter.app.sending.recovering import recover
from newsletter.app.sending.reports import NoticeResult, apply_notices
from newsletter.app.sending.resuming import resume
from newsletter.app.sending.workers import this_worker
from newsletter.app.workspace import Workspace
from newsletter.model.delivery import Provider
from newsletter.model.ledger import Mailing

__all__ = [
    "NoticeResult",
    "PlanResult",
    "Recovered",
    "RenderEdition",
    "SendRefused",
    "Summary",
    "apply_notices",
    "cancel",
    "finish",
    "pause",
    "plan_issue",
    "pump",
    "recover",
    "resume",
    "status",
    "this_worker",
]


def pump(
    ws: Workspace,
    provider: Provider,
    key: str,
    now_fn: Callable[[], datetime],
    *,
    batch: int,
    worker_id: str,
    max_batches: int | None = None,
    stopping: Callable[[], bool] = lambda: False,
    on_progress: Callable[[Summary], None] | None = None,
    sleep: Callable[[float], None] | None = None,
    patience: timedelta = timedelta(0),
    keeps_pace: timedelta = timedelta(0),
    jitter: Callable[[], float] = random.random,
) -> Summary:
    """Send what is due of an issue, batch by batch, until nothing is; several workers may do so at once.

    With `sleep`, deliveries that were put off are waited for as long as the waits together stay within `patience`;
    later ones are left to a later call, and named by `next_due`. What the pace holds for no longer than `keeps_pace`
    is waited for besides, as often as it takes, unless the clock stands. `stopping` is asked between two batches.
    SendRefused where the issue is not planned yet. An exception of the provider leaves its batch unknown and is
    raised again.
    """
    job = lasting(lambda _: find_job(ws, key))
    line = Line(ws, provider, job, now_fn, batch, worker_id, jitter)
    line.recovered = lasting(lambda _: recover(ws, now_fn()))
    waited, looked_at = timedelta(0), None
    while (max_batches is None or line.batches < max_batches) and not stopping():
        if line.step():
            if on_progress:
                on_progress(line.summary())
            continue
        wait, looked_before, looked_at = line.wait(), looked_at, now_fn()
        paced = wait is not None and line.held_by_pace and wait <= keeps_pace and looked_at != looked_before
        if wait is None or sleep is None or not (paced or waited + wait <= patience):
            break
        sleep(wait.total_seconds())
        waited += timedelta(0) if paced else wait
    return line.summary(finished=lasting(lambda _: finish(ws, line.job, now_fn())))


def find_job(ws: Workspace, key: str) -> Mailing:
    """The planned mailing of an issue; SendRefused where it is not planned."""
    with ws.store.read() as connection:
        return find_mailing(connection, ws, key)
