"""Sending under bad conditions: hung roads, many workers, failing disks, jumping clocks, people who change things."""

import shutil
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st
from support_guards import Road, guarded, planned, send, states
from support_workspace import KEY, NOW, Clock, render, with_issue

from newsletter.app.importing.subscribers_file import import_bytes
from newsletter.app.sending.auditing import audit_mailing
from newsletter.app.sending.line import Line
from newsletter.app.sending.pump import (
    cancel,
    find_job,
    pause,
    plan_issue,
    pump,
    recover,
    resume,
    status,
    this_worker,
)
from newsletter.app.subscribing import add, remove
from newsletter.app.workspace import Workspace
from newsletter.model.delivery import Batch
from newsletter.store.tables import attempt, attempt_item, issue


@pytest.fixture
def clock() -> Clock:
    return Clock()


def line(ws: Workspace, road: Road, worker: str = "", batch: int = 2) -> Line:
    """One worker's steps."""
    return Line(ws, road, find_job(ws, KEY), ws.clock, batch, worker or this_worker(), lambda: 0.0)


def test_check_14_while_one_worker_waits_for_a_road_that_hangs_the_others_send_the_rest(
    tmp_path: Path, clock: Clock
) -> None:
    ws = guarded(tmp_path, clock)
    audience = planned(ws, 8)
    hangs, wakes = threading.Event(), threading.Event()

    def hang(_: Batch) -> str:
        hangs.set()
        wakes.wait(60)
        return "accepted"

    hung = Road(hang)
    worker = threading.Thread(target=lambda: send(ws, hung, max_batches=1))
    worker.start()
    assert hangs.wait(60)
    send(ws, road := Road())
    assert (len(road.took), states(ws)) == (6, {"accepted": 6, "submitting": 2})
    wakes.set()
    worker.join(60)

    assert sorted(road.took + hung.took) == sorted(audience)


def many_workers(root: Path, readers: int) -> None:
    """Eight workers of two machines at one mailing, each with connections of its own."""
    clock = Clock()
    ws = guarded(root, clock)
    audience = planned(ws, readers)
    took: list[str] = []
    all_have_one = threading.Barrier(8)

    def work(host: str, number: int) -> None:
        own, road = guarded(root, clock), Road()
        road.says = lambda _: "accepted" if len(road.asked) > 1 or all_have_one.wait(60) + 1 else "unknown"
        pump(own, road, KEY, clock, batch=5, worker_id=f"{host}:{number}:token", jitter=lambda: 0.0)
        took.extend(road.took)
        own.store.close()

    threads = [
        threading.Thread(target=work, args=(host, number)) for host in ("alpha", "beta") for number in range(4)
    ]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(took) == sorted(audience)
    with ws.store.read() as connection:
        tried = sa.select(sa.func.count()).select_from(attempt_item).group_by(attempt_item.c.delivery_id)
        assert set(connection.execute(tried).scalars()) == {1}
        workers = connection.execute(sa.select(attempt.c.worker).distinct()).scalars().all()
    assert len(workers) == 8
    found = audit_mailing(ws, KEY)
    assert (found.violations, found.states) == ((), {"accepted": readers})
    ws.store.close()


def test_check_16_eight_workers_of_two_machines_take_each_delivery_once(tmp_path: Path) -> None:
    many_workers(tmp_path, 200)


@pytest.mark.slow
def test_check_16_fifty_times(tmp_path: Path) -> None:
    for turn in range(50):
        many_workers(tmp_path / str(turn), 400)


class Fault:
    """The n-th call of the database fails, once or from then on, as where a disk gives up (EIO)."""

    def __init__(self, at: int, *, lasts: bool) -> None:
        self.at = at
        self.lasts = lasts
        self.calls = 0

    def __call__(self, *_: object) -> None:
        self.calls += 1
        if self.calls == self.at or (self.lasts and self.calls > self.at):
            raise sa.exc.OperationalError("a write", None, sqlite3.OperationalError("disk I/O error"))


@contextmanager
def failing(ws: Workspace, fault: Fault) -> Iterator[None]:
    """Meanwhile statements and commits go past the fault."""
    engine = ws.store.engine
    for event in ("before_cursor_execute", "commit"):
        sa.event.listen(engine, event, fault)
    try:
        yield
    finally:
        for event in ("before_cursor_execute", "commit"):
            sa.event.remove(engine, event, fault)


def copied(made: Path, to: Path, clock: Clock) -> Workspace:
    """A planned workspace, as a copy."""
    (to / "subscribers").mkdir(parents=True)
    shutil.copy(made / "copy.db", to / "subscribers/newsletter.db")
    return guarded(to, clock)


