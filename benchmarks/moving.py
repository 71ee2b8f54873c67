"""A store moved to PostgreSQL with an issue half sent: how fast, and whether anybody misses it or gets two.

    python benchmarks/moving.py [--recipients 20000] [--batch 500]

Half of the readers get the issue out of SQLite, and one batch is in a sender's hands while `newsletter store copy`
runs: the road has taken it, and its answer comes too late. The other half get it out of PostgreSQL. What the road
took is compared with the ledger. Needs what `workers.py` needs.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from bench_row import tell
from workers import Server

OLD = "sqlite:///subscribers/newsletter.db"
#: Every mail has to be accounted for, so any number above this is one too many.
NONE = 0


@dataclass(frozen=True)
class Moved:
    """Rows that were counted on both sides, deliveries in hand meanwhile, and the seconds it took."""

    rows: int
    in_hand: int
    seconds: float


def main() -> int:
    """Fill, plan, send half, move, send the rest, and compare."""
    given = _arguments()
    with tempfile.TemporaryDirectory(prefix="newsletter-moving-") as folder:
        server = Server()
        try:
            return measure(given, Path(folder), server.url)
        finally:
            server.stop()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="A store moved while an issue is half sent")
    parser.add_argument("--recipients", type=int, default=20_000)
    parser.add_argument("--batch", type=int, default=500)
    return parser.parse_args()


def measure(given: argparse.Namespace, root: Path, url: str) -> int:
    """One move; 0 where nobody is missed, and nobody gets two."""
    import crash_workspace
    from crash_stub import Stub

    ws = crash_workspace.write(root, crash_workspace.Road("smtp", 1, given.batch))
    crash_workspace.fill(ws, given.recipients, crash_workspace.KEY)
    crash_workspace.plan(ws)
    road = Stub(root)
    send(ws, road, given.batch, given.recipients // given.batch // 2)
    leave_in_hand(ws, road, given.batch)
    moved = move(ws, root, url)
    config = root / "config.toml"
    config.write_text(config.read_text() + f'\n[store]\nurl = "{url}"\n')
    new = crash_workspace.opened(root)
    send(new, road, given.batch)
    return int(not compare(given, root, new, moved))


def send(ws, road, batch: int, batches: int | None = None) -> None:
    """So many batches, or all that is due."""
    from crash_workspace import KEY

    from newsletter.app.sending.pump import pump, this_worker

    pump(ws, road, KEY, ws.clock, batch=batch, worker_id=this_worker(), max_batches=batches)


def leave_in_hand(ws, road, batch: int) -> None:
    """One batch that the road took, and whose answer nobody waited for."""
    from crash_workspace import KEY

    from newsletter.app.sending.line import Line
    from newsletter.app.sending.pump import find_job, this_worker

    line = Line(ws, road, find_job(ws, KEY), ws.clock, batch, this_worker(), lambda: 0.5)
    held, _ = line.claim()
    assert held is not None
    assert line.mark(held)
    line.hand_over(held, line.fill(held))
    ws.store.close()


def move(ws, root: Path, url: str) -> Moved:
    """By the command, as an operator does it."""
    from crash_workspace import ENV

    command = (sys.executable, "-m", "newsletter", "--workspace", str(root), "store", "copy", OLD, url, "--json")
    begun = time.monotonic()
    said = subprocess.run(command, env=os.environ | ENV, check=True, capture_output=True, text=True).stdout
    told = json.loads(said)
    return Moved(sum(told["rows"].values()), told["in_hand"], time.monotonic() - begun)


def compare(given: argparse.Namespace, root: Path, ws, moved: Moved) -> bool:
    """The ledger beside what the road took."""
    import crash_stub
    import sqlalchemy as sa
    from crash_workspace import KEY

    from newsletter.app.sending.auditing import audit_mailing
    from newsletter.store.tables import delivery

    taken = crash_stub.taken(root)
    with ws.store.read() as connection:
        states = dict(tuple(row) for row in connection.execute(sa.select(delivery.c.id, delivery.c.state)).all())
    missed = len(states.keys() - taken.keys()) + given.recipients - len(states)
    twice = sum(count > 1 for count in taken.values())
    wrong = audit_mailing(ws, KEY).violations
    detail = (
        f"{len(states):,} readers, {sum(taken.values()):,} counted at the road, {moved.in_hand} in hand meanwhile; "
        f"{moved.rows:,} rows moved in {moved.seconds:.1f} s"
    )
    name = "missed, sent to twice, or against an invariant after a move to PostgreSQL in the middle"
    return tell(name, missed + twice + len(wrong), NONE, "at most", "", detail)


if __name__ == "__main__":
    sys.exit(main())
