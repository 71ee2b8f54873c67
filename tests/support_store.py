"""Stores for tests: what the migrations wrote once into an empty database, the next ones get as it is; no disk waits.

A power cut is no part of a test: what SQLite promises for it is asked for by the store's own tests.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.util import LRUCache

from newsletter.store import migrate
from newsletter.store.dialects import sqlite

#: The migrations themselves, whatever is put in their place.
UPGRADE = migrate._upgrade
#: How connections are prepared, and how where a test may lose its store in a power cut.
PRAGMAS = sqlite.PRAGMAS
HASTY = (*PRAGMAS, "synchronous=off")
#: How many statements are kept ready: more than there are in the program.
_STATEMENTS = 4000


class Schema:
    """The statements that make an empty database a new store, once the migrations have made one."""

    def __init__(self) -> None:
        self._statements: list[str] = []

    def upgrade(self, connection: Connection, to: str = migrate.HEAD) -> None:
        """As the migrations do it; an older store is always left to them."""
        newest = to == migrate.HEAD
        if not newest or connection.dialect.name != "sqlite" or migrate.schema_version(connection) is not None:
            UPGRADE(connection, to)
        elif self._statements:
            for statement in self._statements:
                connection.exec_driver_sql(statement)
        else:
            UPGRADE(connection)
            self._statements = [*statements_of(connection)]


def statements_of(connection: Connection) -> Iterator[str]:
    """The SQL of everything in the database, as it stands within the transaction."""
    raw: Any = connection.connection.driver_connection
    return (one for one in raw.iterdump() if one not in ("BEGIN TRANSACTION;", "COMMIT;"))


@contextmanager
def migrated_once() -> Iterator[None]:
    """Meanwhile the migrations run for the first of all new stores alone, and nobody waits for the disk."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sqlite, "PRAGMAS", HASTY)
        patch.setattr(migrate, "_upgrade", Schema().upgrade)
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
def migrated_in_earnest() -> Iterator[None]:
    """Meanwhile the migrations run for every store, and every commit is on the disk, as for people."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sqlite, "PRAGMAS", PRAGMAS)
        patch.setattr(migrate, "_upgrade", UPGRADE)
        yield
