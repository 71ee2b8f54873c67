"""The kill harness on a small scale, and that it sees what is wrong with designs known to be wrong.

`make crash KILLS=1000 RECIPIENTS=100000` is the same on a large one.
"""

import signal
import time
from pathlib import Path

import pytest
import sqlalchemy as sa
from crash_designs import believed
from crash_oracle import arrivals, beliefs, judge
from crash_roles import LATER
from crash_run import Plan, run
from crash_workspace import ENV, KEY, Road, fill, opened, write
from crash_zygote import Zygote
from support_dev_sink import DevSink

from newsletter.app.sending.auditing import audit_mailing
from newsletter.crash_points import VARIABLE
from newsletter.store.tables import attempt_item, delivery, issue, mailing

# Processes of their own, which nobody watches; test_crash_postgresql.py has the other database.
pytestmark = [pytest.mark.no_cover, pytest.mark.sqlite_only]
KILLED = -signal.SIGKILL


def prepared(root: Path, sink: DevSink, transport: str = "http", readers: int = 12, batch: int = 4) -> Path:
    """A workspace with an approved issue."""
    ws = write(root, Road(transport, sink.smtp_port if transport == "smtp" else sink.http_port, batch))
    fill(ws, readers, KEY)
    ws.store.close()
    (root / "audience.txt").write_text("\n".join(f"reader{n:06d}@example.org" for n in range(readers)))
    return root


def planned(root: Path, zygote: Zygote) -> Path:
    assert zygote.run("plan", str(root), KEY, env=ENV) == 0
    return root


def count(root: Path, table: sa.Table) -> int:
    with opened(root).store.read() as connection:
        return connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()


@pytest.mark.parametrize(
    ("transport", "kills"),
    [("http", 4), ("smtp", 4), pytest.param("http", 60, marks=pytest.mark.slow),
     pytest.param("smtp", 60, marks=pytest.mark.slow)],
)  # fmt: skip
def test_check_1_workers_killed_at_random_lose_nobody_and_mail_nobody_twice(
    tmp_path: Path, dev_sink: DevSink, zygote: Zygote, transport: str, kills: int
) -> None:
    tally = run(Plan(kills, kills * 20, transport, workers=2), tmp_path / "ws", dev_sink, zygote)
    assert tally.complaints == []
    assert tally.verdict.holds
    assert tally.verdict.line(kills).endswith(f"0 lost, 0 twice, {len(tally.verdict.unknown)} unknown")


@pytest.mark.parametrize(
    ("design", "point", "wrong"),
    [("mark-after-send", "after hand over:2", "twice"), ("cursor-at-fetch", "before hand over:2", "lost")],
)
def test_check_3_the_harness_sees_what_is_wrong_with_a_bad_design(
    tmp_path: Path, dev_sink: DevSink, zygote: Zygote, design: str, point: str, wrong: str
) -> None:
    root = prepared(tmp_path / "ws", dev_sink)
    assert zygote.run(design, str(root), "0", "1", env=ENV | {VARIABLE: point}) == KILLED
    assert zygote.run(design, str(root), "0", "1", env=ENV) == 0

    verdict = judge(arrivals(dev_sink.keep, KEY), believed(root))
    assert not verdict.holds
    assert len(getattr(verdict, wrong)) == 4


def test_the_judge_tells_lost_twice_in_doubt_and_in_secret_apart() -> None:
    states = {"a": "accepted", "b": "accepted", "c": "unknown", "d": "pending", "e": "failed", "f": "skipped"}
    verdict = judge({"a": 2, "e": 1}, states, unwanted={"f"})
    assert (verdict.twice, verdict.lost, verdict.unknown, verdict.strays) == ({"a"}, {"b", "d"}, {"c"}, {"e"})
    assert verdict.line(3) == "6 recipients, 3 kills: 2 lost, 1 twice, 1 unknown"
    assert judge({"a": 1}, {"a": "accepted", "f": "skipped"}, unwanted={"f"}).holds
    assert not judge({"f": 1}, {"f": "accepted"}, unwanted={"f"}).holds


