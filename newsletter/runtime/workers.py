"""Workers on as many machines as wanted, over PostgreSQL (only importer of procrastinate).

A job says "drain this mailing" and nothing more: whom it concerns, and who has whom in hand, the ledger alone says.
Jobs are put in by the transaction that plans a mailing. One that is lost loses nothing, since every few seconds one
of the workers looks what is being sent, and puts in what is missing.
"""

import asyncio
import logging
import threading
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack, suppress
from datetime import datetime, timedelta
from importlib.util import find_spec
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING

from newsletter.app.sending.draining import Drained, due_keys, rest_after, turn
from newsletter.app.workspace import Workspace
from newsletter.log_fields import about
from newsletter.model.delivery import Provider
from newsletter.store import queueing
from newsletter.store.dialects import is_lost

if TYPE_CHECKING:
    from procrastinate import App
    from procrastinate.types import JSONDict

LOG = logging.getLogger(__name__)
#: Jobs for one mailing at most: more workers than these do not help each other.
MOST_JOBS = 16
#: When one of the workers looks whether a job was lost (the last field are seconds).
LOOK_EVERY = "* * * * * */5"
#: Seconds: between two questions for jobs whose time has come, signs of life of a worker, and none of them: it died.
POLL, HEARTBEAT, DEAD = 1.0, 5.0, 20.0
#: Seconds between two looks at whether to stop.
HEED = 0.2


def announce(connection: queueing.Transaction, community: str, key: str, batches: int) -> None:
    """Put in jobs for a mailing, in the transaction that plans it; nothing where there is no engine."""
    raw = queueing.driver_connection(connection)
    if raw is None or batches < 1:
        return
    from procrastinate import App, SyncPsycopgConnector

    app = App(connector=SyncPsycopgConnector())
    task = app.configure_task(_drain(community), allow_unknown=True, queue=_queue(community), connection=raw)
    task.batch_defer(*_jobs(key, min(batches, MOST_JOBS)))


def can_attend(ws: Workspace) -> bool:
    """Whether the store is a database in which the engine can work, and the engine is installed."""
    return queueing.can_queue(ws.store) and find_spec("procrastinate") is not None


def attend(
    ws: Workspace, road: Callable[[], AbstractContextManager[Provider]], stop: threading.Event, *, lanes: int = 1
) -> None:
    """Work on jobs until told to stop; what was begun is finished. So many `lanes` do so at once, each with a road.

    While the database is away, it is waited for.
    """
    from procrastinate import App, PsycopgConnector

    while not stop.is_set():
        if not _has_tables(ws):
            stop.wait(POLL)
            continue
        connector = PsycopgConnector(conninfo=queueing.address_of(ws.store), min_size=1, max_size=lanes + 3)
        with ExitStack() as roads:
            try:
                asyncio.run(_attend(App(connector=connector), _Hands(ws, road, roads, stop), lanes))
            except Exception as error:
                said = "the workers' engine broke off (%s); it starts again"
                LOG.warning(said, _why(error), extra=about("workers.broke"))
                stop.wait(POLL)


def _has_tables(ws: Workspace) -> bool:
    """Whether the engine has its tables, made now where they were missing; False while the database is away.

    Whatever else keeps them from being made would do so tomorrow, and is raised.
    """
    from procrastinate.schema import SchemaManager

    try:
        if queueing.set_up(ws.store, SchemaManager.get_schema()):
            LOG.info("the tables of the workers' engine were made", extra=about("workers.prepared"))
    except Exception as error:
        if not is_lost(error):
            raise
        LOG.warning("the database is away (%s); it is asked again", _why(error), extra=about("workers.broke"))
        return False
    return True


def _why(error: BaseException) -> str:
    """The first line of what is behind it: the engine hides the database's words behind its own."""
    cause = error.__cause__ or error
    return f"{type(cause).__name__}: {cause}".partition("\n")[0]


def _queue(community: str) -> str:
    return f"mail {community}"


def _jobs(key: str, count: int) -> "list[JSONDict]":
    return [{"key": key} for _ in range(count)]