def broken_sending(ws: Workspace, clock: Clock, fault: Fault, audience: tuple[str, ...]) -> None:
    """A send that meets the fault, then one that meets none: nobody twice, nobody lost, and the ledger proves it."""
    road = Road()
    with failing(ws, fault):
        for _ in range(2):
            try:
                send(ws, road)
            except sa.exc.OperationalError:
                continue
    clock.sleep(3600)
    recover(ws, clock.now)
    assert send(ws, road).finished
    found = audit_mailing(ws, KEY)
    assert found.violations == ()
    assert len(road.took) == len(set(road.took)), f"call {fault.at} failed, and somebody got it twice"
    assert set(found.states) <= {"accepted", "unknown"}
    assert found.states.get("accepted", 0) <= len(road.took) <= len(audience) == sum(found.states.values())
    ws.store.close()


def fail_at_every(tmp_path: Path, step: int) -> int:
    """Fail at every `step`-th call of the database, once and for good; how many calls there are."""
    clock = Clock()
    ws = guarded(tmp_path / "made", clock)
    audience = planned(ws, 4)
    file = ws.root / "subscribers/newsletter.db"
    with closing(sqlite3.connect(file)) as made, closing(sqlite3.connect(ws.root / "copy.db")) as copy:
        made.backup(copy)
    counted = Fault(0, lasts=False)
    with failing(ws, counted):
        assert send(ws, Road()).finished
    for number in range(1, counted.calls + 1, step):
        for lasts in (False, True):
            own = Clock()
            there = copied(ws.root, tmp_path / f"{number}-{lasts}", own)
            broken_sending(there, own, Fault(number, lasts=lasts), audience)
    return counted.calls


@pytest.mark.sqlite_only  # copies the file
def test_check_18_no_call_of_the_database_that_fails_breaks_a_promise(tmp_path: Path) -> None:
    assert fail_at_every(tmp_path, 23) > 60


@pytest.mark.sqlite_only  # copies the file
@pytest.mark.slow
def test_check_18_at_every_call(tmp_path: Path) -> None:
    assert fail_at_every(tmp_path, 1) > 60


HOUR, YEAR = timedelta(hours=1), timedelta(days=365)


@pytest.mark.parametrize("jump", [HOUR, -HOUR, YEAR, -YEAR])
@pytest.mark.parametrize("moment", ["before the mark", "before the answer"])
def test_check_19_a_clock_that_jumps_during_a_lease_sends_nothing_twice_and_stalls_nobody(
    tmp_path: Path, clock: Clock, jump: timedelta, moment: str
) -> None:
    ws = guarded(tmp_path, clock, deadline="")
    audience = planned(ws, 6)
    slow, road = Road(), Road()
    worker = line(ws, slow, "elsewhere:1:token")
    held = worker.claim()[0]
    assert held is not None
    marked = moment == "before the answer" and worker.mark(held)
    clock.now += jump
    send(ws, road)
    if marked or worker.mark(held):
        worker.settle(held, worker.hand_over(held, worker.fill(held)))
    clock.sleep(45 * 60)  # a lease, and what clocks may differ by
    recover(ws, clock.now)

    assert send(ws, road).finished
    got = road.took + slow.took
    assert len(got) == len(set(got))
    unsure = states(ws).get("unknown", 0)
    assert set(audience) - set(got) == set() or unsure == 2
    assert audit_mailing(ws, KEY).violations == ()


def test_check_19_what_a_clock_that_ran_ahead_put_off_goes_on_when_it_is_right_again(
    tmp_path: Path, clock: Clock
) -> None:
    ws = guarded(tmp_path, clock, deadline="")
    planned(ws, 4)
    clock.now += YEAR
    send(ws, Road(lambda _: "refused_for_now"))
    clock.now -= YEAR
    assert send(ws, road := Road()).finished
    assert len(road.took) == 4


@pytest.mark.parametrize("marks", [False, True])
def test_check_19_a_lease_that_a_clock_took_which_ran_ahead_is_over(
    tmp_path: Path, clock: Clock, marks: bool
) -> None:
    ws = guarded(tmp_path, clock, deadline="")
    planned(ws, 4)
    clock.now += YEAR
    worker = line(ws, Road(), "elsewhere:1:token")
    held = worker.claim()[0]
    assert held is not None
    assert not marks or worker.mark(held)
    clock.now -= YEAR

    assert send(ws, road := Road()).finished
    assert states(ws) == ({"accepted": 2, "unknown": 2} if marks else {"accepted": 4})
    assert len(road.took) == (2 if marks else 4)


