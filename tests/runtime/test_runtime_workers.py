"""Workers on a shared PostgreSQL: jobs that say no more than which mailing, and a ledger that outlasts restarts."""

import logging
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from procrastinate.manager import JobManager
from support_postgresql import server
from support_workspace import KEY, open_at, render, with_issue, with_readers

from newsletter.app.sending.auditing import audit_mailing
from newsletter.app.sending.lasting import lasting, reach
from newsletter.app.sending.line import Line
from newsletter.app.sending.pump import find_job, plan_issue, pump, status, this_worker
from newsletter.app.workspace import Workspace, with_settings
from newsletter.model.delivery import Batch, Provider, Receipt, receipts_for_all
from newsletter.model.guarding import PaceSettings
from newsletter.model.workspace import ProviderSettings, StoreSettings
from newsletter.runtime import workers
from newsletter.runtime.workers import announce, attend, can_attend
from newsletter.store import queueing
from newsletter.store.engine import StoreError

pytestmark = pytest.mark.sqlite_only


class Road:
    """Takes everything, counts who got how many, and may do something while it has a batch in hand."""

    def __init__(self, meanwhile: Callable[[], None] = lambda: None) -> None:
        self.taken: Counter[str] = Counter()
        self.meanwhile = meanwhile

    def submit(self, batch: Batch) -> Sequence[Receipt]:
        self.taken.update(row.address for row in batch.rows)
        self.meanwhile()
        return receipts_for_all(batch, "accepted", "")

    def close(self) -> None: ...


@pytest.fixture
def ws(tmp_path: Path) -> Iterator[Workspace]:
    """Thirty readers and an approved issue, in a database."""
    database = server().new()
    url = database.render_as_string(hide_password=False)
    made = with_settings(
        open_at(tmp_path), store=StoreSettings(url=url), provider=ProviderSettings(kind="outbox", batch=5)
    )
    made = replace(made, announce=announce)
    with_readers(made, 30)
    with_issue(made)
    yield made
    made.store.close()
    server().drop(database)


def jobs(ws: Workspace) -> list[object]:
    with ws.store.read() as connection:
        found = connection.exec_driver_sql("SELECT args FROM procrastinate_jobs WHERE task_name LIKE 'drain%%'")
        return list(found.scalars())


def with_engine(ws: Workspace) -> None:
    """As the first worker that ever starts makes its tables."""
    from procrastinate.schema import SchemaManager

    assert queueing.set_up(ws.store, SchemaManager.get_schema())
    assert not queueing.set_up(ws.store, SchemaManager.get_schema())


@contextmanager
def attending(ws: Workspace, road: Road, lanes: int = 1) -> Iterator[None]:
    @contextmanager
    def opened() -> Iterator[Provider]:
        yield road

    stop = threading.Event()
    thread = threading.Thread(target=partial(attend, ws, opened, stop, lanes=lanes))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(60)
    assert not thread.is_alive()


def until(done: Callable[[], bool]) -> None:
    pause = threading.Event()
    assert any(done() or pause.wait(0.1) for _ in range(900)), "it never came"


def is_sent(ws: Workspace) -> bool:
    return status(ws, KEY)["state"] == "sent"


def test_a_file_has_no_such_workers(tmp_path: Path, ws: Workspace) -> None:
    assert not can_attend(open_at(tmp_path / "file"))
    assert can_attend(ws)


def test_jobs_come_with_the_planning_or_not_at_all_and_say_the_mailing_alone(ws: Workspace) -> None:
    plan = partial(plan_issue, ws, KEY, render, ws.clock())
    with_engine(ws)

    def cut(*_: object) -> None:
        raise OSError("the power went")

    sa.event.listen(ws.store.engine, "commit", cut)
    with pytest.raises(OSError, match="power"):
        plan()
    sa.event.remove(ws.store.engine, "commit", cut)
    assert jobs(ws) == []
    plan()
    assert jobs(ws) == [{"key": KEY}] * 6


def test_two_workers_drain_a_mailing_and_what_was_lost_of_its_jobs_is_made_good(ws: Workspace) -> None:
    plan_issue(ws, KEY, render, ws.clock())  # before there was any engine, so that no job says so
    road = Road()
    other = replace(ws)
    with attending(ws, road, lanes=2), attending(other, road):
        until(lambda: is_sent(ws))
    other.store.close()
    assert road.taken.most_common(1)[0][1] == 1
    assert len(road.taken) == 30
    assert audit_mailing(ws, KEY).violations == ()
    with ws.store.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM procrastinate_workers").scalar() == 0


def break_connections(ws: Workspace) -> None:
    """As a restart of the server does."""
    with ws.store.engine.connect() as connection:
        connection.exec_driver_sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


def test_a_worker_goes_on_after_the_database_was_restarted_while_it_had_a_batch_in_hand(ws: Workspace) -> None:
    plan_issue(ws, KEY, render, ws.clock())
    left = iter([True])
    road = Road(lambda: break_connections(ws) if next(left, False) else None)
    with attending(ws, road):
        until(lambda: lasting(lambda _: is_sent(ws)))
    assert (len(road.taken), road.taken.most_common(1)[0][1]) == (30, 1)
    assert status(ws, KEY)["states"]["accepted"] == 30


