"""A database that goes away at each step of a batch: whether the step was taken is found out, never guessed."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.exc import OperationalError
from support_workspace import KEY, NOW, Clock, open_at, render, with_issue, with_readers

from newsletter import crash_points
from newsletter.app.sending import lasting
from newsletter.app.sending.auditing import audit_mailing
from newsletter.app.sending.line import Line
from newsletter.app.sending.pump import Summary, find_job, plan_issue, pump, status, this_worker
from newsletter.app.workspace import Workspace
from newsletter.model.delivery import Batch, Receipt, receipts_for_all
from newsletter.model.ledger import Claim
from newsletter.store import claims
from newsletter.store.tables import delivery


class Lost(Exception):
    """What the driver says of a line that broke, or of another reason for which nothing came of it."""

    def __init__(self, sqlstate: str = "08006") -> None:
        super().__init__(sqlstate)
        self.sqlstate = sqlstate


class Road:
    """Takes everything, and counts what it was handed."""

    def __init__(self, words: str = "told so") -> None:
        self.addresses: list[str] = []
        self._words = words

    def submit(self, batch: Batch) -> tuple[Receipt, ...]:
        self.addresses += [one.address for one in batch.rows]
        return receipts_for_all(batch, "accepted", self._words)

    def close(self) -> None:
        """There is no line."""


@pytest.fixture
def ws(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workspace]:
    monkeypatch.setattr(lasting, "FIRST", 0.001)
    ws = open_at(tmp_path, Clock())
    with_readers(ws, 5)
    with_issue(ws, KEY)
    plan_issue(ws, KEY, render, NOW)
    yield ws
    crash_points.watch(None)


def sent(ws: Workspace, road: Road) -> Summary:
    return pump(ws, road, KEY, ws.clock, batch=2, worker_id=this_worker())


def goes_away(*moments: str, sqlstate: str = "08006") -> None:
    """The database is gone at each of these moments, once."""
    left = list(moments)

    def passed(label: str) -> None:
        if label in left:
            left.remove(label)
            raise OperationalError("COMMIT", None, Lost(sqlstate))

    crash_points.watch(passed)


@pytest.mark.parametrize("side", ["before", "after"])
@pytest.mark.parametrize("step", ["claim", "mark", "settle"])
def test_a_step_whose_answer_is_lost_is_taken_once(ws: Workspace, step: str, side: str) -> None:
    """Before its commit it was not taken, after it it was; the program is told the same."""
    road = Road()
    goes_away(f"{side} {step}")
    summary = sent(ws, road)
    assert sorted(road.addresses) == sorted(set(road.addresses))
    assert (len(road.addresses), summary.finished, summary.fenced) == (5, True, 0)
    assert dict(summary.outcomes) == {"accepted": 5}
    assert status(ws, KEY)["states"]["accepted"] == 5


@pytest.mark.parametrize("sqlstate", ["55P03", "25P03", "40P01", "57P01"])
def test_answers_outlast_whatever_passes(ws: Workspace, sqlstate: str) -> None:
    """A lock that a long import holds for minutes, a transaction that slept, a deadlock, a restart."""
    road = Road()
    goes_away("before settle", sqlstate=sqlstate)
    assert dict(sent(ws, road).outcomes) == {"accepted": 5}
    assert len(road.addresses) == 5


def test_a_database_that_stays_away_is_told_however_long_each_try_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    now, tries = 0.0, 0

    def step(_: bool) -> None:
        nonlocal now, tries
        now, tries = now + 300, tries + 1
        raise OperationalError("SELECT", None, Lost("55P03"))

    monkeypatch.setattr(lasting, "time", SimpleNamespace(monotonic=lambda: now))
    with pytest.raises(OperationalError):
        lasting.lasting(step, sleep=lambda _: None)
    assert tries <= 7


def test_a_mark_that_comes_through_while_it_is_asked_for_again_counts(
    ws: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Until the second try has waited for the row, it sees what was before the first one's commit."""
    truly, asked = claims.marked_until, 0
    mark = claims.mark_submitting

    def marking(connection: Connection, hold: Claim, at: datetime, lease_until: datetime) -> bool:
        nonlocal asked
        asked += 1
        return mark(connection, hold, at, lease_until)

    monkeypatch.setattr(claims, "mark_submitting", marking)
    monkeypatch.setattr(claims, "marked_until", lambda *given: truly(*given) if asked == 2 else None)
    road = Road()
    goes_away("after mark")
    assert sent(ws, road).finished
    assert len(road.addresses) == 5


def test_whatever_a_server_says_its_answer_is_kept(ws: Workspace) -> None:
    sent(ws, Road("250 taken \ud800 as \0"))
    assert status(ws, KEY)["states"]["accepted"] == 5


def test_what_a_process_that_is_ending_claimed_is_given_back_and_counts_against_nobody(ws: Workspace) -> None:
    road = Road()
    assert ws.hands.lay_down()
    line = Line(ws, road, find_job(ws, KEY), ws.clock, 2, this_worker(), lambda: 0.5)

    assert line.step()
    assert road.addresses == []
    with ws.store.read() as connection:
        rows = connection.execute(sa.select(delivery.c.state, delivery.c.breaks)).all()
    assert [tuple(row) for row in rows] == [("pending", 0)] * 5
    assert audit_mailing(ws, KEY).violations == ()
