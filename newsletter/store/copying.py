"""Copies of an SQLite store: made while others write, and put in the place of another."""

import sqlite3
from contextlib import closing
from pathlib import Path

from newsletter.store.engine import anchored, is_file
from newsletter.store.handle import StoreError

_BESIDE = ("-wal", "-shm", "-journal")
_COUNTED = ("subscriber", "delivery", "consent")


def file_of(url: str, root: Path) -> Path:
    """The store's file; StoreError where it is none of ours to copy."""
    if not is_file(url, root):
        raise StoreError("the store is no file")
    return Path(str(anchored(url, root).database))


def copy_store(source: Path, target: Path) -> dict[str, int]:
    """Copy a store as it stands at one moment, whole, to a new file; how many rows of each kind are in it.

    One step, and not page by page: readers keep no writer waiting in WAL mode, and a copy in steps begins anew with
    each write. StoreError where what was copied is not sound.
    """
    if not source.exists():
        raise StoreError(f"there is no store at {source} yet")
    with closing(_opened(source)) as old, closing(sqlite3.connect(target)) as new:
        old.backup(new, pages=-1)
    return seal_copy(target)


def seal_copy(file: Path) -> dict[str, int]:
    """Let a copy be one file with nothing beside it, and check it."""
    with closing(sqlite3.connect(file)) as copy:
        copy.execute("PRAGMA journal_mode=delete")
        return check_copy(copy)


def check_copy(connection: sqlite3.Connection) -> dict[str, int]:
    """Whether a copy is whole and its rows hang together; how many rows of each kind are in it."""
    said = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
    if said != "ok":
        raise StoreError(f"the copy is not sound: {said}")
    if lost := connection.execute("PRAGMA foreign_key_check").fetchone():
        raise StoreError(f"the copy is not sound: a row of {lost[0]} hangs from one that is not there")
    return {name: connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in _COUNTED}  # noqa: S608


def put_in_place(copy: Path, file: Path) -> None:
    """Let a sound copy be the store from now on. What stands there must have been moved away."""
    file.parent.mkdir(parents=True, exist_ok=True)
    copy.chmod(0o600)
    copy.replace(file)


def move_away(file: Path, suffix: str) -> Path:
    """Give the store's file another name, with what SQLite keeps beside it; StoreError while somebody uses it."""
    _hold_alone(file)
    away = file.with_name(f"{file.name}.{suffix}")
    for ending in _BESIDE:
        beside = file.with_name(file.name + ending)
        if beside.exists():
            beside.rename(away.with_name(away.name + ending))
    return file.rename(away)


def _hold_alone(file: Path) -> None:
    """Nobody else has it open: then one connection can have it for itself, and its log goes into it."""
    with closing(sqlite3.connect(file, timeout=0.1)) as connection:
        try:
            connection.execute("PRAGMA locking_mode=exclusive")
            connection.execute("BEGIN EXCLUSIVE")
            connection.execute("COMMIT")
        except sqlite3.OperationalError as error:
            text = f"{file} is in use ({error}): stop `newsletter run` and its workers first"
            raise StoreError(text) from error
        except sqlite3.DatabaseError:
            return  # a broken file is what is to be replaced


def _opened(file: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"file:{file}?mode=ro", uri=True, timeout=30)
