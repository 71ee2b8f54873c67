"""A store of an older program in the middle of a send: it is brought up to date, and the send goes on."""

from collections.abc import Sequence
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from support_workspace import KEY, NOW, Clock, open_at, render, with_issue, with_readers

from newsletter.app.backing_up.migrating import migrate_with_backup
from newsletter.app.backing_up.restore import restore
from newsletter.app.sending.auditing import audit_mailing
from newsletter.app.sending.line import Line
from newsletter.app.sending.pump import find_job, plan_issue, pump, status, this_worker
from newsletter.app.subscribing import suppress
from newsletter.app.workspace import Workspace
from newsletter.model.delivery import Batch, Receipt, receipts_for_all
from newsletter.store import migrate
from newsletter.store.handle import Store, StoreError
from newsletter.store.tables import attempt

OLD = "0011"
DEAD = f"{this_worker().rsplit(':', 1)[0]}:a process of the older program"

pytestmark = [pytest.mark.sqlite_only, pytest.mark.usefixtures("_every_store_is_migrated")]


class Road:
    """Takes everything, and knows whom it took."""

    def __init__(self) -> None:
        self.taken: list[str] = []

    def submit(self, batch: Batch) -> Sequence[Receipt]:
        self.taken += [row.address for row in batch.rows]
        return receipts_for_all(batch, "accepted", "")

    def close(self) -> None: ...


def aged(ws: Workspace, folder: Path, version: str = OLD) -> Workspace:
    """The same workspace with a store as the older program had it, holding the same rows."""
    ws.store.close()
    (folder / "subscribers").mkdir(parents=True)
    new, old = (root / "subscribers" / "newsletter.db" for root in (ws.root, folder))
    engine = sa.create_engine(f"sqlite:///{old}")
    with engine.begin() as connection:
        config = Config()
        config.set_main_option("script_location", str(migrate.SCRIPTS))
        config.attributes["connection"] = connection
        command.upgrade(config, version)
    with engine.connect() as connection:
        connection.exec_driver_sql(f"ATTACH '{new}' AS new")
        for table in sa.inspect(connection).get_table_names():
            if table != "alembic_version":
                columns = ", ".join(f'"{one["name"]}"' for one in sa.inspect(connection).get_columns(table))
                connection.exec_driver_sql(f'INSERT INTO "{table}" ({columns}) SELECT {columns} FROM new."{table}"')
        connection.commit()
    engine.dispose()
    return open_at(folder, ws.clock)


def brought_up(ws: Workspace) -> Workspace:
    """As `newsletter store migrate` leaves it, on the way that people go."""
    done = migrate_with_backup(ws)
    assert done.after == migrate.HEAD
    assert done.backup is not None
    return ws


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


def version_of(ws: Workspace) -> str | None:
    with sa.create_engine(f"sqlite:///{ws.root}/subscribers/newsletter.db").connect() as connection:
        return migrate.schema_version(connection)


def found(ws: Workspace) -> dict[str, int]:
    return {state: count for state, count in status(ws, KEY)["states"].items() if count}


def test_a_send_goes_on_after_the_program_was_replaced_in_the_middle_of_it(
    halfway: Workspace, tmp_path: Path
) -> None:
    ws, road = aged(halfway, tmp_path / "old"), Road()
    assert version_of(ws) == OLD

    pump(brought_up(ws), road, KEY, ws.clock, batch=2, worker_id=this_worker())
    assert len(road.taken) == 1
    assert found(ws) == {"accepted": 3, "unknown": 2}
    assert audit_mailing(ws, KEY).violations == ()
    assert version_of(ws) == migrate.HEAD


def steps() -> list[object]:
    """Every schema from OLD on that is not this program's, oldest first; the others are slow tests."""
    config = Config()
    config.set_main_option("script_location", str(migrate.SCRIPTS))
    walked = [one.revision for one in ScriptDirectory.from_config(config).walk_revisions()]
    return [OLD, *(pytest.param(one, marks=pytest.mark.slow) for one in walked[walked.index(OLD) - 1 : 0 : -1])]


@pytest.mark.parametrize("version", steps())
def test_from_any_schema_a_half_sent_issue_reaches_everybody_exactly_once(tmp_path: Path, version: str) -> None:
    ws, before = open_at(tmp_path / "new", Clock()), Road()
    everybody = with_readers(ws, 5)
    with_issue(ws)
    plan_issue(ws, KEY, render, NOW)
    pump(ws, before, KEY, ws.clock, batch=2, worker_id=this_worker(), max_batches=1)
    ws, after = aged(ws, tmp_path / "old", version), Road()
    pump(brought_up(ws), after, KEY, ws.clock, batch=2, worker_id=this_worker())
    assert (len(before.taken), len(after.taken)) == (2, 3)
    assert sorted(before.taken + after.taken) == sorted(everybody)
    assert found(ws) == {"accepted": 5}
    assert audit_mailing(ws, KEY).violations == ()