@pytest.mark.parametrize("stop", [pause, cancel])
def test_check_23_pause_and_cancel_stop_within_a_batch_and_resume_sends_exactly_the_rest(
    tmp_path: Path, clock: Clock, stop: Callable[[Workspace, str, object], object]
) -> None:
    ws = guarded(tmp_path, clock)
    audience = planned(ws, 9)
    road = Road()
    road.says = lambda _: (stop(ws, KEY, clock.now) and "") or "accepted" if len(road.asked) == 2 else "accepted"

    send(ws, road)
    assert road.asked == [2, 2], "the batch under way is the last one"
    held = line(ws, road).claim()
    assert held == (None, 0)
    if stop is cancel:
        assert states(ws) == {"accepted": 4, "cancelled": 5}
        return
    assert states(ws) == {"accepted": 4, "pending": 5}
    resume(ws, KEY, clock.now)
    assert send(ws, road).finished
    assert sorted(road.took) == sorted(audience)


def test_check_23_a_pause_between_claim_and_mark_gives_the_batch_back(tmp_path: Path, clock: Clock) -> None:
    ws = guarded(tmp_path, clock)
    planned(ws, 4)
    worker = line(ws, Road())
    held = worker.claim()[0]
    assert held is not None
    pause(ws, KEY, clock.now)
    assert not worker.mark(held)
    assert states(ws) == {"pending": 4}


def test_check_24_who_leaves_before_the_claim_gets_nothing_and_after_it_one_batch_at_most_is_under_way(
    tmp_path: Path, clock: Clock
) -> None:
    ws = guarded(tmp_path, clock)
    audience = planned(ws, 6)
    worker = line(ws, road := Road())
    held = worker.claim()[0]
    assert held is not None
    late = held.rows[0].address
    remove(ws, late)
    early = next(one for one in audience if one not in {due.address for due in held.rows})
    remove(ws, early)
    assert worker.mark(held)
    worker.settle(held, worker.hand_over(held, worker.fill(held)))
    assert send(ws, road).finished

    assert early not in road.took
    assert late in road.took, "it was on its way before they left: what a batch holds is what that can cost"
    assert states(ws) == {"accepted": 5, "suppressed": 1}
    assert status(ws, KEY)["reasons"] == {"suppressed": {"the subscription is left": 1}}
    assert audit_mailing(ws, KEY).violations == ()


def test_check_25_what_changes_after_the_audience_is_frozen_changes_nothing_of_what_is_sent(
    tmp_path: Path, clock: Clock
) -> None:
    ws = guarded(tmp_path, clock)
    audience = planned(ws, 4)
    subjects: list[str] = []
    road = Road(lambda batch: subjects.append(batch.edition.subject) or "accepted")
    send(ws, road, max_batches=1)
    add(ws, "late@example.org", "community", timezone="Europe/Berlin")
    with ws.store.begin() as connection:
        connection.execute(issue.update().values(draft='{"other": 1}', draft_hash="other"))
    plan_issue(ws, KEY, lambda *_: None, NOW)
    assert send(ws, road).finished

    assert sorted(road.took) == sorted(audience)
    assert set(subjects) == {"For America/Los_Angeles since None"}


SPELT = st.tuples(
    st.sampled_from(["ada", "a.b", "ab", "ada+news"]),
    st.sampled_from(["example.org", "Example.ORG", "bücher.example", "xn--bcher-kva.example"]),
    st.booleans(),
)


@settings(max_examples=4)
@given(st.lists(SPELT, min_size=4, max_size=20))
def test_check_26_however_an_address_is_spelt_it_gets_one_mail(
    tmp_path_factory: pytest.TempPathFactory, spelt: list[tuple[str, str, bool]]
) -> None:
    typed = [f"{local.upper() if loud else local}@{domain}" for local, domain, loud in spelt]
    ws = guarded(tmp_path_factory.mktemp("spelt"), Clock())
    import_bytes(ws, "\n".join(("email", *typed)).encode(), "readers.csv", "community")
    with_issue(ws)
    plan_issue(ws, KEY, render, NOW)
    assert send(ws, road := Road(), batch=50).finished
    ws.store.close()

    first: dict[str, str] = {}
    for one in typed:
        first.setdefault(plain(one), one.rpartition("@")[0])
    assert len(road.took) == len(first)
    assert {plain(one): one.rpartition("@")[0] for one in road.took} == first, "as it was written first"
    assert all(one.rpartition("@")[2] == plain(one).rpartition("@")[2] for one in road.took)


def plain(address: str) -> str:
    """What makes two spellings one address: nothing but case, and the form of the domain's name."""
    local, _, domain = address.rpartition("@")
    return f"{local.casefold()}@{domain.lower().replace('bücher', 'xn--bcher-kva')}"
