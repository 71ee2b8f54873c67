"""What a batch costs the store does not depend on how many there are in it, nor on what was sent before it."""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from support_workspace import KEY, NOW, open_at, render, with_issue, with_readers

from newsletter.app.sending.auditing import audit_mailing
from newsletter.app.sending.line import Line
from newsletter.app.sending.pump import find_job, plan_issue, pump
from newsletter.app.workspace import Workspace
from newsletter.model.delivery import Batch, Notice, Receipt, receipts_for_all
from newsletter.store import claims, history, notices, operator, reconciling, recovery
from newsletter.store.tables import attempt, attempt_item, delivery, delivery_event

Answer = Callable[[Batch], Sequence[Receipt]]
GROW = ("delivery", "delivery_event", "attempt", "attempt_item", "subscriber", "subscription", "suppression")


class Road:
    """Answers as it is told."""

    def __init__(self, *answers: Answer) -> None:
        self.answers = [*answers]

    def submit(self, batch: Batch) -> Sequence[Receipt]:
        return self.answers.pop(0)(batch) if self.answers else taken(batch)

    def close(self) -> None: ...


def taken(batch: Batch) -> Sequence[Receipt]:
    return receipts_for_all(batch, "accepted", "told by 202")


def put_off(batch: Batch) -> Sequence[Receipt]:
    return receipts_for_all(batch, "refused_for_now", "later")


def silent(batch: Batch) -> Sequence[Receipt]:
    return receipts_for_all(batch, "unknown", "no answer")


def planned(root: Path, readers: int) -> Workspace:
    ws = open_at(root)
    with_readers(ws, readers)
    with_issue(ws)
    plan_issue(ws, KEY, render, NOW)
    return ws


def line_of(ws: Workspace, size: int = 10) -> Line:
    return Line(ws, Road(), find_job(ws, KEY), lambda: NOW, size, "elsewhere:1:t1", lambda: 0.5)


def send(ws: Workspace, road: Road, later: int = 0) -> None:
    pump(ws, road, KEY, lambda: NOW + timedelta(hours=later), batch=10, worker_id="elsewhere:1:t1")


def lines(ws: Workspace) -> list[tuple[str, str, str]]:
    """What the history of the one reader there is says, as an operator sees it and as they are told of themselves."""
    with ws.store.read() as connection:
        one = connection.execute(sa.select(delivery.c.id, delivery.c.subscriber_id)).one()
        (told,) = history.deliveries_of(connection, ws.settings.community.id, one.subscriber_id)
        shown = [(note.kind, note.state, note.detail) for note in operator.notes_of(connection, one.id)]
    assert [(line["kind"], line["state"], line["detail"]) for line in told["events"]] == shown
    return shown


def test_an_acceptance_is_told_though_no_line_of_it_is_written(tmp_path: Path) -> None:
    ws = planned(tmp_path, 1)
    send(ws, Road())
    with ws.store.read() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(delivery_event)).scalar() == 0
    assert lines(ws) == [("accepted", "accepted", "told by 202")]
    assert audit_mailing(ws, KEY).violations == ()


def test_it_stands_behind_what_was_tried_before_and_ahead_of_what_was_reported_since(tmp_path: Path) -> None:
    ws = planned(tmp_path, 1)
    road = Road(put_off)
    send(ws, road), send(ws, road, later=1)
    with ws.store.begin() as connection:
        one = connection.execute(sa.select(delivery.c.id)).scalar_one()
        report = Notice(one, "delivered", NOW - timedelta(days=1))  # by a clock of its own
        notices.keep(connection, ws.settings.community.id, [notices.Line(report, "k", "delivered")])
    assert [kind for kind, _, _ in lines(ws)] == ["refused_for_now", "accepted", "delivered"]


def test_what_was_found_out_later_has_its_own_line_and_is_told_once(tmp_path: Path) -> None:
    ws = planned(tmp_path, 1)
    send(ws, Road(silent))
    with ws.store.begin() as connection:
        one = connection.execute(sa.select(delivery.c.id)).scalars().all()
        assert reconciling.settle_accepted(connection, ws.settings.community.id, one, NOW, "the log has it") == 1
    assert [kind for kind, _, _ in lines(ws)] == ["unknown", "reconciled"]


def test_a_line_that_an_older_program_wrote_is_told_once(tmp_path: Path) -> None:
    ws = planned(tmp_path, 1)
    send(ws, Road())
    with ws.store.begin() as connection:
        item = connection.execute(sa.select(attempt_item.c.delivery_id, attempt_item.c.attempt_id)).one()
        row = {"community": ws.settings.community.id, "at": NOW, "kind": "accepted", "state": "accepted"}
        connection.execute(sa.insert(delivery_event).values(row | dict(item._mapping)))
    assert [kind for kind, _, _ in lines(ws)] == ["accepted"]


