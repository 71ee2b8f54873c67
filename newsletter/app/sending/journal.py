"""A journal beside the ledger: which messages of a batch began to leave, and what became of each.

The ledger is synced for each batch. The journal is not synced at all: what a process wrote before it was killed is
with the kernel, so that only messages in flight are in doubt. After the machine itself went down it proves nothing,
and the whole batch is unknown. It holds ids of deliveries and outcomes, no address and no word of a server.
"""

import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from newsletter.crash_points import crash_point
from newsletter.model.delivery import OUTCOME_STATE, Outcome, Receipt

FOLDER = "subscribers/journal"
BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
_HEAD = "newsletter journal 1"
_WORD = re.compile(r"[A-Za-z0-9._-]+")


class LeaseOverError(OSError):
    """The worker's hold is over: another may call its batch lost, so nothing more of it may leave."""


class AttemptWitness:
    """Hears of the messages of one attempt, and writes them down where there is a file."""

    def __init__(self, handle: int | None, may_leave: Callable[[], bool]) -> None:
        self._handle = handle
        self._may_leave = may_leave

    def begins(self, delivery_ids: Sequence[str]) -> None:
        """Keep that these leave now; OSError where the lease is over or the line cannot be written whole."""
        if not self._may_leave():
            raise LeaseOverError("the lease is over")
        self._write("begins", "".join(f"> {one}\n" for one in delivery_ids))

    def ends(self, receipts: Sequence[Receipt]) -> None:
        """Keep what became of them; where that fails they only stay in doubt for longer."""
        with suppress(OSError):
            self._write("ends", "".join(_line(one) for one in receipts))

    def _write(self, name: str, lines: str) -> None:
        if self._handle is None:
            return
        crash_point(f"before {name}")
        data = lines.encode("ascii")
        if os.write(self._handle, data) != len(data):
            raise OSError("the journal could not be written whole")
        crash_point(f"after {name}")


def _line(receipt: Receipt) -> str:
    # A server's words may name addresses; its id of the message is kept where it is one plain word.
    theirs = receipt.provider_id if _WORD.fullmatch(receipt.provider_id) else ""
    return f"= {receipt.delivery_id} {receipt.outcome} {theirs}\n"


def boot_id() -> str:
    """What tells this run of the machine from the last; empty where the system does not say."""
    try:
        return BOOT_ID.read_text(encoding="ascii").strip()
    except OSError:
        return ""


@contextmanager
def witnessed(root: Path, attempt_id: str, *, keep: bool, lease: Callable[[], bool]) -> Iterator[AttemptWitness]:
    """A witness for one attempt, with a file of its own if `keep`; the file is gone when the block ends well."""
    path = root / FOLDER / attempt_id
    handle = _create(path) if keep else None
    try:
        yield AttemptWitness(handle, lease)
        crash_point("before forget")
        if handle is not None:
            path.unlink(missing_ok=True)
        crash_point("after forget")
    finally:
        if handle is not None:
            os.close(handle)


def _create(path: Path) -> int | None:
    """A new file that knows its boot, before the batch is marked; None where there can be none."""
    boot = boot_id()
    if not boot:
        return None
    try:
        _folder(path.parent)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o600)
    except OSError:
        return None
    # A head that is not written whole is not believed later: the batch is unknown then, as without a file.
    with suppress(OSError):
        os.write(handle, f"{_HEAD} {boot}\n".encode("ascii"))
    crash_point("after journal")
    return handle


def _folder(folder: Path) -> None:
    if not folder.is_dir():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        (folder / ".gitignore").write_text("*\n", encoding="ascii")


#: By delivery: its receipt, or None while it may be in flight. Who is not in it did not begin.
Told = Mapping[str, Receipt | None]


def read(root: Path, attempt_id: str) -> Told | None:
    """What a dead worker's journal proves; None where it proves nothing: missing, torn, or of another boot."""
    try:
        text = (root / FOLDER / attempt_id).read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError):
        return None
    head, *lines = text.split("\n")
    boot = boot_id()
    if not boot or head != f"{_HEAD} {boot}" or not lines or lines.pop():
        return None
    told: dict[str, Receipt | None] = {}
    for line in lines:
        if not _take(told, line.split(" ")):
            return None
    return told


def _take(told: dict[str, Receipt | None], words: Sequence[str]) -> bool:
    """Note one line, the last of a delivery counts; False where it is no line of a journal."""
    if len(words) == 2 and words[0] == ">":
        told[words[1]] = None
        return True
    outcomes: dict[str, Outcome] = {one: one for one in OUTCOME_STATE}
    if len(words) != 4 or words[0] != "=" or words[2] not in outcomes:
        return False
    why = "told by the journal of a worker that ended"
    told[words[1]] = Receipt(words[1], outcomes[words[2]], why, words[3])
    return True


def lying(root: Path) -> frozenset[str]:
    """The attempts that have a file."""
    folder = root / FOLDER
    return (
        frozenset(path.name for path in folder.iterdir() if path.name[0] != ".") if folder.is_dir() else frozenset()
    )


def forget(root: Path, attempts: frozenset[str]) -> None:
    """Remove files that nobody needs any more."""
    for one in attempts:
        with suppress(OSError):
            (root / FOLDER / one).unlink(missing_ok=True)
