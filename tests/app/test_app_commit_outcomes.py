"""A database that is lost while it commits: nobody knows whether it did, and still nobody is mailed twice."""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.engine import Connection
from sqlalchemy.exc import OperationalError
from support_workspace import KEY, Clock, open_at, render, with_issue, with_readers

from newsletter.app.sending.auditing import audit_mailing
from newsletter.app.sending.pump import plan_issue, pump, status, this_worker
from newsletter.app.workspace import Workspace
from newsletter.model.delivery import Batch, Receipt
from newsletter.store.handle import Store

pytestmark = pytest.mark.no_cover  # other tests cover its lines

READERS, BATCH = 6, 2


class Road:
    """Takes every batch and counts how often each reader was in one."""

    def __init__(self) -> None:
        self.handed_over: Counter[str] = Counter()

    def submit(self, batch: Batch) -> Sequence[Receipt]:
        self.handed_over.update(row.address for row in batch.rows)
        return [Receipt(row.delivery_id, "accepted") for row in batch.rows]

    def close(self) -> None: ...


class LosingStore:
    """Loses its connection at one commit of this name, after it took effect or before."""

    def __init__(self, store: Store, name: str, *, took_effect: bool) -> None:
        self.store, self.name, self.took_effect = store, name, took_effect
        self.lost = False

    @contextmanager
    def begin(self, name: str = "write", *, shared: bool = False) -> Iterator[Connection]:
        losing = name == self.name and not self.lost
        with self.store.begin(name, shared=shared) as connection:
            yield connection
            if losing and not self.took_effect:
                self._lose()
        if losing:
            self._lose()

    def _lose(self) -> None:
        self.lost = True
        raise OperationalError("COMMIT", {}, Exception("the connection was lost"))

    def __getattr__(self, name: str) -> object:
        return getattr(self.store, name)


def losing(ws: Workspace, name: str, *, took_effect: bool) -> None:
    ws.__dict__["store"] = LosingStore(ws.store, name, took_effect=took_effect)


@pytest.mark.parametrize("took_effect", [True, False])
@pytest.mark.parametrize("step", ["claim", "mark", "settle", "finish"])
def test_check_5_a_commit_of_unknown_outcome_is_read_again_and_never_sent_blindly(
    step: str, took_effect: bool, tmp_path: Path
) -> None:
    clock, road = Clock(), Road()
    ws = open_at(tmp_path, clock)
    with_readers(ws, READERS)
    with_issue(ws)
    plan_issue(ws, KEY, render, clock())
    losing(ws, step, took_effect=took_effect)
    with pytest.raises(OperationalError):
        pump(ws, road, KEY, clock, batch=BATCH, worker_id=this_worker())
    for _ in range(2):
        clock.now += timedelta(hours=2)
        pump(ws, road, KEY, clock, batch=BATCH, worker_id=this_worker("-next"))
    states = {state: count for state, count in status(ws, KEY)["states"].items() if count}
    assert max(road.handed_over.values()) == 1
    assert sum(states.values()) == READERS
    assert set(states) <= {"accepted", "unknown"}
    # What was written before the connection went is believed; what may not have been is named.
    in_doubt = (step == "settle" and not took_effect) or (step == "mark" and took_effect)
    assert states.get("unknown", 0) == (BATCH if in_doubt else 0)
    assert not audit_mailing(ws, KEY).violations
