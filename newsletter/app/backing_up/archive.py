"""A backup as one file: a tar of database, key, and what the backup says of itself. Its owner alone reads it."""

import io
import json
import os
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from hashlib import file_digest
from pathlib import Path

from newsletter.model.backup import Manifest

DATABASE, KEY, MANIFEST = "newsletter.db", "secret.key", "manifest.json"
#: A manifest and a key are small; what says otherwise is no backup of ours.
_MOST_SMALL = 65_536


class BackupError(Exception):
    """A backup cannot be made, or is none; the sentence names the file and says what to do."""


def write_archive(target: Path, manifest: Manifest, database: Path, key: bytes) -> None:
    """Write all of it, or nothing: it gets its name when the last byte is on the disk. No file is overwritten."""
    part = target.with_name(f".{target.name}.part")
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        with tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT) as tar:
            _add(tar, MANIFEST, json.dumps(asdict(manifest), default=datetime.isoformat, indent=2).encode())
            if key:
                _add(tar, KEY, key)
            tar.add(database, DATABASE, filter=_nobody)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(part, target)
    except FileExistsError:
        raise BackupError(f"{target} is there already; name another file") from None
    finally:
        part.unlink()


@contextmanager
def opened_archive(source: Path) -> Iterator[tuple[Manifest, bytes, tarfile.TarFile]]:
    """The manifest, the key (empty where it holds none) and the archive itself; BackupError where it is none."""
    try:
        with tarfile.open(source, "r:") as tar:
            yield _manifest(tar, source), _small(tar, KEY), tar
    except (tarfile.TarError, OSError) as error:
        raise BackupError(f"{source} cannot be read as a backup: {error}") from error


def unpack_database(tar: tarfile.TarFile, manifest: Manifest, target: Path) -> None:
    """Write the database of a backup to a file; BackupError where it is not the one that was backed up."""
    member = tar.extractfile(DATABASE)
    if member is None:
        raise BackupError("the backup holds no database")
    handle = os.open(target, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w+b") as file:
        while part := member.read(1 << 20):
            file.write(part)
        file.flush()
        os.fsync(file.fileno())
        file.seek(0)
        if file_digest(file, "sha256").hexdigest() != manifest.digest:
            raise BackupError("the database in the backup is not the one it was made of: the file is damaged")


def _manifest(tar: tarfile.TarFile, source: Path) -> Manifest:
    try:
        read = json.loads(_small(tar, MANIFEST))
        return Manifest(**read | {"made_at": datetime.fromisoformat(read["made_at"])})
    except (ValueError, KeyError, TypeError) as error:
        raise BackupError(f"{source} is no backup of a newsletter store: its manifest says too little") from error


def _small(tar: tarfile.TarFile, name: str) -> bytes:
    try:
        member = tar.extractfile(name)
    except KeyError:
        return b""
    return member.read(_MOST_SMALL) if member else b""


def _add(tar: tarfile.TarFile, name: str, data: bytes) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = len(data), 0o600
    tar.addfile(entry, io.BytesIO(data))


def _nobody(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = ""
    entry.mode = 0o600
    return entry