@pytest.mark.parametrize("point", ["before plan: insert delivery", "before plan"])
def test_check_4_a_planner_killed_in_the_middle_leaves_nothing_and_the_next_one_plans_the_same(
    tmp_path: Path, dev_sink: DevSink, zygote: Zygote, point: str
) -> None:
    root = prepared(tmp_path / "ws", dev_sink)
    assert zygote.run("plan", str(root), KEY, env=ENV | {VARIABLE: point}) == KILLED
    assert (count(root, delivery), count(root, mailing)) == (0, 0)
    with opened(root).store.read() as connection:
        assert connection.execute(sa.select(issue.c.state)).scalars().all() == ["approved"]

    planned(planned(root, zygote), zygote)
    assert (count(root, delivery), count(root, mailing)) == (12, 1)


@pytest.mark.parametrize(
    ("transport", "point", "sent"),
    [("http", "after claim", 0), ("http", "after mark", 0), ("smtp", "after reply", 1)],
)
def test_check_15_a_worker_that_slept_past_its_lease_sends_nothing_more_and_writes_nothing(
    tmp_path: Path, dev_sink: DevSink, zygote: Zygote, transport: str, point: str, sent: int
) -> None:
    root = planned(prepared(tmp_path / "ws", dev_sink, transport), zygote)
    sleeper = zygote.start("sleeper", str(root), point, env=ENV, out=root / "sleeper.log")
    assert zygote.stopped(sleeper)
    (root / LATER).touch()
    assert zygote.run("sleeper", str(root), env=ENV, out=root / "worker.log") == 0
    before, ledger = arrivals(dev_sink.keep, KEY), beliefs(opened(root), KEY)
    zygote.signal(sleeper, signal.SIGCONT)
    assert zygote.wait(sleeper) == 0, (root / "sleeper.log").read_text()

    assert arrivals(dev_sink.keep, KEY) == before
    assert beliefs(opened(root), KEY) == ledger
    verdict = judge(before, ledger)
    assert verdict.holds
    assert len(verdict.unknown) == (0 if point == "after claim" else 4)
    assert len(verdict.unknown & before.keys()) == sent
    assert audit_mailing(opened(root), KEY).violations == ()


@pytest.mark.parametrize("runs", [1, pytest.param(50, marks=pytest.mark.slow)])
def test_check_16_eight_workers_on_two_machines_hand_each_mail_over_in_one_attempt(
    tmp_path: Path, dev_sink: DevSink, zygote: Zygote, runs: int
) -> None:
    for turn in range(runs):
        dev_sink.forget()
        root = planned(prepared(tmp_path / str(turn), dev_sink, readers=40, batch=2), zygote)
        hosts = ("north.example.org", "south.example.org") * 4
        workers = [zygote.start("elsewhere", str(root), host, env=ENV, out=root / "w.log") for host in hosts]
        assert [zygote.wait(pid) for pid in workers] == [0] * 8, (root / "w.log").read_text()

        assert count(root, attempt_item) == 40
        assert set(arrivals(dev_sink.keep, KEY).values()) == {1}
        assert set(beliefs(opened(root), KEY).values()) == {"accepted"}
        assert audit_mailing(opened(root), KEY).violations == ()


def test_a_worker_told_to_stop_finishes_its_batch(tmp_path: Path, dev_sink: DevSink, zygote: Zygote) -> None:
    root = planned(prepared(tmp_path / "ws", dev_sink, readers=200), zygote)
    dev_sink.misbehave(delay=0.5)
    busy = zygote.start("newsletter", "-w", str(root), "worker", env=ENV, out=root / "worker.log")
    end = time.monotonic() + 60
    while not arrivals(dev_sink.keep, KEY):
        assert time.monotonic() < end, (root / "worker.log").read_text()
        time.sleep(0.02)
    assert zygote.kill(busy, signal.SIGTERM) == 0, (root / "worker.log").read_text()

    states = beliefs(opened(root), KEY)
    assert set(states.values()) == {"accepted", "pending"}
    assert arrivals(dev_sink.keep, KEY).keys() == {one for one, state in states.items() if state == "accepted"}
