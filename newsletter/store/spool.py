"""What providers posted, on disk before it is acknowledged and until it is applied: one file for each group of posts.

A file appears under its name only once it is whole and synced, so that what is found can be read; addresses stand in
it, so that nobody but its owner may. Any number of processes may add; one at a time takes out.
"""

import contextlib
import fcntl
import json
import os
import time
import uuid
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

from newsletter.model.events import Posted

ENDING = ".posted"
#: What was begun this long ago (seconds) and has no name yet was never acknowledged.
_ABANDONED = 3600


class SpoolError(Exception):
    """A file of the spool cannot be read; the sentence names it."""


class Spool:
    """One folder of posts, made at the first one."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def add(self, posts: Sequence[Posted]) -> None:
        """Keep the posts; they are on disk when this returns. OSError where they cannot be."""
        self._make()
        name = f"{time.time_ns():020d}-{uuid.uuid4().hex[:8]}"
        begun = self.folder / f".{name}"
        try:
            _write(begun, b"".join(_framed(one) for one in posts))
            begun.rename(self.folder / f"{name}{ENDING}")
            _sync(self.folder)
        except OSError:
            with contextlib.suppress(OSError):
                begun.unlink(missing_ok=True)
            raise

    def waiting(self) -> tuple[Path, ...]:
        """The files that wait to be applied, oldest first."""
        return tuple(sorted(self.folder.glob(f"*{ENDING}")))

    def read(self, path: Path) -> tuple[Posted, ...]:
        """The posts of a file; SpoolError where it is not as it was written."""
        try:
            return tuple(_posts(path.read_bytes()))
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise SpoolError(f"{path} cannot be read: {error}") from error

    def done(self, path: Path) -> None:
        """Forget a file that was applied."""
        path.unlink(missing_ok=True)

    def set_aside(self, path: Path) -> Path:
        """Put a file that cannot be applied where nobody tries it again; its new place."""
        (self.folder / "bad").mkdir(mode=0o700, exist_ok=True)
        return path.rename(self.folder / "bad" / path.name)

    @contextlib.contextmanager
    def taking(self) -> Iterator[bool]:
        """While inside, nobody else takes out; False where somebody does already."""
        if not self.folder.is_dir():
            yield False
            return
        handle = os.open(self.folder / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            yield _locked(handle)
        finally:
            os.close(handle)

    def tidy(self) -> None:
        """Remove what was begun and never finished."""
        for path in self.folder.glob(".[0-9]*"):
            with contextlib.suppress(OSError):
                if time.time() - path.stat().st_mtime > _ABANDONED:
                    path.unlink()

    def _make(self) -> None:
        if not self.folder.is_dir():
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            (self.folder / ".gitignore").write_text("*\n", encoding="ascii")


def _locked(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _framed(one: Posted) -> bytes:
    head = {"provider": one.provider, "at": one.at.isoformat(), "length": len(one.body)}
    return json.dumps(head).encode() + b"\n" + one.body + b"\n"


def _posts(data: bytes) -> Iterator[Posted]:
    start = 0
    while start < len(data):
        end = data.index(b"\n", start)
        head = json.loads(data[start:end])
        body = data[end + 1 : end + 1 + head["length"]]
        if len(body) != head["length"]:
            raise ValueError("it ends too early")
        yield Posted(head["provider"], datetime.fromisoformat(head["at"]), body)
        start = end + head["length"] + 2


def _write(path: Path, data: bytes) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(handle)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
