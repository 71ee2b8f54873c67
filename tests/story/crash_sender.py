"""A process that sends until it stalls, to be killed: `crash_sender.py DESIGN ROOT BATCH STALL_AFTER`.

The sink is a file that each recipient is appended to on delivery, unbuffered, so that it tells the truth whatever
becomes of the process. After so many messages it takes no more (0: never), so that the kill falls where it is meant.
`ours` is the product. The two bad designs are what the harness must be able to see.
"""

import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from support_workspace import KEY, NOW, open_at, render

from newsletter.app.sending.pump import plan_issue, pump, this_worker
from newsletter.model.delivery import Batch, Receipt, receipts_for_all


class Sink:
    """A provider that remembers each message for good, and hangs after so many."""

    def __init__(self, root: Path, stall_after: int) -> None:
        self.file = os.open(root / "sink.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        self.left = stall_after

    def take(self, address: str) -> None:
        os.write(self.file, f"{address}\n".encode())
        self.left -= 1
        if self.left == 0:
            time.sleep(60)

    def submit(self, batch: Batch) -> Sequence[Receipt]:
        for row in batch.rows:
            self.take(row.address)
        return receipts_for_all(batch, "accepted", "taken")

    def close(self) -> None:
        os.close(self.file)


def ours(root: Path, size: int, sink: Sink) -> None:
    ws = open_at(root)
    plan_issue(ws, KEY, render, NOW)
    pump(ws, sink, KEY, ws.clock, batch=size, worker_id=this_worker())


def mark_after_send(root: Path, size: int, sink: Sink) -> None:
    done = root / "done.txt"
    while batch := _audience(root)[len(_lines(done)) :][:size]:
        for address in batch:
            sink.take(address)
        with done.open("a") as file:
            file.writelines(f"{address}\n" for address in batch)


def cursor_at_fetch(root: Path, size: int, sink: Sink) -> None:
    done = root / "done.txt"
    while batch := _audience(root)[len(_lines(done)) :][:size]:
        with done.open("a") as file:
            file.writelines(f"{address}\n" for address in batch)
        for address in batch:
            sink.take(address)


def _audience(root: Path) -> list[str]:
    return _lines(root / "audience.txt")


def _lines(path: Path) -> list[str]:
    return path.read_text().splitlines() if path.exists() else []


DESIGNS = {"ours": ours, "mark-after-send": mark_after_send, "cursor-at-fetch": cursor_at_fetch}

if __name__ == "__main__":
    design, folder, batch_size, stall = sys.argv[1:]
    DESIGNS[design](Path(folder), int(batch_size), Sink(Path(folder), int(stall)))
