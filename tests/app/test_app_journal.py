"""The journal beside the ledger: what it proves, when it proves nothing, and that it holds nothing of anybody."""

import errno
import os
import stat
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

import pytest
from support_workspace import KEY, NOW, Clock, open_at, render, with_issue, with_readers

from newsletter.app.sending import journal
from newsletter.app.sending.journal import AttemptWitness, read, witnessed
from newsletter.app.sending.line import Recovered
from newsletter.app.sending.pump import plan_issue, pump, recover, status, this_worker
from newsletter.app.workspace import Workspace
from newsletter.delivery.leases import SUBMIT_LEASE
from newsletter.model.delivery import Batch, Receipt

ATTEMPT = "0123456789abcdef"
TAKEN = Receipt("b", "accepted", "250 2.0.0 bob@example.org queued as 4F", "4F")


class Killed(BaseException):
    """As if the process had been killed: nothing behind it is done."""


def written(root: Path, *steps: Callable[[AttemptWitness], object]) -> Path:
    """The file as a killed worker leaves it."""
    with suppress(Killed), witnessed(root, ATTEMPT, keep=True, lease=lambda: True) as witness:
        for step in steps:
            step(witness)
        raise Killed
    return root / journal.FOLDER / ATTEMPT


def test_it_tells_who_began_and_what_became_of_them(tmp_path: Path) -> None:
    written(tmp_path, lambda w: w.begins(["a"]), lambda w: w.begins(["b"]), lambda w: w.ends([TAKEN]))
    told = read(tmp_path, ATTEMPT)
    assert told is not None
    assert told.keys() == {"a", "b"}
    assert told["a"] is None
    assert told["b"] == Receipt("b", "accepted", "told by the journal of a worker that ended", "4F")


def test_the_last_word_counts(tmp_path: Path) -> None:
    refused = Receipt("a", "not_submitted", "the line broke")
    written(tmp_path, lambda w: w.begins(["a"]), lambda w: w.ends([refused]), lambda w: w.begins(["a"]))
    told = read(tmp_path, ATTEMPT)
    assert told is not None
    assert told["a"] is None


def test_a_file_that_nothing_was_written_to_says_that_nobody_began(tmp_path: Path) -> None:
    written(tmp_path)
    assert read(tmp_path, ATTEMPT) == {}


def test_only_its_owner_may_read_it_and_it_names_nobody(tmp_path: Path) -> None:
    spoken = Receipt("b", "rejected", "550 bob@example.org unknown", "for <bob@example.org>")
    path = written(tmp_path, lambda w: w.begins(["b"]), lambda w: w.ends([spoken]))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert "@" not in path.read_text()
    assert (path.parent / ".gitignore").read_text() == "*\n"


def torn(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-3])


def of_another_boot(path: Path) -> None:
    path.write_text(path.read_text().replace(journal.boot_id(), "11111111-2222-3333-4444-555555555555"))


def spoilt(path: Path) -> None:
    path.write_text(path.read_text() + "= a gone\n")


@pytest.mark.parametrize("spoil", [torn, of_another_boot, spoilt, Path.unlink, lambda path: path.write_text("")])
def test_what_is_torn_missing_or_of_another_boot_proves_nothing(
    tmp_path: Path, spoil: Callable[[Path], object]
) -> None:
    path = written(tmp_path, lambda w: w.begins(["a"]), lambda w: w.ends([TAKEN]))
    assert read(tmp_path, ATTEMPT) is not None
    spoil(path)
    assert read(tmp_path, ATTEMPT) is None


def test_where_the_system_does_not_say_its_boot_there_is_no_journal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal, "BOOT_ID", tmp_path / "no such file")
    assert not written(tmp_path, lambda w: w.begins(["a"])).exists()


