"""Mailboxes on this machine: a Maildir, or a file in mbox form, which is locked while it is open."""

import mailbox
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any


class FileInbox:
    """A mailbox of the standard library."""

    def __init__(self, box: "mailbox.Mailbox[Any]") -> None:
        self.box = box

    def messages(self, most: int) -> Iterator[tuple[str, bytes]]:
        """So many messages, by name."""
        for name in list(islice(self.box.keys(), most)):
            yield str(name), self.box.get_bytes(name)

    def remove(self, name: str) -> None:
        """Take a message out."""
        key: Any = int(name) if isinstance(self.box, mailbox.mbox) else name
        self.box.discard(key)


@contextmanager
def open_maildir(path: Path) -> Iterator[FileInbox]:
    """The messages of a Maildir; FileNotFoundError where there is none."""
    if not (path / "new").is_dir():
        raise FileNotFoundError(f"{path} is no Maildir")
    box = mailbox.Maildir(path, create=False)
    yield FileInbox(box)
    box.close()


@contextmanager
def open_mbox(path: Path) -> Iterator[FileInbox]:
    """The messages of an mbox file, locked against whoever delivers into it; FileNotFoundError without one."""
    if not path.is_file():
        raise FileNotFoundError(f"{path} is no file")
    box = mailbox.mbox(path, create=False)
    box.lock()
    try:
        yield FileInbox(box)
        box.flush()
    finally:
        box.unlock()
        box.close()
