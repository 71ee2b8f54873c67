"""A store is taken over into another database in the middle of an issue, and goes on there."""

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
import sqlalchemy as sa
from support_postgresql import server
from support_workspace import KEY, NOW, open_at, render, with_issue, with_readers

from newsletter.app.backing_up.taking_over import take_over
from newsletter.app.sending.auditing import audit_mailing
from newsletter.app.sending.line import Line
from newsletter.app.sending.pump import find_job, plan_issue, pump, status, this_worker
from newsletter.app.subscribing import remove, suppress
from newsletter.app.workspace import Workspace, with_settings
from newsletter.model.delivery import Batch, Receipt, receipts_for_all
from newsletter.model.workspace import StoreSettings
from newsletter.store import claims
from newsletter.store.engine import StoreError, open_store
from newsletter.store.moving import copy_over, counts
from newsletter.store.tables import consent, metadata, suppression

pytestmark = pytest.mark.sqlite_only
OLD = "sqlite:///subscribers/newsletter.db"


class Road:
    """Takes everything, and counts who got how many."""

    def __init__(self) -> None:
        self.taken: Counter[str] = Counter()

    def submit(self, batch: Batch) -> Sequence[Receipt]:
        self.taken.update(row.address for row in batch.rows)
        return receipts_for_all(batch, "accepted", "")

    def close(self) -> None: ...


@pytest.fixture
def url() -> Iterator[str]:
    database = server().empty()
    yield database.render_as_string(hide_password=False)
    server().drop(database)


def at_database(ws: Workspace, url: str) -> Workspace:
    return with_settings(ws, store=StoreSettings(url=url))


def send(ws: Workspace, road: Road, batches: int | None = None) -> None:
    pump(ws, road, KEY, ws.clock, batch=5, worker_id=this_worker(), max_batches=batches)


@pytest.fixture
def halfway(tmp_path: Path) -> tuple[Workspace, Road]:
    """Forty readers: ten have it, and of the next five one was suppressed and one left since."""
    ws, road = open_at(tmp_path), Road()
    with_readers(ws, 40)
    with_issue(ws)
    plan_issue(ws, KEY, render, NOW)
    send(ws, road, 2)
    late = _next(ws)
    suppress(ws, late[0])
    remove(ws, late[1], "community")
    return ws, road


def _next(ws: Workspace) -> list[str]:
    """The addresses of those who are due, in the order in which they leave."""
    with ws.store.read() as connection:
        return [due.address for due in claims.due(connection, find_job(ws, KEY), NOW, 5)]


def test_a_half_sent_issue_goes_on_in_postgresql_and_nobody_gets_it_twice(
    halfway: tuple[Workspace, Road], url: str
) -> None:
    ws, road = halfway
    line = Line(ws, road, find_job(ws, KEY), ws.clock, 5, this_worker(), lambda: 0.5)
    held, _ = line.claim()
    assert held is not None
    assert line.mark(held)
    batch = line.fill(held)
    before = {name: count for name, count in _counts(ws).items() if count}

    done = take_over(ws, OLD, url)
    assert {name: count for name, count in done.rows.items() if count} == before
    assert done.in_hand == 3, "two of the five that were due were set aside"
    with pytest.raises(sa.exc.IntegrityError, match=r"was moved to postgresql\+?\w*://"):
        line.settle(held, line.hand_over(held, batch))  # it was on its way already
    with pytest.raises(sa.exc.IntegrityError, match="was moved to"):
        send(ws, road)

    new = at_database(ws, url)
    send(new, road)
    assert road.taken.most_common(1)[0][1] == 1
    states = {state: count for state, count in status(new, KEY)["states"].items() if count}
    assert states == {"accepted": 35, "submitting": 3, "suppressed": 2}
    assert sum(road.taken.values()) == 38, "nobody was left out but who may not be written to"
    assert audit_mailing(new, KEY).violations == ()
    new.store.close()


def _counts(ws: Workspace) -> dict[str, int]:
    with ws.store.read() as connection:
        return counts(connection)


def test_every_value_is_the_same_and_numbers_go_on_where_they_ended(
    halfway: tuple[Workspace, Road], url: str, tmp_path: Path
) -> None:
    ws, _ = halfway
    with ws.store.read() as connection:
        before = [_rows(connection, name) for name in counts(connection)]
        last = connection.execute(sa.select(sa.func.max(consent.c.id))).scalar_one()
    take_over(ws, OLD, url)
    new = at_database(ws, url)
    with new.store.read() as connection:
        assert [_rows(connection, name) for name in counts(connection)] == before
        assert connection.execute(sa.select(suppression.c.turn)).scalars().all() == [2], "as the triggers wrote it"
    remove(new, "reader00039@example.org", "community")
    with new.store.read() as connection:
        assert connection.execute(sa.select(sa.func.max(consent.c.id))).scalar_one() == last + 1
    new.store.close()

    back = f"sqlite:///{tmp_path}/back.db"
    take_over(new, url, back)
    with open_store(back, tmp_path).read() as connection:
        assert [_rows(connection, name) for name in counts(connection)][1:2] == before[1:2]


def _rows(connection: sa.engine.Connection, name: str) -> list[tuple[object, ...]]:
    table = metadata.tables[name]
    return [tuple(row) for row in connection.execute(sa.select(table).order_by(*table.primary_key.columns))]


def test_a_move_that_broke_off_is_finished_by_doing_it_again(
    halfway: tuple[Workspace, Road], url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ws, road = halfway
    new = at_database(ws, url)
    assert not any(_counts(new).values())

    def cut(connection: sa.engine.Connection) -> None:
        if connection.engine is new.store.engine:
            raise OSError("the power went")

    sa.event.listen(new.store.engine, "commit", cut)
    with pytest.raises(OSError, match="power"):
        copy_over(ws.store, new.store, url)
    sa.event.remove(new.store.engine, "commit", cut)
    assert not any(_counts(new).values())
    with pytest.raises(sa.exc.IntegrityError, match="was moved to"):
        send(ws, road)

    take_over(ws, OLD, url)
    assert take_over(ws, OLD, url).rows == _counts(ws), "once more changes nothing"
    send(new, road)
    assert sum(road.taken.values()) == 38
    with pytest.raises(StoreError, match="holds rows already"):
        take_over(ws, OLD, url)
    new.store.close()


def test_an_issue_that_moves_there_and_back_while_it_is_sent_reaches_everybody_once(
    halfway: tuple[Workspace, Road], url: str, tmp_path: Path
) -> None:
    ws, road = halfway
    take_over(ws, OLD, url)
    there = at_database(ws, url)
    send(there, road, 3)
    assert sum(road.taken.values()) == 23, "ten before, and three batches without those who are set aside"

    back = f"sqlite:///{tmp_path}/back.db"
    take_over(there, url, back)
    with pytest.raises(sa.exc.IntegrityError, match="was moved to"):
        send(there, road)
    there.store.close()

    last = at_database(ws, back)
    send(last, road)
    states = {state: count for state, count in status(last, KEY)["states"].items() if count}
    assert states == {"accepted": 38, "suppressed": 2}
    assert (sum(road.taken.values()), road.taken.most_common(1)[0][1]) == (38, 1)
    assert audit_mailing(last, KEY).violations == ()
    last.store.close()
