from pathlib import Path

import pytest
import sqlalchemy as sa
from support_workspace import KEY, NOW, open_at, render, with_issue, with_readers

from newsletter.app.sending.pump import find_job, plan_issue
from newsletter.store import claims
from newsletter.store.tables import delivery, subscriber


@pytest.mark.sqlite_only  # the words of its planner
def test_looking_for_a_batch_does_not_sort_all_that_is_pending(tmp_path: Path) -> None:
    """Else a send would take the square of its audience."""
    ws = open_at(tmp_path)
    with_readers(ws, 3)
    with_issue(ws)
    plan_issue(ws, KEY, render, NOW)
    asked: list[tuple[str, tuple[object, ...]]] = []
    sa.event.listen(
        ws.store.engine, "before_cursor_execute", lambda conn, cursor, sql, values, *_: asked.append((sql, values))
    )
    with ws.store.begin() as connection:
        assert len(claims.due(connection, find_job(ws, KEY), NOW, 2)) == 2
        sql, values = next((sql, values) for sql, values in asked if "LIMIT" in sql)
        steps = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", values).all()
    assert not [step for step in steps if "TEMP B-TREE" in str(step)]


def test_one_mailing_has_one_delivery_for_one_subscriber(tmp_path: Path) -> None:
    ws = open_at(tmp_path)
    with_readers(ws, 1)
    with_issue(ws)
    plan_issue(ws, KEY, render, NOW)
    with ws.store.read() as connection:
        (row,) = connection.execute(sa.select(delivery)).mappings()
    with pytest.raises(sa.exc.IntegrityError, match=r"(?i)unique"), ws.store.begin() as connection:
        connection.execute(sa.insert(delivery).values(dict(row) | {"id": "another id"}))


def test_a_delivery_is_only_ever_in_a_state_of_the_table(tmp_path: Path) -> None:
    ws = open_at(tmp_path)
    with_readers(ws, 1)
    with_issue(ws)
    plan_issue(ws, KEY, render, NOW)
    with pytest.raises(sa.exc.IntegrityError, match=r"(?i)check"), ws.store.begin() as connection:
        connection.execute(sa.update(delivery).values(state="sent"))


def test_deliveries_over_which_a_worker_broke_off_leave_the_batches_of_the_others_whole(tmp_path: Path) -> None:
    ws = open_at(tmp_path)
    with_readers(ws, 6)
    with_issue(ws)
    plan_issue(ws, KEY, render, NOW)
    job = find_job(ws, KEY)
    with ws.store.begin() as connection:
        first = [one.delivery_id for one in claims.due(connection, job, NOW, 3)]
        connection.execute(sa.update(delivery).where(delivery.c.id.in_(first)).values(breaks=1))
        assert len(claims.due(connection, job, NOW, 3)) == 3
        assert not {one.delivery_id for one in claims.due(connection, job, NOW, 3)} & set(first)
        connection.execute(sa.update(delivery).where(delivery.c.breaks == 0).values(state="skipped"))
        assert [one.delivery_id for one in claims.due(connection, job, NOW, 3)] == first


def test_sums_are_whole_numbers_and_means_are_not(tmp_path: Path) -> None:
    ws = open_at(tmp_path)
    with_readers(ws, 2)
    with ws.store.read() as connection:
        found = connection.execute(sa.select(sa.func.sum(subscriber.c.clock), sa.func.avg(subscriber.c.clock))).one()
    assert [(type(one), one) for one in found] == [(int, 24), (float, 12.0)]