def test_steps_whose_answer_was_lost_find_out_that_they_were_taken(ws: Workspace) -> None:
    plan_issue(ws, KEY, render, ws.clock())
    road = Road()
    line = Line(ws, road, find_job(ws, KEY), ws.clock, 5, this_worker(), lambda: 0.5)
    tried: list[str] = []
    first, _ = line._take(tried)
    held, _ = line._take(tried)
    assert first is not None
    assert held is not None
    assert status(ws, KEY)["states"]["claimed"] == 5, "what was taken first was given back"
    assert line._mark(held, again=False)
    assert line._mark(held, again=True)
    answers = line.hand_over(held, line.fill(held))
    assert line.settle(held, answers)
    assert line._settle(held, [], ws.clock(), again=True)
    pump(ws, road, KEY, ws.clock, batch=5, worker_id=this_worker())
    assert (len(road.taken), road.taken.most_common(1)[0][1]) == (30, 1)
    assert audit_mailing(ws, KEY).violations == ()


def test_only_a_database_that_went_away_is_waited_for(ws: Workspace) -> None:
    slept: list[float] = []

    def twice(again: bool) -> str:
        if not again:
            with ws.store.read() as connection:
                connection.exec_driver_sql("SELECT pg_terminate_backend(pg_backend_pid())")
        return "there"

    assert lasting(twice, sleep=slept.append) == "there"
    assert len(slept) == 1
    with pytest.raises(sa.exc.ProgrammingError), ws.store.read() as connection:
        lasting(lambda _: connection.exec_driver_sql("SELECT nothing"), sleep=slept.append)
    assert len(slept) == 1


def asked(ws: Workspace, statement: str) -> list[object]:
    with ws.store.begin() as connection:
        return list(connection.exec_driver_sql(statement).scalars())


DEAD = "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '1 minute') RETURNING id"
ALIVE = "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() + interval '1 hour') RETURNING id"


def doing(worker: object) -> str:
    return (
        "INSERT INTO procrastinate_jobs (queue_name, task_name, args, status, worker_id)"
        f" VALUES ('mail data-lab', 'drain data-lab', '{{\"key\": \"{KEY}\"}}', 'doing', {worker}) RETURNING 1"
    )


def test_jobs_of_a_dead_worker_are_done_by_others_and_those_of_a_living_one_are_left_to_it(ws: Workspace) -> None:
    with_engine(ws)
    for worker in (*asked(ws, DEAD), *asked(ws, ALIVE)):
        asked(ws, doing(worker))
    (living,) = asked(ws, "SELECT max(id) FROM procrastinate_workers")
    with attending(ws, Road()):
        until(lambda: len(jobs(ws)) == 1)
        until(lambda: len(asked(ws, "SELECT id FROM procrastinate_workers")) == 2)
    assert asked(ws, "SELECT worker_id FROM procrastinate_jobs WHERE task_name = 'drain data-lab'") == [living]


def test_a_worker_goes_on_where_another_was_first_to_take_up_a_dead_ones_job(
    ws: Workspace, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    stalled = JobManager.get_stalled_jobs

    async def too_late(self: JobManager, **options: Any) -> Any:
        found = list(await stalled(self, **options))
        asked(ws, "DELETE FROM procrastinate_jobs WHERE status = 'doing' RETURNING 1")
        return found

    with_engine(ws)
    (dead,) = asked(ws, DEAD)
    asked(ws, doing(dead))
    monkeypatch.setattr(JobManager, "get_stalled_jobs", too_late)
    plan_issue(ws, KEY, render, ws.clock())
    with attending(ws, Road()):
        until(lambda: is_sent(ws))
    assert "broke off" not in caplog.text


def test_a_worker_says_that_it_lives(ws: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "HEARTBEAT", 0.05)
    with_engine(ws)
    beats: set[object] = set()
    with attending(ws, Road()):
        until(lambda: beats.update(asked(ws, "SELECT last_heartbeat FROM procrastinate_workers")) or len(beats) > 2)


def test_workers_keep_one_pace_together(ws: Workspace) -> None:
    slow = with_settings(ws, pace=PaceSettings(hour=12), provider=ProviderSettings(kind="outbox", batch=1))
    plan_issue(slow, KEY, render, ws.clock())
    together, road = threading.Barrier(4), Road()

    def work(_: int) -> None:
        mine = replace(slow)
        together.wait()
        pump(mine, road, KEY, ws.clock, batch=1, worker_id=this_worker())
        mine.store.close()

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(work, range(4)))
    slow.store.close()
    assert sum(road.taken.values()) == 12


def test_a_worker_that_starts_before_its_database_waits_for_it(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    place, stop = server().url.set(database="comes_later"), threading.Event()
    ws = with_settings(open_at(tmp_path), store=StoreSettings(url=place.render_as_string(hide_password=False)))
    with ThreadPoolExecutor(1) as threads, caplog.at_level(logging.WARNING):
        coming = threads.submit(reach, ws, stop)
        until(lambda: "trying again" in caplog.text)
        database = server().named(place)
        assert coming.result(60)
    assert "comes_later" in caplog.text, "it says which"
    ws.store.close()
    server().drop(database)

    stop.set()
    assert not reach(replace(ws), stop)


def test_a_store_of_another_program_is_not_waited_for(ws: Workspace) -> None:
    asked(ws, "UPDATE alembic_version SET version_num = '9999' RETURNING 1")
    with pytest.raises(StoreError, match="newer program"):
        reach(replace(ws), threading.Event())
