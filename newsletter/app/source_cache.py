"""The last good copy of each remote source, in `.cache/` of the workspace, for its owner alone (0700, files 0600)."""

import contextlib
import hashlib
import json
import os
import tempfile
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from newsletter.net.answer import Validators

FOLDER = ".cache"


@dataclass(frozen=True, slots=True)
class Copy:
    """A body as it came, when it was last known to be good (aware), and what to ask the server with."""

    data: bytes
    good_at: datetime
    validators: Validators = field(default_factory=Validators)


class SourceCache:
    """Copies by source and address: another address is another copy, and no address stands in it."""

    def __init__(self, root: Path) -> None:
        self.folder = root / FOLDER

    def place(self, source: str, address: str) -> Path:
        """Where the copy of this address lies; its folder is made, closed to others and to git."""
        folder = private_folder(self.folder.parent) / "sources"
        folder.mkdir(mode=0o700, exist_ok=True)
        folder.chmod(0o700)
        return folder / f"{source}-{hashlib.sha256(address.encode()).hexdigest()[:16]}"

    def load(self, source: str, address: str) -> Copy | None:
        """The copy; None where there is none or it cannot be read."""
        try:
            head, _, data = self.place(source, address).read_bytes().partition(b"\n")
            meta = json.loads(head)
            good_at = datetime.fromisoformat(meta["good_at"])
            intact = meta["sha256"] == hashlib.sha256(data).hexdigest() and good_at.tzinfo is not None
            return Copy(data, good_at, Validators(meta["etag"], meta["last_modified"])) if intact else None
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def save(self, source: str, address: str, copy: Copy) -> None:
        """Replace the copy at one stroke. A full or closed disk costs the copy, not the reading."""
        meta = {
            "good_at": copy.good_at.isoformat(),
            "etag": copy.validators.etag,
            "last_modified": copy.validators.last_modified,
            "sha256": hashlib.sha256(copy.data).hexdigest(),
        }
        with contextlib.suppress(OSError):
            _replace(self.place(source, address), json.dumps(meta).encode() + b"\n" + copy.data)


def private_folder(root: Path) -> Path:
    """The workspace's `.cache/`, made if it is not there, closed to others and to git."""
    folder = root / FOLDER
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    with contextlib.suppress(FileExistsError), (folder / ".gitignore").open("x", encoding="ascii") as file:
        file.write("*\n")
    return folder


def _replace(path: Path, data: bytes) -> None:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
