"""A planned issue and a road that answers as it is told, for tests of what keeps mails from leaving."""

import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import timedelta
from pathlib import Path

from support_workspace import KEY, NOW, Clock, open_at, render, with_issue, with_readers

from newsletter.app.alerting import alerts_since
from newsletter.app.sending.pump import Summary, plan_issue, pump, status, this_worker
from newsletter.app.workspace import Workspace, with_settings
from newsletter.model.delivery import Batch, Outcome, Receipt
from newsletter.model.guarding import GuardSettings, PaceSettings
from newsletter.store.engine import is_file

LATER = "weekly-2026-12-11"
Answer = Callable[[Batch], Outcome]


class Road:
    """Answers as `says` tells, and keeps every address that it took."""

    def __init__(self, says: Answer = lambda _: "accepted") -> None:
        self.says = says
        self.asked: list[int] = []
        self.took: list[str] = []

    def submit(self, batch: Batch) -> Sequence[Receipt]:
        self.asked.append(len(batch.rows))
        outcome = self.says(batch)
        if outcome == "accepted":
            self.took += [row.address for row in batch.rows]
        return [Receipt(row.delivery_id, outcome, "told so") for row in batch.rows]

    def close(self) -> None: ...


def guarded(root: Path, clock: Clock, pace: PaceSettings | None = None, **guards: object) -> Workspace:
    """The workspace for tests with these guards."""
    return with_settings(open_at(root, clock), pace=pace or PaceSettings(), guards=GuardSettings(**guards))


#: Stores with a planned issue, by how many readers it has: made once, and handed out as copies.
_MADE: dict[int, bytes] = {}


def planned(ws: Workspace, readers: int = 5) -> tuple[str, ...]:
    """An approved issue with so many readers, planned in a new store; their addresses."""
    file = ws.root / "subscribers/newsletter.db"
    assert not file.exists(), "it is planned in a store of its own"
    if readers in _MADE:
        file.parent.mkdir(parents=True)
        file.write_bytes(_MADE[readers])
        return tuple(f"reader{number:05d}@example.org" for number in range(readers))
    audience = with_readers(ws, readers)
    with_issue(ws)
    plan_issue(ws, KEY, render, NOW)
    if not is_file(ws.settings.store.url, ws.root):
        return audience
    with closing(sqlite3.connect(file)) as store:
        _MADE[readers] = store.serialize()
    return audience


def send(ws: Workspace, road: Road, key: str = KEY, batch: int = 2, **more: object) -> Summary:
    """Pump what is due."""
    return pump(ws, road, key, ws.clock, batch=batch, worker_id=this_worker(), jitter=lambda: 0.0, **more)


def states(ws: Workspace, key: str = KEY) -> dict[str, int]:
    """The deliveries by state, those that there are."""
    return {state: count for state, count in status(ws, key)["states"].items() if count}


def held(ws: Workspace, key: str = KEY) -> list[str]:
    """The guards that hold the issue, as `status` names them."""
    return [one["guard"] for one in status(ws, key).get("guards", ())]


def history(ws: Workspace, key: str = KEY) -> str:
    """The issue's history as text."""
    return "\n".join(f"{one['state']} {one['by']} {one['detail']}" for one in status(ws, key)["history"])


def alerts(ws: Workspace) -> list[str]:
    """What the operator was told, oldest first."""
    return [one.text for one in reversed(alerts_since(ws, NOW - timedelta(days=1000)))]
