"""Kill workers by the hundred while they send to a sink, and say who got what: `make crash KILLS=n RECIPIENTS=m`.

Four `newsletter worker` processes drain one mailing. One after the other is killed with SIGKILL at a random moment,
and started again; the sink is a process of its own with its own log. At the end that log is held against the ledger,
the ledger is audited, and what is unknown is reconciled. The last line says it all; exit 1 where anything does not
hold.
"""

import argparse
import json
import random
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import crash_designs
import sqlalchemy as sa
from crash_oracle import Verdict, arrivals, beliefs, judge
from crash_workspace import ENV, KEY, Road, fill, opened, write
from crash_zygote import Zygote
from support_dev_sink import DevSink, start_dev_sink, stop_dev_sink

from newsletter.devsink.keep import SENDGRID_LOG, SMTP_LOG
from newsletter.store.tables import mailing

OURS = "ours"
DESIGNS = (OURS, *crash_designs.DESIGNS)


@dataclass(frozen=True)
class Plan:
    """What is to be done: kills are spread over the sending, `pause` seconds apart at least."""

    kills: int
    recipients: int
    transport: str = "http"
    design: str = OURS
    workers: int = 4
    batch: int = 10
    seed: int = 8
    pause: tuple[float, float] = (0.02, 0.08)


@dataclass
class Tally:
    """How a run went; `audited` and `reconciled` are of our design alone."""

    kills: int
    verdict: Verdict
    seconds: float
    audit: dict[str, object] = field(default_factory=dict)
    after: Verdict | None = None
    complaints: list[str] = field(default_factory=list)


class Progress:
    """How many mails the sink has by now, counted as its log grows."""

    def __init__(self, keep: Path) -> None:
        self._logs = dict.fromkeys((keep / SMTP_LOG, keep / SENDGRID_LOG), 0)
        self.count = 0

    def look(self) -> int:
        for path, seen in self._logs.items():
            if path.exists():
                with path.open("rb") as file:
                    file.seek(seen)
                    while part := file.read(1 << 20):
                        self.count += part.count(b"\n")
                    self._logs[path] = file.tell()
        return self.count


class Herd:
    """The workers: each is started, killed and started again."""

    def __init__(self, zygote: Zygote, root: Path, plan: Plan) -> None:
        self._zygote, self._root, self._plan = zygote, root, plan
        self.pids = [self._start(number) for number in range(plan.workers)]

    def _start(self, number: int) -> int:
        out = self._root / f"worker-{number}.log"
        root = str(self._root)
        if self._plan.design == OURS:
            return self._zygote.start("newsletter", "--workspace", root, "worker", env=ENV, out=out)
        return self._zygote.start(self._plan.design, root, str(number), str(self._plan.workers), env=ENV, out=out)

    def kill(self, number: int) -> bool:
        """True where it was alive, and was killed."""
        killed = self._zygote.kill(self.pids[number]) == -signal.SIGKILL
        self.pids[number] = self._start(number)
        return killed

    def stop(self) -> list[int]:
        """Let each finish its batch; their exit codes."""
        end = time.monotonic() + 60
        for pid in self.pids:  # one that was just started does not listen yet
            while not _listens(pid) and time.monotonic() < end:
                time.sleep(0.01)
        return [self._zygote.kill(pid, signal.SIGTERM) for pid in self.pids]

    def wait(self) -> list[int]:
        """Let each come to its end."""
        return [self._zygote.wait(pid) for pid in self.pids]


def _listens(pid: int) -> bool:
    """Whether a process has a handler of its own for being told to stop."""
    status = Path(f"/proc/{pid}/status").read_text()
    caught = next(line for line in status.splitlines() if line.startswith("SigCgt"))
    return bool(int(caught.split()[1], 16) >> (signal.SIGTERM - 1) & 1)


def run(plan: Plan, root: Path, sink: DevSink, zygote: Zygote) -> Tally:
    """One run, from a new workspace to the verdict."""
    road = Road(plan.transport, sink.smtp_port if plan.transport == "smtp" else sink.http_port, plan.batch)
    ws = write(root, road)
    fill(ws, plan.recipients, KEY)
    ws.store.close()
    (root / "audience.txt").write_text("\n".join(f"reader{n:06d}@example.org" for n in range(plan.recipients)))
    if plan.design == OURS:
        code = zygote.run("plan", str(root), KEY, env=ENV, out=root / "plan.log")
        assert code == 0, (root / "plan.log").read_text()
    begun = time.monotonic()
    kills = _send(plan, root, sink, zygote)
    seconds = time.monotonic() - begun
    arrived = arrivals(sink.keep, KEY)
    if plan.design != OURS:
        return Tally(kills, judge(arrived, crash_designs.believed(root)), seconds)
    tally = Tally(kills, judge(arrived, beliefs(opened(root), KEY)), seconds)
    _prove(tally, plan, root, sink, zygote)
    return tally


