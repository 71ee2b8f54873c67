"""The ledger under every order of events: whatever happens, nobody gets a mailing twice and nobody is forgotten.

The machine walks the very steps that workers walk, over a real store. Two designs that are known to be wrong are
planted in it at the end, and must be found.
"""

import shutil
import tempfile
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from support_workspace import KEY, NOW, Clock, open_at, render, with_issue, with_readers

from newsletter.app.sending.addressing import LEAVE
from newsletter.app.sending.auditing import audit_mailing
from newsletter.app.sending.line import Line
from newsletter.app.sending.pump import cancel, find_job, pause, plan_issue, pump, recover, resume, status
from newsletter.app.sending.reports import apply_notices
from newsletter.app.subscribing import leave, show, suppress
from newsletter.app.workspace import Workspace
from newsletter.delivery.leases import SUBMIT_LEASE
from newsletter.model.delivery import OUTCOME_STATE, Batch, Notice, Outcome, Receipt, receipts_for_all
from newsletter.model.ledger import Claim
from newsletter.people.tokens import make_token
from newsletter.store.tables import attempt, attempt_item, delivery

READERS = 5
BATCH = 2
WORKERS = ("one.example:1:a", "two.example:1:b")
#: What is found wrong is shown as found: making it smaller would take minutes over a real store.
FEW = settings(
    max_examples=30,
    stateful_step_count=20,
    deadline=None,
    database=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
#: Syncing to a disk proves nothing here and costs most of the time.
MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None
reader_numbers = st.integers(0, READERS - 1)


@pytest.fixture(scope="module")
def planned_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with an issue whose audience is frozen, to be copied for each run."""
    root = tmp_path_factory.mktemp("planned")
    ws = open_at(root)
    with_readers(ws, READERS)
    with_issue(ws)
    plan_issue(ws, KEY, render, NOW)
    ws.store.close()
    return root


class Silent:
    """A provider for those who walk the steps themselves."""

    def submit(self, batch: Batch) -> Sequence[Receipt]:
        raise AssertionError("the machine hands over by itself")

    def close(self) -> None: ...


class LedgerMachine(RuleBasedStateMachine):
    """Workers, readers, the provider and the clock, each doing what it likes."""

    root: Path

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="ledger-", dir=MEMORY))
        shutil.copytree(self.root, self.folder, dirs_exist_ok=True)
        self.clock = Clock()
        self.ws: Workspace = open_at(self.folder, self.clock)
        job = find_job(self.ws, KEY)
        self.lines = {name: self.line(job, name) for name in WORKERS}
        self.held: dict[str, Claim] = {}
        self.marked: dict[str, Claim] = {}
        self.sink: Counter[str] = Counter()
        self.gone: set[str] = set()
        with self.ws.store.read() as connection:
            rows = connection.execute(sa.select(delivery.c.id, delivery.c.subscriber_id)).all()
        self.deliveries = tuple(row.id for row in rows)
        self.reader_of = {row.id: row.subscriber_id for row in rows}

    def line(self, job: object, name: str) -> Line:
        return Line(self.ws, Silent(), find_job(self.ws, KEY), self.clock, BATCH, name, lambda: 0.0)

    def teardown(self) -> None:
        self.ws.store.close()
        shutil.rmtree(self.folder)

    @rule(worker=st.sampled_from(WORKERS), steps=st.integers(1, 4), data=st.data())
    def work(self, worker: str, steps: int, data: st.DataObject) -> None:
        """A worker goes some steps on its way: claim, mark, reply, and claim again."""
        for _ in range(steps):
            if worker in self.marked:
                self.reply(worker, data)
            elif worker in self.held:
                self.mark(worker)
            else:
                self.claim(worker)

    def claim(self, worker: str) -> None:
        held, _ = self.lines[worker].claim()
        if held is not None:
            barred = {due.delivery_id for due in held.rows if self.reader_of[due.delivery_id] in self.gone}
            assert not barred, "I5: claimed for somebody who had left before"
            self.held[worker] = held

    def mark(self, worker: str) -> None:
        held = self.held.pop(worker)
        if self.lines[worker].mark(held):
            self.marked[worker] = held

    def reply(self, worker: str, data: st.DataObject) -> None:
        held = self.marked.pop(worker)
        receipts = tuple(self.deliver(due.delivery_id, data) for due in held.rows)
        self.lines[worker].settle(held, receipts)

    def deliver(self, one: str, data: st.DataObject) -> Receipt:
        outcome: Outcome = data.draw(st.sampled_from(sorted(OUTCOME_STATE)))
        arrives = outcome == "accepted" or (outcome == "unknown" and data.draw(st.booleans()))
        self.sink[one] += arrives
        return Receipt(one, outcome)

    @precondition(lambda self: self.held or self.marked)
    @rule(data=st.data())
    def crash(self, data: st.DataObject) -> None:
        """A worker ends: before its mark nothing has left, after it everything may have."""
        worker = data.draw(st.sampled_from(sorted(self.held.keys() | self.marked.keys())))
        self.held.pop(worker, None)
        for due in self.marked.pop(worker, Claim("", "", 0, "", NOW, ())).rows:
            self.sink[due.delivery_id] += 1

    @rule(minutes=st.sampled_from([1, 31, 90]))
    def time_passes(self, minutes: int) -> None:
        self.clock.now += timedelta(minutes=minutes)
        self.look_for_the_lost()

    def look_for_the_lost(self) -> None:
        recover(self.ws, self.clock.now)

    @precondition(lambda self: len(self.gone) < 2)  # or soon nobody would be left to write to
    @rule(reader=reader_numbers, suppressed=st.booleans())
    def reader_leaves(self, reader: int, suppressed: bool) -> None:
        subscriber = self.reader_of[self.deliveries[reader]]
        if suppressed:
            number = sorted(self.reader_of.values()).index(subscriber)
            self.gone.add(self.suppress_number(number))
        else:
            leave(self.ws, make_token(self.ws.secret, LEAVE, subscriber, "community"), "page")
            self.gone.add(subscriber)

    def suppress_number(self, number: int) -> str:
        address = f"reader{number:05d}@example.org"
        suppress(self.ws, address)
        return show(self.ws, address).subscriber.id

    @precondition(lambda self: any(self.sink.values()))
    @rule(
        data=st.data(),
        kind=st.sampled_from(["accepted", "delivered", "deferred", "bounced", "dropped", "complained"]),
    )
    def notice(self, data: st.DataObject, kind: str) -> None:
        arrived = sorted(one for one, times in self.sink.items() if times)
        one = data.draw(st.sampled_from(arrived))
        apply_notices(self.ws, [Notice(one, kind, self.clock.now)])  # type: ignore[arg-type]  # drawn from the words
        if kind in ("bounced", "complained"):
            self.gone.add(self.reader_of[one])

    @precondition(lambda self: self.held)
    @rule()
    def pause_before_the_mark(self) -> None:
        pause(self.ws, KEY, self.clock.now)
        for worker in sorted(self.held):
            assert not self.lines[worker].mark(self.held.pop(worker)), "marked in a pause"
        resume(self.ws, KEY, self.clock.now)

    @invariant()
    def everybody_is_in_one_state(self) -> None:
        report = status(self.ws, KEY)
        assert sum(report["states"].values()) == report["planned"] == READERS, "I1"

    @invariant()
    def nobody_got_it_twice(self) -> None:
        assert not [one for one, times in self.sink.items() if times > 1], "I2"

    @invariant()
    def no_second_attempt_while_one_may_have_left(self) -> None:
        submitted = sa.select(attempt_item.c.delivery_id).join(attempt).where(attempt.c.submitted_at.is_not(None))
        doubtful = submitted.where(attempt_item.c.live).group_by(attempt_item.c.delivery_id)
        with self.ws.store.read() as connection:
            assert not connection.execute(doubtful.having(sa.func.count() > 1)).all(), "I2, from the ledger alone"

    @invariant()
    def what_is_called_accepted_arrived(self) -> None:
        with self.ws.store.read() as connection:
            accepted = connection.execute(sa.select(delivery.c.id).where(delivery.c.state == "accepted")).scalars()
            assert all(self.sink[one] for one in accepted), "I3"


def run(machine: type[LedgerMachine], root: Path) -> None:
    machine.root = root
    run_state_machine_as_test(machine, settings=FEW)


def hunt(machine: type[LedgerMachine], root: Path) -> None:
    """Look for a planted fault: the same search every time, and long enough to find it."""
    machine.root = root
    run_state_machine_as_test(machine, settings=settings(FEW, derandomize=True, max_examples=400, database=None))


def test_no_order_of_events_doubles_or_loses_anybody(planned_root: Path) -> None:
    run(LedgerMachine, planned_root)


def test_it_finds_a_design_that_sends_stale_batches_again(planned_root: Path) -> None:
    class StaleLocksAreResent(LedgerMachine):
        def look_for_the_lost(self) -> None:
            with self.ws.store.begin() as connection:
                stale = attempt.c.phase.in_(("claimed", "submitting")) & (attempt.c.lease_until <= self.clock.now)
                ids = connection.execute(sa.select(attempt.c.id).where(stale)).scalars().all()
                connection.execute(sa.update(attempt).where(attempt.c.id.in_(ids)).values(phase="released"))
                again = sa.update(delivery).where(delivery.c.attempt_id.in_(ids))
                connection.execute(again.where(delivery.c.state == "submitting").values(state="pending"))
                connection.execute(sa.update(attempt_item).values(live=False))

    with pytest.raises(AssertionError, match="I2"):
        hunt(StaleLocksAreResent, planned_root)


def test_the_store_itself_refuses_a_second_attempt_that_could_double_a_mail(planned_root: Path) -> None:
    class StatesAreResetByHand(LedgerMachine):
        def look_for_the_lost(self) -> None:
            with self.ws.store.begin() as connection:
                again = sa.update(delivery).where(delivery.c.state.in_(("submitting", "unknown")))
                connection.execute(again.values(state="pending"))

    with pytest.raises(sa.exc.IntegrityError, match=r"(?i)unique"):
        hunt(StatesAreResetByHand, planned_root)


def test_it_finds_a_design_that_moves_its_cursor_when_it_fetches(planned_root: Path) -> None:
    class CursorAtFetch(LedgerMachine):
        def claim(self, worker: str) -> None:
            super().claim(worker)
            if worker in self.held:
                with self.ws.store.begin() as connection:
                    done = sa.update(delivery).where(delivery.c.attempt_id == self.held[worker].attempt_id)
                    connection.execute(done.values(state="accepted"))
                self.what_is_called_accepted_arrived()

    with pytest.raises(AssertionError, match="I3"):
        hunt(CursorAtFetch, planned_root)


def test_it_finds_a_design_that_asks_for_consent_only_when_it_plans(
    planned_root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("newsletter.delivery.batches.bar", lambda due, digest: None)
    with pytest.raises(AssertionError, match="I5"):
        hunt(LedgerMachine, planned_root)


class Accepting:
    """A provider that takes everything and counts."""

    def __init__(self) -> None:
        self.sink: Counter[str] = Counter()

    def submit(self, batch: Batch) -> Sequence[Receipt]:
        self.sink.update(row.delivery_id for row in batch.rows)
        return receipts_for_all(batch, "accepted", "")

    def close(self) -> None: ...


@pytest.mark.parametrize("marked", [False, True])
def test_check_15_a_worker_that_slept_past_its_lease_writes_and_sends_nothing(
    planned_root: Path, tmp_path: Path, marked: bool
) -> None:
    shutil.copytree(planned_root, tmp_path, dirs_exist_ok=True)
    clock = Clock()
    ws = open_at(tmp_path, clock)
    sleeper = Line(ws, Silent(), find_job(ws, KEY), clock, BATCH, WORKERS[0], lambda: 0.0)
    held, _ = sleeper.claim()
    assert held is not None
    if marked:
        assert sleeper.mark(held)
    clock.now += SUBMIT_LEASE * 2
    other = Accepting()
    pump(ws, other, KEY, clock, batch=BATCH, worker_id=WORKERS[1])

    if marked:
        assert not sleeper.settle(held, receipts_for_all(sleeper.fill(held), "refused_for_now", "too late"))
    else:
        assert not sleeper.mark(held)
    states = status(ws, KEY)["states"]
    assert states["unknown"] == (BATCH if marked else 0)
    assert states["accepted"] == READERS - states["unknown"]
    assert max(other.sink.values()) == 1


def test_a_lease_that_is_over_is_over_even_if_nobody_has_looked(planned_root: Path, tmp_path: Path) -> None:
    shutil.copytree(planned_root, tmp_path, dirs_exist_ok=True)
    clock = Clock()
    ws = open_at(tmp_path, clock)
    sleeper = Line(ws, Silent(), find_job(ws, KEY), clock, BATCH, WORKERS[0], lambda: 0.0)
    held, _ = sleeper.claim()
    assert held is not None
    clock.now = held.lease_until
    assert not sleeper.mark(held)
    assert status(ws, KEY)["states"]["pending"] == READERS


def test_what_comes_back_after_its_mailing_was_cancelled_is_cancelled_with_it(
    planned_root: Path, tmp_path: Path
) -> None:
    shutil.copytree(planned_root, tmp_path, dirs_exist_ok=True)
    ws = open_at(tmp_path)
    line = Line(ws, Silent(), find_job(ws, KEY), Clock(), BATCH, WORKERS[0], lambda: 0.0)
    held, _ = line.claim()
    assert held is not None
    assert line.mark(held)
    cancel(ws, KEY, NOW)
    assert line.settle(held, receipts_for_all(line.fill(held), "refused_for_now", "come back later"))
    assert status(ws, KEY)["states"]["cancelled"] == READERS
    assert audit_mailing(ws, KEY).violations == ()


@pytest.mark.sqlite_only  # as it stands in the file
def test_a_wait_is_kept_in_utc_whatever_zone_the_clock_shows(planned_root: Path, tmp_path: Path) -> None:
    shutil.copytree(planned_root, tmp_path, dirs_exist_ok=True)
    ws = open_at(tmp_path)
    clock = Clock(NOW.astimezone(ZoneInfo("America/Los_Angeles")))
    line = Line(ws, Silent(), find_job(ws, KEY), clock, BATCH, WORKERS[0], lambda: 0.0)
    held, _ = line.claim()
    assert held is not None
    assert line.mark(held)
    assert line.settle(held, receipts_for_all(line.fill(held), "refused_for_now", "come back later"))
    with ws.store.read() as connection:
        kept = connection.exec_driver_sql("SELECT max(not_before) FROM delivery").scalar_one()
    assert kept == "2026-12-04 17:00:15.000000"


@pytest.mark.parametrize("outcome", sorted(OUTCOME_STATE))
def test_only_a_reply_that_proves_it_unsent_frees_a_delivery_for_another_attempt(
    planned_root: Path, tmp_path: Path, outcome: Outcome
) -> None:
    shutil.copytree(planned_root, tmp_path, dirs_exist_ok=True)
    ws = open_at(tmp_path)
    line = Line(ws, Silent(), find_job(ws, KEY), Clock(), BATCH, WORKERS[0], lambda: 0.0)
    held, _ = line.claim()
    assert held is not None
    assert line.mark(held)
    assert line.settle(held, receipts_for_all(line.fill(held), outcome, ""))
    with ws.store.read() as connection:
        live = set(connection.execute(sa.select(attempt_item.c.live)).scalars())
    assert live == {outcome in ("accepted", "unknown")}
