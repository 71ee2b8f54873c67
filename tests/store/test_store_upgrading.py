"""A store of an older program in the middle of a send: it is brought up to date, and the send goes on."""

from collections.abc import Sequence
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from support_workspace import KEY, NOW, Clock, open_at, render, with_issue, with_readers

from newsletter.app.sending.auditing import audit_mailing
from newsletter.app.sending.line import Line
from newsletter.app.sending.pump import find_job, plan_issue, pump, status, this_worker
from newsletter.app.subscribing import suppress
from newsletter.app.workspace import Workspace
from newsletter.model.delivery import Batch, Receipt, receipts_for_all
from newsletter.store import migrate
from newsletter.store.tables import attempt

OLD = "0011"
DEAD = f"{this_worker().rsplit(':', 1)[0]}:a process of the older program"

pytestmark = pytest.mark.sqlite_only


class Road:
    """Takes everything, and knows whom it took."""

    def __init__(self) -> None:
        self.taken: list[str] = []

    def submit(self, batch: Batch) -> Sequence[Receipt]:
        self.taken += [row.address for row in batch.rows]
        return receipts_for_all(batch, "accepted", "")

    def close(self) -> None: ...


def aged(ws: Workspace, folder: Path) -> Workspace:
    """The same workspace with a store as the older program had it, holding the same rows."""
    ws.store.close()
    (folder / "subscribers").mkdir(parents=True)
    new, old = (root / "subscribers" / "newsletter.db" for root in (ws.root, folder))
    engine = sa.create_engine(f"sqlite:///{old}")
    with engine.begin() as connection:
        config = Config()
        config.set_main_option("script_location", str(migrate.SCRIPTS))
        config.attributes["connection"] = connection
        command.upgrade(config, OLD)
    with engine.connect() as connection:
        connection.exec_driver_sql(f"ATTACH '{new}' AS new")
        for table in sa.inspect(connection).get_table_names():
            if table != "alembic_version":
                columns = ", ".join(f'"{one["name"]}"' for one in sa.inspect(connection).get_columns(table))
                connection.exec_driver_sql(f'INSERT INTO "{table}" ({columns}) SELECT {columns} FROM new."{table}"')
        connection.commit()
    engine.dispose()
    return open_at(folder, ws.clock)


@pytest.fixture
def halfway(tmp_path: Path) -> Workspace:
    """Five readers: two got it, two were being handed over when the older program was killed, one waits."""
    ws = open_at(tmp_path / "new", Clock())
    with_readers(ws, 5)
    with_issue(ws)
    plan_issue(ws, KEY, render, NOW)
    pump(ws, Road(), KEY, ws.clock, batch=2, worker_id=DEAD, max_batches=1)
    line = Line(ws, Road(), find_job(ws, KEY), ws.clock, 2, DEAD, lambda: 0.5)
    held, _ = line.claim()
    assert held is not None
    assert line.mark(held)
    return ws


def test_a_send_goes_on_after_the_program_was_replaced_in_the_middle_of_it(
    halfway: Workspace, tmp_path: Path
) -> None:
    ws, road = aged(halfway, tmp_path / "old"), Road()
    with sa.create_engine(f"sqlite:///{ws.root}/subscribers/newsletter.db").connect() as connection:
        assert migrate.schema_version(connection) == OLD

    pump(ws, road, KEY, ws.clock, batch=2, worker_id=this_worker())
    assert len(road.taken) == 1
    found = {state: count for state, count in status(ws, KEY)["states"].items() if count}
    assert found == {"accepted": 3, "unknown": 2}
    assert audit_mailing(ws, KEY).violations == ()
    with ws.store.read() as connection:
        assert migrate.schema_version(connection) == migrate.HEAD


@pytest.mark.parametrize(("moment", "wrong"), [("2026-12-04 16:59:00", True), ("2026-12-04 17:01:00", False)])
def test_what_came_first_in_an_old_store_is_told_by_its_clock(
    halfway: Workspace, tmp_path: Path, moment: str, wrong: bool
) -> None:
    with halfway.store.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO suppression (community, who, reason, at) "
            f"SELECT community, who, 'bounced', '{moment}.000000' FROM subscriber"
        )
    found = audit_mailing(aged(halfway, tmp_path / "old"), KEY)
    assert {one.invariant for one in found.violations} == ({"I5"} if wrong else set())


def test_turns_go_on_where_those_of_the_old_store_end(halfway: Workspace, tmp_path: Path) -> None:
    ws = aged(halfway, tmp_path / "old")
    suppress(ws, "reader00004@example.org")
    pump(ws, Road(), KEY, ws.clock, batch=2, worker_id=this_worker())
    with ws.store.read() as connection:
        turns = connection.execute(sa.select(attempt.c.turn).order_by(attempt.c.turn)).scalars().all()
    assert turns == list(range(1, len(turns) + 1))
    assert audit_mailing(ws, KEY).violations == ()
