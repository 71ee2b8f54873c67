"""What the outbox remembers of a mailing: one JSON line per delivery, appended and synced before its file."""

import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

LOG_NAME = "deliveries.jsonl"


@dataclass(frozen=True, slots=True)
class Sent:
    """One delivery of the outbox: `name` is its number in three or more digits, `at` ISO 8601."""

    delivery_id: str
    name: str
    to: str
    subject: str
    edition: str
    at: str


class OutboxLog:
    """The deliveries of one mailing's folder, in order; the caller holds the folder's lock."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.sent: dict[str, Sent] = {}
        self._offset = 0

    def refresh(self) -> None:
        """Read what other processes appended since; a line torn by a crash is cut off."""
        path = self.folder / LOG_NAME
        if not path.exists():
            return
        with path.open("r+b") as file:
            file.seek(self._offset)
            tail = file.read()
            whole = tail[: tail.rfind(b"\n") + 1]
            if len(whole) < len(tail):
                file.truncate(self._offset + len(whole))
        self._take(whole)

    def add(self, fresh: Sequence[Sent]) -> None:
        """Append new deliveries durably."""
        if not fresh:
            return
        lines = b"".join(json.dumps(asdict(sent)).encode() + b"\n" for sent in fresh)
        with (self.folder / LOG_NAME).open("ab") as file:
            file.write(lines)
            file.flush()
            os.fsync(file.fileno())
        self._take(lines)

    def _take(self, lines: bytes) -> None:
        for line in lines.splitlines():
            sent = Sent(**json.loads(line))
            self.sent[sent.delivery_id] = sent
        self._offset += len(lines)


@dataclass(frozen=True, slots=True)
class Summary:
    """One mailing on the top page: its folder, how many messages, and when the last was written (ISO 8601)."""

    folder: str
    subject: str
    count: int
    last: str


def summary(log: Path) -> Summary | None:
    """What the top page says of the mailing whose log this is; None while it is empty."""
    lines = [line for line in log.read_bytes().splitlines(keepends=True) if line.endswith(b"\n")]
    if not lines:
        return None
    last = Sent(**json.loads(lines[-1]))
    return Summary(log.parent.name, last.subject, len(lines), last.at)