def _send(plan: Plan, root: Path, sink: DevSink, zygote: Zygote) -> int:
    """Send all of it, killing workers on the way; how many were killed."""
    dice, progress, kills = random.Random(plan.seed), Progress(sink.keep), 0
    herd = Herd(zygote, root, plan)
    while kills < plan.kills:
        time.sleep(dice.uniform(*plan.pause))
        if _is_over(plan, root, progress):
            break
        # The kills are spread over the whole of the sending: no more of them than their part of what has arrived.
        if kills <= plan.kills * progress.count / (plan.recipients * 0.97):
            kills += herd.kill(dice.randrange(plan.workers))
    if plan.design != OURS:
        herd.wait()
        return kills
    while not _is_over(plan, root, progress):
        time.sleep(0.2)
    codes = herd.stop()
    assert codes == [0] * plan.workers, f"workers that were told to stop ended with {codes}"
    return kills


def _is_over(plan: Plan, root: Path, progress: Progress) -> bool:
    # The store is asked once so many have arrived that the kills may explain the rest.
    if progress.look() < plan.recipients - plan.kills * plan.batch or plan.design != OURS:
        return False
    with opened(root).store.read() as connection:
        return connection.execute(sa.select(mailing.c.state).where(mailing.c.key == KEY)).scalar() == "sent"


def _prove(tally: Tally, plan: Plan, root: Path, sink: DevSink, zygote: Zygote) -> None:
    """Audit the ledger, settle what is unknown, and see that nobody was forgotten."""
    tally.audit = _asked(zygote, root, "audit", KEY, "--json")
    unknown = len(tally.verdict.unknown)
    _expect(tally, not tally.audit["violations"], f"the audit names {tally.audit['violations']}")
    _expect(tally, len(tally.audit["unknown"]) == unknown, "the audit does not list all that is unknown")  # type: ignore[arg-type]
    most = tally.kills * (1 if plan.transport == "smtp" else plan.batch)
    _expect(tally, unknown <= most, f"{unknown} unknown are more than {tally.kills} kills explain")
    _asked(zygote, root, "reconcile", KEY, "--resend", "--json")
    zygote.run("newsletter", "--workspace", str(root), "worker", "--once", env=ENV, out=root / "again.log")
    tally.after = judge(arrivals(sink.keep, KEY), beliefs(opened(root), KEY))
    held = unknown if plan.transport == "smtp" else 0
    _expect(tally, tally.after.holds, f"after reconciliation: {tally.after.line(tally.kills)}")
    _expect(tally, len(tally.after.unknown) == held, f"{len(tally.after.unknown)} are unknown after reconciliation")
    again = _asked(zygote, root, "audit", KEY, "--json")
    _expect(tally, not again["violations"], f"the audit after reconciliation names {again['violations']}")


def _expect(tally: Tally, holds: bool, complaint: str) -> None:
    if not holds:
        tally.complaints.append(complaint[:500])


def _asked(zygote: Zygote, root: Path, *command: str) -> dict[str, object]:
    out = root / f"{command[0]}.json"
    out.unlink(missing_ok=True)
    zygote.run("newsletter", "--workspace", str(root), *command, env=ENV, out=out)
    text = out.read_text()
    found: dict[str, object] = json.loads(text[text.index("{") :])
    return found


@contextmanager
def stage() -> Iterator[tuple[Path, DevSink, Zygote]]:
    """A folder, a sink of its own, and a warm process."""
    with tempfile.TemporaryDirectory(prefix="crash-") as folder:
        sink, zygote = start_dev_sink(Path(folder) / "sink"), Zygote()
        try:
            yield Path(folder) / "ws", sink, zygote
        finally:
            zygote.close()
            stop_dev_sink(sink)


def main() -> int:
    """Read the plan, run it, and say how it went."""
    plan = _read_plan()
    with stage() as (root, sink, zygote):
        tally = run(plan, root, sink, zygote)
    return _tell(plan, tally)


def _read_plan() -> Plan:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--recipients", type=int, default=5_000)
    parser.add_argument("--transport", choices=("http", "smtp"), default="http")
    parser.add_argument("--design", choices=DESIGNS, default=OURS)
    parser.add_argument("--seed", type=int, default=8)
    asked = parser.parse_args()
    return Plan(asked.kills, asked.recipients, asked.transport, asked.design, seed=asked.seed)


def _tell(plan: Plan, tally: Tally) -> int:
    how = f"{plan.workers} workers, batches of {plan.batch}"
    print(f"{plan.design} over {plan.transport} in {tally.seconds:.0f} s: {how}")
    if tally.after:
        print(f"audit: {tally.audit['attempts']} attempts, {len(tally.complaints)} complaints")
        once = plan.recipients - len(tally.after.lost | tally.after.twice | tally.after.unknown)
        held = f"{len(tally.after.unknown)} held as unknown"
        print(f"after reconciliation: {once} of {plan.recipients} exactly once, {held}")
    for complaint in tally.complaints:
        print(complaint)
    print(tally.verdict.line(tally.kills))
    return int(not tally.verdict.holds or bool(tally.complaints) or tally.kills < plan.kills)


if __name__ == "__main__":
    sys.exit(main())