def test_each_message_keeps_the_id_by_which_its_server_knows_it(tmp_path: Path) -> None:
    ws = planned(tmp_path, 3)

    def named(batch: Batch) -> Sequence[Receipt]:
        first, *rest = (row.delivery_id for row in batch.rows)
        return [Receipt(first, "rejected", "no"), *(Receipt(one, "accepted", "ok", f"queued {one}") for one in rest)]

    send(ws, Road(named))
    with ws.store.read() as connection:
        rows = connection.execute(sa.select(*(attempt_item.c[n] for n in ("delivery_id", "provider_id", "outcome"))))
        found = {row.delivery_id: (row.provider_id, row.outcome) for row in rows}
    assert sorted(found.values()) == sorted(
        ("", "rejected") if outcome == "rejected" else (f"queued {one}", "accepted")
        for one, (_, outcome) in found.items()
    )
    assert [outcome for _, outcome in found.values()].count("accepted") == 2


def steps_to_settle(root: Path, readers: int) -> int:
    """What SQLite does, in its own thousands of steps, to keep an id of its server's for each of so many messages."""
    ws = planned(root, readers)
    line, done = line_of(ws, readers), 0

    def tick() -> None:
        nonlocal done
        done += 1

    @sa.event.listens_for(ws.store.engine, "checkout")
    def watch(raw: sqlite3.Connection, *_about: object) -> None:
        raw.set_progress_handler(tick, 1000)

    held, _ = line.claim()
    assert held is not None
    assert line.mark(held)
    receipts = [Receipt(one.delivery_id, "accepted", "ok", f"queued {one.delivery_id}") for one in held.rows]
    done = 0
    assert line.settle(held, tuple(receipts))
    return done


@pytest.mark.sqlite_only
def test_ids_of_a_servers_own_cost_no_more_for_each_message_of_a_large_batch(tmp_path: Path) -> None:
    few, many = (steps_to_settle(tmp_path / f"{n}", n) for n in (100, 800))
    assert few < many < 16 * few


def asked(ws: Workspace) -> Iterator[list[tuple[str, tuple[object, ...]]]]:
    """The statements from then on, until it is asked for again."""
    statements: list[tuple[str, tuple[object, ...]]] = []

    @sa.event.listens_for(ws.store.engine, "before_cursor_execute")
    def keep(_connection: object, _cursor: object, text: str, values: tuple[object, ...], *_more: object) -> None:
        statements.append((text, values))

    yield statements
    sa.event.remove(ws.store.engine, "before_cursor_execute", keep)


def walk(ws: Workspace, size: int) -> int:
    """How many statements a batch of this size takes, from the look at what is due to its outcomes."""
    line = line_of(ws, size)
    listening = asked(ws)
    statements = next(listening)
    held, _ = line.claim()
    assert held is not None
    assert line.mark(held)
    assert line.settle(held, tuple(Receipt(one.delivery_id, "accepted", "ok") for one in held.rows))
    assert len(held.rows) == size
    next(listening, None)
    return len(statements)


def test_a_batch_of_thirty_takes_no_more_statements_than_one_of_two(tmp_path: Path) -> None:
    ws = planned(tmp_path, 40)
    walk(ws, 2)
    assert walk(ws, 30) == walk(ws, 2)


@pytest.mark.sqlite_only  # the words of its planner
def test_no_step_of_a_batch_looks_through_what_was_sent_before(tmp_path: Path) -> None:
    ws = planned(tmp_path, 40)
    listening = asked(ws)
    statements = next(listening)
    walk(ws, 10)
    lost, given_back = line_of(ws).claim()[0], line_of(ws).claim()[0]
    assert lost is not None
    assert given_back is not None
    with ws.store.begin() as connection:
        assert claims.mark_submitting(connection, lost, NOW, NOW + timedelta(hours=1))
        assert recovery.release(connection, [given_back.attempt_id], NOW, why="", broke=timedelta(0)) == 10
        assert recovery.lose(connection, [lost.attempt_id], NOW, why="") == 10
        ids = [one.delivery_id for one in lost.rows]
        assert reconciling.settle_accepted(connection, ws.settings.community.id, ids, NOW, "") == 10
    next(listening, None)
    with ws.store.read() as connection:
        steps = [
            (str(step.detail), text)
            for text, values in statements
            for step in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}", values)
        ]
    assert len(steps) > 40
    assert [step for step, _ in steps if step.startswith("SCAN") and step.split()[1] in GROW] == []


@pytest.mark.sqlite_only  # PostgreSQL has no order of its own
def test_rows_lie_in_the_order_of_their_ids_so_that_a_batch_is_a_few_pages(tmp_path: Path) -> None:
    ws = planned(tmp_path, 30)
    with ws.store.read() as connection:
        lying = connection.exec_driver_sql("SELECT id FROM delivery ORDER BY rowid").scalars().all()
    assert lying == sorted(lying)
    held, _ = line_of(ws).claim()
    assert held is not None
    assert [one.delivery_id for one in held.rows] == lying[:10]
    with ws.store.read() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(attempt)).scalar() == 1