def test_nothing_may_leave_that_could_not_be_written_down(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(handle: int, data: bytes) -> int:
        raise OSError(errno.ENOSPC, "no space left on device")

    with witnessed(tmp_path, ATTEMPT, keep=True, lease=lambda: True) as witness:
        monkeypatch.setattr(os, "write", full)
        with pytest.raises(OSError, match="no space"):
            witness.begins(["a"])
        witness.ends([TAKEN])  # what was sent is sent: that it cannot be written down changes nothing
        monkeypatch.setattr(os, "write", lambda handle, data: len(data) - 1)
        with pytest.raises(OSError, match="whole"):
            witness.begins(["a"])


def test_nothing_may_leave_once_the_lease_is_over(tmp_path: Path) -> None:
    with (
        witnessed(tmp_path, ATTEMPT, keep=False, lease=lambda: False) as witness,
        pytest.raises(OSError, match="over"),
    ):
        witness.begins(["a"])


class Road:
    """Hands over one by one and tells its witness; is killed in the middle of the message of this number."""

    tells_witness = True

    def __init__(self, killed_at: int = -1) -> None:
        self.killed_at = killed_at
        self.taken: list[str] = []

    def submit(self, batch: Batch) -> Sequence[Receipt]:
        return [self._one(batch, row.delivery_id) for row in batch.rows]

    def _one(self, batch: Batch, delivery_id: str) -> Receipt:
        batch.witness.begins([delivery_id])
        self.taken.append(delivery_id)
        if len(self.taken) == self.killed_at:
            raise Killed
        receipt = Receipt(delivery_id, "accepted", "taken")
        batch.witness.ends([receipt])
        return receipt

    def close(self) -> None: ...


class SilentRoad(Road):
    """Tells nobody, and says so."""

    tells_witness = False


@pytest.fixture
def ws(tmp_path: Path) -> Workspace:
    found = open_at(tmp_path, Clock())
    with_readers(found, 5)
    with_issue(found)
    plan_issue(found, KEY, render, NOW)
    return found


def send(ws: Workspace, road: Road, worker: str = "") -> None:
    pump(ws, road, KEY, ws.clock, batch=5, worker_id=worker or this_worker())


def killed_in(ws: Workspace, road: Road) -> None:
    gone = this_worker().rsplit(":", 1)[0] + ":gone"
    with pytest.raises(Killed):
        send(ws, road, gone)


def states(ws: Workspace) -> dict[str, int]:
    return {state: count for state, count in status(ws, KEY)["states"].items() if count}


def files(ws: Workspace) -> list[str]:
    return [path.name for path in (ws.root / journal.FOLDER).iterdir() if path.name != ".gitignore"]


def test_of_a_killed_worker_only_the_message_in_flight_is_unknown(ws: Workspace) -> None:
    killed_in(ws, Road(killed_at=3))
    found = recover(ws, NOW)
    assert (found.told, found.unknown, found.released) == (2, 1, 2)
    assert states(ws) == {"accepted": 2, "unknown": 1, "pending": 2}
    assert files(ws) == []

    rest = Road()
    send(ws, rest)
    assert len(rest.taken) == 2
    assert states(ws) == {"accepted": 4, "unknown": 1}


def test_where_the_journal_proves_nothing_the_whole_batch_is_unknown(ws: Workspace) -> None:
    killed_in(ws, Road(killed_at=3))
    (name,) = files(ws)
    of_another_boot(ws.root / journal.FOLDER / name)
    assert recover(ws, NOW).unknown == 5
    assert states(ws) == {"unknown": 5}
    assert files(ws) == []


def test_a_road_that_tells_nobody_has_no_journal_to_be_believed(ws: Workspace) -> None:
    killed_in(ws, SilentRoad(killed_at=3))
    assert not (ws.root / journal.FOLDER).exists()
    assert recover(ws, NOW).unknown == 5


def test_a_worker_that_only_sleeps_is_not_judged_by_its_journal(ws: Workspace) -> None:
    """It may write on: when its lease is over, all that it has not answered for is in doubt."""
    with pytest.raises(Killed):
        send(ws, Road(killed_at=3))  # the process is still there
    assert recover(ws, NOW) == Recovered()
    assert recover(ws, NOW + SUBMIT_LEASE).unknown == 5


def test_after_a_batch_that_was_settled_no_journal_lies_about(ws: Workspace) -> None:
    send(ws, Road())
    assert files(ws) == []
    assert states(ws) == {"accepted": 5}


def test_a_journal_that_nobody_needs_any_more_is_cleared_away(ws: Workspace) -> None:
    send(ws, Road())
    (ws.root / journal.FOLDER / "an-attempt-long-settled").touch()
    recover(ws, NOW)
    assert files(ws) == []