def _drain(community: str) -> str:
    return f"drain {community}"


class _Hands:
    """What the lanes of one process share: roads, each used by one job at a time, and when to stop."""

    def __init__(
        self,
        ws: Workspace,
        road: Callable[[], AbstractContextManager[Provider]],
        opened: ExitStack,
        stop: threading.Event,
    ) -> None:
        self.ws, self.stop = ws, stop
        self._road, self._opened = road, opened
        self._free: SimpleQueue[Provider] = SimpleQueue()

    def turn(self, key: str) -> Drained:
        """Some batches of a mailing."""
        try:
            provider = self._free.get_nowait()
        except Empty:
            provider = self._opened.enter_context(self._road())
        try:
            return turn(self.ws, provider, key, self.stop.is_set)
        finally:
            self._free.put(provider)


async def _attend(app: "App", hands: _Hands, lanes: int) -> None:
    queue = _queue(hands.ws.settings.community.id)
    _add_tasks(app, hands, queue)
    async with app.open_async():
        await _look(app, hands, queue)
        work = asyncio.create_task(
            app.run_worker_async(
                queues=[queue],
                concurrency=lanes,
                install_signal_handlers=False,
                fetch_job_polling_interval=POLL,
                update_heartbeat_interval=HEARTBEAT,
                stalled_worker_timeout=DEAD,
                delete_jobs="always",
            )
        )
        while not (hands.stop.is_set() or work.done()):
            await asyncio.sleep(HEED)
        work.cancel()  # which lets jobs in hand end
        await asyncio.gather(work, return_exceptions=hands.stop.is_set())


def _add_tasks(app: "App", hands: _Hands, queue: str) -> None:
    community = hands.ws.settings.community.id

    @app.task(name=_drain(community), queue=queue)
    async def drain(key: str) -> None:
        done = await asyncio.to_thread(hands.turn, key)
        if not hands.stop.is_set():
            await _again(app, hands, queue, key, done)

    @app.periodic(cron=LOOK_EVERY)
    @app.task(name=f"look {community}", queue=queue, queueing_lock=f"look {community}")
    async def look(timestamp: int) -> None:
        await _look(app, hands, queue)


async def _again(app: "App", hands: _Hands, queue: str, key: str, done: Drained) -> None:
    """The next job for the mailing: at once while there is more, later where it has to wait, none at its end."""
    from procrastinate.exceptions import AlreadyEnqueued

    task = _drain(hands.ws.settings.community.id)
    if done.batches:
        await app.configure_task(task, queue=queue).defer_async(key=key)
        return
    if done.next_due is None and not done.failed:
        return
    wait = _wait(done, hands.ws.clock())
    later = app.configure_task(
        task,
        queue=queue,
        schedule_in={"milliseconds": wait // timedelta(milliseconds=1)},
        queueing_lock=f"later {key}",
    )
    try:
        await later.defer_async(key=key)
    except AlreadyEnqueued:
        return  # one that waits is enough: looking puts in more when there is more to do


def _wait(done: Drained, now: datetime) -> timedelta:
    if done.failed or done.next_due is None:
        return rest_after(done, now)
    return max(done.next_due - now, timedelta(0))


async def _look(app: "App", hands: _Hands, queue: str) -> None:
    """Give jobs of dead workers to others, and put in jobs for what is due and has too few."""
    from procrastinate.exceptions import ConnectorException

    for job in await app.job_manager.get_stalled_jobs(queue=queue, seconds_since_heartbeat=DEAD):
        with suppress(ConnectorException):  # another worker was first; one whose database is away is told below
            await app.job_manager.retry_job(job)
    task = _drain(hands.ws.settings.community.id)
    waiting = await app.job_manager.list_jobs_async(queue=queue, task=task, status="todo")
    there = Counter(str(job.task_kwargs["key"]) for job in waiting)
    for key, batches in (await asyncio.to_thread(due_keys, hands.ws, MOST_JOBS)).items():
        missing = batches - there[key]
        if missing > 0:
            await app.configure_task(task, queue=queue).batch_defer_async(*_jobs(key, missing))