def test_a_newer_program_does_not_begin_before_the_store_was_brought_up(halfway: Workspace, tmp_path: Path) -> None:
    ws = aged(halfway, tmp_path / "old")
    with pytest.raises(StoreError, match=rf"schema is {OLD} and this program's is .*newsletter store migrate"):
        pump(ws, Road(), KEY, ws.clock, batch=2, worker_id=this_worker())
    assert version_of(ws) == OLD, "a look leaves it as it is"


def test_nothing_is_brought_up_under_somebodys_hands(halfway: Workspace, tmp_path: Path) -> None:
    ws = aged(halfway, tmp_path / "old")
    db = sa.create_engine(f"sqlite:///{ws.root}/subscribers/newsletter.db")
    with db.begin() as connection:
        connection.exec_driver_sql("UPDATE attempt SET worker = 'another-machine:1:t1' WHERE phase = 'submitting'")
    with pytest.raises(StoreError, match=r"in hand by another-machine:1:t1 .*stop it"):
        migrate_with_backup(ws)
    assert version_of(ws) == OLD
    assert list((ws.root / "subscribers").glob("*.backup")) == []

    with db.begin() as connection:
        connection.exec_driver_sql("UPDATE attempt SET lease_until = '2026-12-04 16:00:00.000000'")
    road = Road()
    pump(brought_up(ws), road, KEY, ws.clock, batch=2, worker_id=this_worker())
    assert len(road.taken) == 1
    assert found(ws) == {"accepted": 3, "unknown": 2}


def test_the_older_program_writes_no_more_to_a_store_that_was_brought_up(halfway: Workspace, tmp_path: Path) -> None:
    ws = aged(halfway, tmp_path / "old")
    older = Store(sa.create_engine(f"sqlite:///{ws.root}/subscribers/newsletter.db"), schema=OLD)
    older.check()
    brought_up(ws)
    with pytest.raises(StoreError, match=rf"brought to schema {migrate.HEAD} .*of {OLD}.*start it anew"):
        older.check()
    with pytest.raises(StoreError, match="start it anew"), older.begin() as connection:
        connection.exec_driver_sql("DELETE FROM delivery")
    assert sum(found(ws).values()) == 5
    older.close()


def test_whoever_goes_back_sends_nothing_again(halfway: Workspace, tmp_path: Path) -> None:
    ws, road = aged(halfway, tmp_path / "old"), Road()
    done = migrate_with_backup(ws)
    pump(ws, road, KEY, ws.clock, batch=2, worker_id=this_worker())
    ws.store.close()
    assert len(road.taken) == 1
    assert done.backup is not None

    again = open_at(ws.root, ws.clock)
    assert restore(again, done.backup, replace=True).manifest.schema == OLD
    pump(again, road, KEY, ws.clock, batch=2, worker_id=this_worker())
    assert len(road.taken) == 1, "what was sent after the backup is not known to it, and nothing leaves"
    assert version_of(again) == migrate.HEAD


@pytest.mark.parametrize(("moment", "wrong"), [("2026-12-04 16:59:00", True), ("2026-12-04 17:01:00", False)])
def test_what_came_first_in_an_old_store_is_told_by_its_clock(
    halfway: Workspace, tmp_path: Path, moment: str, wrong: bool
) -> None:
    with halfway.store.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO suppression (community, who, reason, at) "
            f"SELECT community, who, 'bounced', '{moment}.000000' FROM subscriber"
        )
    audited = audit_mailing(brought_up(aged(halfway, tmp_path / "old")), KEY)
    assert {one.invariant for one in audited.violations} == ({"I5"} if wrong else set())


def test_turns_go_on_where_those_of_the_old_store_end(halfway: Workspace, tmp_path: Path) -> None:
    ws = brought_up(aged(halfway, tmp_path / "old"))
    suppress(ws, "reader00004@example.org")
    pump(ws, Road(), KEY, ws.clock, batch=2, worker_id=this_worker())
    with ws.store.read() as connection:
        turns = connection.execute(sa.select(attempt.c.turn).order_by(attempt.c.turn)).scalars().all()
    assert turns == list(range(1, len(turns) + 1))
    assert audit_mailing(ws, KEY).violations == ()
