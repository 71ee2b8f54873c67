"""A send that is killed in the middle and taken up again: nobody twice, nobody lost, and the doubt is named.

The same harness is shown two designs that are known to be wrong, and must see what is wrong with them.
"""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest
from support_workspace import KEY, open_at, with_issue, with_readers

import newsletter
from newsletter.app.sending.auditing import audit_mailing
from newsletter.app.sending.pump import status
from newsletter.store import mailings, subscribers

HERE = Path(__file__).parent
READERS = 120
BATCH = 10


@dataclass(frozen=True)
class Verdict:
    """What the sink's log says against what the sender believes."""

    twice: frozenset[str]
    lost: frozenset[str]
    unknown: frozenset[str]


def start(design: str, root: Path, stall_after: int = 0) -> subprocess.Popen[bytes]:
    command = [sys.executable, str(HERE / "crash_sender.py"), design, str(root), str(BATCH), str(stall_after)]
    places = (str(HERE.parent), str(Path(newsletter.__file__).parents[1]))
    return subprocess.Popen(command, env=os.environ | {"PYTHONPATH": os.pathsep.join(places)})


def sink(root: Path) -> list[str]:
    log = root / "sink.log"
    return log.read_text().split() if log.exists() else []


def kill_in_the_middle(design: str, root: Path, more: int) -> None:
    """Let the sender deliver so many messages, then kill it without warning."""
    target = len(sink(root)) + more
    sender = start(design, root, stall_after=more)
    deadline = time.monotonic() + 30
    while len(sink(root)) < target and sender.poll() is None:
        assert time.monotonic() < deadline, "the sender delivered nothing"
        time.sleep(0.005)
    sender.send_signal(signal.SIGKILL)
    sender.wait()


def run_to_the_end(design: str, root: Path) -> None:
    assert start(design, root).wait(timeout=60) == 0


def judge(root: Path, audience: tuple[str, ...], unknown: frozenset[str]) -> Verdict:
    seen = Counter(sink(root))
    twice = frozenset(address for address, times in seen.items() if times > 1)
    return Verdict(twice, frozenset(audience) - seen.keys() - unknown, unknown)


def unknown_addresses(root: Path) -> frozenset[str]:
    ws = open_at(root)
    community = ws.settings.community.id
    with ws.store.read() as connection:
        mailing = mailings.find(connection, community, "issue", KEY)
        assert mailing is not None
        unsure = mailings.listed(connection, mailing.id, "unknown")
        people = [subscribers.by_id(connection, community, subscriber_id) for _, subscriber_id, _ in unsure]
    return frozenset(person.address for person in people if person)


def prepared(root: Path) -> tuple[str, ...]:
    ws = open_at(root)
    audience = with_readers(ws, READERS)
    with_issue(ws)
    ws.store.close()
    (root / "audience.txt").write_text("\n".join(audience))
    return audience


def test_a_send_killed_in_the_middle_of_a_batch_goes_on_without_doubling_or_losing_anybody(tmp_path: Path) -> None:
    audience = prepared(tmp_path)
    kill_in_the_middle("ours", tmp_path, more=BATCH * 3 + 4)
    run_to_the_end("ours", tmp_path)

    verdict = judge(tmp_path, audience, unknown_addresses(tmp_path))
    assert not verdict.twice
    assert not verdict.lost
    assert 0 < len(verdict.unknown) <= BATCH
    report = status(open_at(tmp_path), KEY)
    assert report["state"] == "sent"
    assert report["planned"] == READERS == sum(report["states"].values())
    assert report["states"]["unknown"] == len(verdict.unknown)
    assert report["states"]["accepted"] == READERS - len(verdict.unknown)


@pytest.mark.parametrize("kills", [2, pytest.param(12, marks=pytest.mark.slow)])
def test_many_kills_leave_at_most_one_batch_each_in_doubt(tmp_path: Path, kills: int) -> None:
    audience = prepared(tmp_path)
    moments = random.Random(8)
    for _ in range(kills):
        kill_in_the_middle("ours", tmp_path, more=moments.randint(1, BATCH + BATCH // 2))
    run_to_the_end("ours", tmp_path)

    verdict = judge(tmp_path, audience, unknown_addresses(tmp_path))
    assert not verdict.twice
    assert not verdict.lost
    assert len(verdict.unknown) <= kills * BATCH
    found = audit_mailing(open_at(tmp_path), KEY)
    assert (found.violations, len(found.unknown)) == ((), len(verdict.unknown))


@pytest.mark.parametrize(("design", "wrong"), [("mark-after-send", "twice"), ("cursor-at-fetch", "lost")])
def test_the_harness_sees_what_is_wrong_with_a_bad_design(tmp_path: Path, design: str, wrong: str) -> None:
    audience = prepared(tmp_path)
    kill_in_the_middle(design, tmp_path, more=BATCH * 3 + 4)
    run_to_the_end(design, tmp_path)

    assert getattr(judge(tmp_path, audience, frozenset()), wrong)
