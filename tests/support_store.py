"""Stores for tests: what the migrations wrote once into a new file, the next ones are copies of; no disk waits.

A power cut is no part of a test: what SQLite promises for it is asked for by the store's own tests.
"""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.util import LRUCache

from newsletter.store import engine
from newsletter.store.dialects import sqlite

#: How a file is made, whatever is put in the place of it.
CREATE = engine._create_private
#: How connections are prepared, and how where a test may lose its store in a power cut.
PRAGMAS = sqlite.PRAGMAS
HASTY = (*PRAGMAS, "synchronous=off")
#: How many statements are kept ready: more than there are in the program.
_STATEMENTS = 4000


@cache
def new_store() -> bytes:
    """The file of a store that the migrations made, and nobody has written to."""
    with tempfile.TemporaryDirectory() as folder, migrated_in_earnest():
        engine.open_store("sqlite:///new.db", Path(folder)).close()
        return (Path(folder) / "new.db").read_bytes()


def copy(path: Path) -> None:
    """As a file is made where there is none yet; what is new is a copy."""
    is_new = not path.exists()
    CREATE(path)
    if is_new:
        path.write_bytes(new_store())


def statements_of(connection: Connection) -> Iterator[str]:
    """The SQL of everything in the database, as it stands within the transaction."""
    raw: Any = connection.connection.driver_connection
    return (one for one in raw.iterdump() if one not in ("BEGIN TRANSACTION;", "COMMIT;"))


@contextmanager
def migrated_once() -> Iterator[None]:
    """Meanwhile the migrations run for the first of all new files alone, and nobody waits for the disk."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sqlite, "PRAGMAS", HASTY)
        patch.setattr(engine, "_create_private", copy)
        yield


@contextmanager
def compiled_once() -> Iterator[None]:
    """Meanwhile a statement that was compiled for one SQLite is ready for the next: every test has one of its own."""
    ready: Any = LRUCache(_STATEMENTS)

    def share(engine: Engine) -> None:
        engine._compiled_cache = ready

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(SQLiteDialect_pysqlite, "engine_created", share)
        # What is ready is looked up by its dialect too, and each engine has another that is like all of them.
        patch.setattr(SQLiteDialect_pysqlite, "__hash__", lambda self: hash(type(self)))
        patch.setattr(SQLiteDialect_pysqlite, "__eq__", lambda self, other: type(self) is type(other))
        yield


@contextmanager
def kept_in_earnest() -> Iterator[None]:
    """Meanwhile every commit is on the disk, as for people."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sqlite, "PRAGMAS", PRAGMAS)
        yield


@contextmanager
def migrated_in_earnest() -> Iterator[None]:
    """Meanwhile the migrations run for every store, and every commit is on the disk, as for people."""
    with kept_in_earnest(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine, "_create_private", CREATE)
        yield
