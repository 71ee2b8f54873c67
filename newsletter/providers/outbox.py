"""The outbox: mail as files in a folder, with pages to click through; demo, dry runs and tests use it.

A delivery keeps its number for ever: the number is on disk, synced, before its file is written. Handing a delivery
over twice therefore writes the same file again and never a second one.
"""

import fcntl
import hashlib
import os
import re
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from newsletter.model.delivery import Batch, Receipt
from newsletter.model.mail import Row, fill_text, message_bytes
from newsletter.model.outcomes import OUTCOMES
from newsletter.providers.outbox_log import LOG_NAME, OutboxLog, Sent, summary
from newsletter.providers.outbox_pages import mailing_page, message_page, top_page
from newsletter.providers.receipts import not_filled


class OutboxProvider:
    """Writes each message to FOLDER/KEY/NNN.eml beside a page that shows it; safe for several processes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._logs: dict[str, OutboxLog] = {}
        self._listed: dict[str, int] = {}

    def submit(self, batch: Batch) -> Sequence[Receipt]:
        """Write the batch; a row that cannot be filled is rejected, a full disk submits nothing of what is left."""
        try:
            with self._open(batch.mailing) as log:
                receipts = _write(batch, log)
                self._list_when_grown(batch.mailing, log)
        except OSError as error:
            return tuple(Receipt(row.delivery_id, OUTCOMES["incomplete"], _reason(error)) for row in batch.rows)
        return receipts

    def close(self) -> None:
        """Bring the index pages up to date."""
        for mailing, log in self._logs.items():
            if self._listed.get(mailing) != len(log.sent):
                self._write_lists(mailing, log)

    @contextmanager
    def _open(self, mailing: str) -> Iterator[OutboxLog]:
        folder = self._folder / folder_name(mailing)
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / ".lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            log = self._logs.setdefault(mailing, OutboxLog(folder))
            log.refresh()
            yield log

    def _list_when_grown(self, mailing: str, log: OutboxLog) -> None:
        # Rewriting a long list for every batch would cost the square of its length.
        if (len(log.sent) - self._listed.get(mailing, 0)) * 10 >= self._listed.get(mailing, 0):
            self._write_lists(mailing, log)

    def _write_lists(self, mailing: str, log: OutboxLog) -> None:
        # The pages only show what the files hold: a page that cannot be written takes back no mail.
        with suppress(OSError):
            write_atomic(log.folder / "index.html", mailing_page(mailing, tuple(log.sent.values())).encode())
            found = [summary(path) for path in sorted(self._folder.glob(f"*/{LOG_NAME}"))]
            write_atomic(self._folder / "index.html", top_page([one for one in found if one]).encode())
            self._listed[mailing] = len(log.sent)


def folder_name(mailing: str) -> str:
    """The mailing's key as one safe folder name; a key that had to change carries a digest, so two never meet."""
    safe = re.sub(r"[^A-Za-z0-9._-]", "_", mailing)[:80].lstrip(".")
    if safe == mailing:
        return safe
    return f"{safe or 'mailing'}-{hashlib.sha256(mailing.encode()).hexdigest()[:8]}"


def write_atomic(path: Path, data: bytes, *, synced: bool = False) -> None:
    """Put the bytes at `path`, all or nothing; with `synced` they outlive a power cut."""
    part = path.with_name(f".{path.name}.{os.getpid()}.{threading.get_ident()}.part")
    try:
        with part.open("wb") as file:
            file.write(data)
            file.flush()
            if synced:
                os.fsync(file.fileno())
        part.replace(path)
    except OSError:
        part.unlink(missing_ok=True)
        raise


def _write(batch: Batch, log: OutboxLog) -> tuple[Receipt, ...]:
    filled = [_fill(batch, row) for row in batch.rows]
    log.add(_unknown_yet(batch, [one.row for one in filled if isinstance(one, _Filled)], log))
    receipts = tuple(one if isinstance(one, Receipt) else _put(one, log) for one in filled)
    _sync_folder(log.folder)
    return receipts


@dataclass(frozen=True, slots=True)
class _Filled:
    row: Row
    data: bytes
    html: str
    text: str


def _fill(batch: Batch, row: Row) -> _Filled | Receipt:
    edition = batch.edition
    try:
        data = message_bytes(edition, row, batch.at)
        return _Filled(row, data, fill_text(edition.html, row.values), fill_text(edition.text, row.values))
    except (KeyError, ValueError) as error:
        return not_filled(row, error)


def _unknown_yet(batch: Batch, rows: Sequence[Row], log: OutboxLog) -> list[Sent]:
    fresh = {row.delivery_id: row for row in rows if row.delivery_id not in log.sent}.values()
    return [_sent(batch, row, number) for number, row in enumerate(fresh, len(log.sent) + 1)]


def _sent(batch: Batch, row: Row, number: int) -> Sent:
    edition = batch.edition
    return Sent(row.delivery_id, f"{number:03d}", row.address, edition.subject, edition.key, batch.at.isoformat())


def _put(filled: _Filled, log: OutboxLog) -> Receipt:
    sent = log.sent[filled.row.delivery_id]
    write_atomic(log.folder / f"{sent.name}.eml", filled.data, synced=True)
    page = message_page(sent, filled.html, filled.text, filled.data)
    write_atomic(log.folder / f"{sent.name}.html", page.encode())
    return Receipt(sent.delivery_id, OUTCOMES["taken"], provider_id=f"{log.folder.name}/{sent.name}.eml")


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _reason(error: OSError) -> str:
    return f"the outbox could not be written: {error.strerror or error}"
